/**
 * How operands and results of a single operator lie for a backend. In a training step a blocked map comes from a blocked
 * operator and goes to one, so here, too, it is handed in and out in blocks: what is timed is the operator, not the way
 * from and to plain maps.
 */

import { cpuBackend } from '../../main/train/backends.ts';
import type { Program } from '../../native-models/core/program.ts';
import type { Shape } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { convForm, filterLayout } from '../../native-models/rules/blocked-arrange.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import type { OpCase } from './op-cases.ts';

/**
 * The named backend for one case; by default the one that training uses here.
 * Errors: for an unknown name; for `blocked` where the runtime has no blocked layout or fails its self-test.
 */
export async function opBackend(name: string, entry: OpCase): Promise<Backend> {
  if (name === 'standard') return standardBackend;
  if (name !== 'blocked' && name !== '') throw new Error(`--backend takes standard or blocked; got "${name}"`);
  const backend = await cpuBackend();
  const { layouts } = backend;
  if (layouts !== null) {
    return { ...backend, layouts: { ...layouts, arrange: (program) => layoutsOf(program, entry, layouts.block) } };
  }
  if (name === '') return backend;
  throw new Error('--backend blocked: this runtime has no blocked layout that passes its self-test');
}

function layoutsOf(program: Program, entry: OpCase, block: number): ReadonlyMap<Tensor, Layout> {
  const named = [
    ...program.inputs.map((input) => [input.source.kind === 'input' ? input.source.name : '', input] as const),
    ...program.outputs,
  ];
  return new Map(
    named.map(
      ([name, tensor]) =>
        [tensor, tensor.dtype === 'float32' ? layoutOf(name, tensor.shape, entry, block) : 'plain'] as const,
    ),
  );
}

/** Names are those of `op-program.ts`: `x1` and `d1` are the filter of a convolution and its gradient. */
function layoutOf(name: string, shape: Shape, { kind, shapes, attrs }: OpCase, block: number): Layout {
  if (shape.length !== 4) return 'plain';
  if (kind !== 'conv') return shape[1]! >= block ? 'blocked' : 'plain';
  const [x, weight] = shapes as [Shape, Shape];
  const { stride, padding, groups } = attrs as Readonly<Record<'stride' | 'padding' | 'groups', number>>;
  const side = (axis: 2 | 3) => Math.floor((x[axis]! + 2 * padding - weight[axis]!) / stride) + 1;
  const form = convForm(
    x,
    weight,
    [x[0]!, weight[0]!, side(2), side(3)],
    { strides: [stride, stride], pads: [padding, padding, padding, padding], dilations: [1, 1], group: groups },
    block,
  );
  if (form === null) return 'plain';
  if (name === 'x1' || name === 'd1') return filterLayout(form);
  return form === 'stem' && (name === 'x0' || name === 'd0') ? 'plain' : 'blocked';
}

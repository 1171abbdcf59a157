/** How the inputs and outputs of a lowered program lie in memory: what a runner of it packs and unpacks. */

import type { Program } from '../core/program.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Backend } from '../rules/emitter.ts';
import { type Layout, pack, packedShape, unpack } from '../rules/layout.ts';

export interface Packing {
  readonly layout: Layout;
  /** Of the buffer that the runtime takes. */
  readonly shape: Shape;
  pack(plain: Float32Array): Float32Array;
  unpack(packed: Float32Array): Float32Array;
}

export interface Packings {
  readonly inputs: ReadonlyMap<string, Packing>;
  readonly outputs: ReadonlyMap<string, Packing>;
}

/** By name, as `writeOnnx` of the same program, backend and agreed layouts declares them. */
export function packings(
  program: Program,
  backend: Backend,
  agreed: ReadonlyMap<string, Layout> = new Map(),
): Packings {
  const arranged = backend.layouts?.arrange(program, agreed) ?? new Map<Tensor, 'plain'>();
  const block = backend.layouts?.block ?? 1;
  const packingOf = (tensor: Tensor): Packing => {
    const layout = arranged.get(tensor) ?? 'plain';
    return {
      layout,
      shape: packedShape(tensor.shape, layout, block),
      pack: (plain) => pack(plain, tensor.shape, layout, block),
      unpack: (packed) => unpack(packed, tensor.shape, layout, block),
    };
  };
  const inputs = program.inputs.map((tensor) => {
    const name = tensor.source.kind === 'input' ? tensor.source.name : '';
    return [name, packingOf(tensor)] as const;
  });
  const outputs = [...program.outputs].map(([name, tensor]) => [name, packingOf(tensor)] as const);
  return { inputs: new Map(inputs), outputs: new Map(outputs) };
}

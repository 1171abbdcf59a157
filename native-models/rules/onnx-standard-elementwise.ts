/** Elementwise primitives with plain operators. */

import type { ElementwisePrim } from '../core/primitives.ts';
import type { Op } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { ONNX_TYPES } from './onnx-types.ts';

type SameName = 'Neg' | 'Exp' | 'Log' | 'Sqrt' | 'Relu' | 'Add' | 'Sub' | 'Mul' | 'Div' | 'Greater' | 'Equal' | 'Where';

/** For primitives that are an ONNX operator of the same name. */
const same = (emit: Emitter, op: Op<SameName>): string[] => [emit.one(op.prim, op.inputs.map(emit.name))];

/** g where the mask holds, else 0. The mask is a product, since Where is slower on the CPU. */
export const masked = (emit: Emitter, g: string, mask: string): string =>
  emit.one('Mul', [g, emit.one('Cast', [mask], { to: ONNX_TYPES.float32 })]);

export const scalar = (emit: Emitter, value: number): string => emit.constant([value], [], 'float32');

export const lowerClipGrad: LoweringRule<'ClipGrad'> = (emit, { inputs: [g, x], attrs: { min, max } }) => {
  const above = emit.one('Greater', [emit.name(x!), scalar(emit, min)]);
  const below = emit.one('Less', [emit.name(x!), scalar(emit, max)]);
  return [masked(emit, emit.name(g!), emit.one('And', [above, below]))];
};

/**
 * Where the cumulative function is kept for the gradient, HardSigmoid halves and shifts in one pass; the error function
 * stays within its limits. Where it is not, the chain is the one that runtimes recognise and run in one pass.
 */
const lowerGelu: LoweringRule<'Gelu'> = (emit, { inputs: [input], outputs }) => {
  const x = emit.name(input!);
  const erf = emit.one('Erf', [emit.one('Div', [x, scalar(emit, Math.SQRT2)])]);
  if (!emit.isRead(outputs[1]!)) {
    const doubled = emit.one('Mul', [x, emit.one('Add', [erf, scalar(emit, 1)])]);
    return [emit.one('Mul', [doubled, scalar(emit, 0.5)]), null];
  }
  const cumulative = emit.one('HardSigmoid', [erf], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
  return [emit.one('Mul', [x, cumulative]), cumulative];
};

export const elementwiseLowerings: { readonly [P in ElementwisePrim]: LoweringRule<P> } = {
  Neg: same,
  Exp: same,
  Log: same,
  Sqrt: same,
  Relu: same,
  Add: same,
  Sub: same,
  Mul: same,
  Div: same,
  Greater: same,
  Equal: same,
  Where: same,
  Gelu: lowerGelu,
  Clip: (emit, { inputs: [x], attrs: { min, max } }) => [
    emit.one('Clip', [emit.name(x!), scalar(emit, min), scalar(emit, max)]),
  ],
  Cast: (emit, { inputs: [x], attrs: { to } }) => [emit.one('Cast', [emit.name(x!)], { to: ONNX_TYPES[to] })],
};

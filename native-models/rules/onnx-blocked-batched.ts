/**
 * Products of many matrices by the runtime's own operator, which reads transposed operands as they lie and multiplies by a
 * number on the way: a scale before or after the product costs no pass of its own.
 */

import { madeBy, type Op, type Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';

/** `scale`: what the product is multiplied by, beside what its operands are. */
export function batched(emit: Emitter, { inputs, attrs }: Op<'MatMul'>, scale = 1): string {
  const { transposeA, transposeB } = attrs;
  const [a, b] = inputs.map(factored) as [Factored, Factored];
  const operands = [emit.name(a.tensor), emit.name(b.tensor)];
  const factor = scale * a.factor * b.factor;
  if (!transposeA && !transposeB && factor === 1) return emit.one('MatMul', operands);
  const transposed = { transA: Number(transposeA), transB: Number(transposeB) };
  return emit.one('com.microsoft:FusedMatMul', operands, { ...transposed, alpha: { float: factor } });
}

/** A product that nothing but a scale reads is scaled as it is made. */
export function scaledProduct(otherwise: LoweringRule<'Mul'>): LoweringRule<'Mul'> {
  return (emit, op) => {
    const { tensor, factor } = factored(op.outputs[0]!);
    const product = madeBy(tensor, 'MatMul');
    if (product === null || tensor.shape.length <= 2 || emit.readers(tensor) > 1) return otherwise(emit, op);
    return [batched(emit, product, factor)];
  };
}

interface Factored {
  readonly tensor: Tensor;
  readonly factor: number;
}

/** A tensor as another one times a number that is known here. */
function factored(tensor: Tensor): Factored {
  const operands = madeBy(tensor, 'Mul')?.inputs ?? [];
  for (const [i, { source: number, shape }] of operands.entries()) {
    if (number.kind === 'constant' && shape.length === 0) {
      return { tensor: operands[1 - i]!, factor: number.data[0]! };
    }
  }
  return { tensor, factor: 1 };
}

/**
 * Products of many matrices by the runtime's own operator, which reads transposed operands as they lie and multiplies by a
 * number on the way: a scale before or after the product costs no pass of its own.
 */

import { sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
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
    const { source, shape } = tensor;
    const isProduct = source.kind === 'op' && source.op.prim === 'MatMul' && shape.length > 2;
    if (!isProduct || emit.readers(tensor) > 1) return otherwise(emit, op);
    return [batched(emit, source.op as Op<'MatMul'>, factor)];
  };
}

interface Factored {
  readonly tensor: Tensor;
  readonly factor: number;
}

/** A tensor as another one times a number that is known here. */
function factored(tensor: Tensor): Factored {
  const { source } = tensor;
  const operands = source.kind === 'op' && source.op.prim === 'Mul' ? source.op.inputs : [];
  for (const [i, { source: number, shape }] of operands.entries()) {
    if (number.kind === 'constant' && sizeOf(shape) === 1 && shape.length === 0) {
      return { tensor: operands[1 - i]!, factor: number.data[0]! };
    }
  }
  return { tensor, factor: 1 };
}

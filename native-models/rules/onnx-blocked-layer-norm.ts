/**
 * The gradient of rows with zero mean and unit variance, where what reaches it was multiplied by a layer norm's weight:
 *
 *   mean(weight * g) and mean(weight * g * y)  =  g and g * y, times the column weight / D
 *
 * The gradient of the weight needs g * y as well, so one pass over the rows makes it for both, and a product with one column
 * reads a row as fast as a mean does.
 */

import { sameShape, sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { LoweringRule } from './emitter.ts';
import { reshaped } from './onnx-blocked-convert.ts';
import { scalar } from './onnx-standard-elementwise.ts';
import { fromRowMeans } from './onnx-standard-rows.ts';

export function weightedStandardizeGrad(otherwise: LoweringRule<'StandardizeGrad'>): LoweringRule<'StandardizeGrad'> {
  return (emit, op) => {
    const [g, y, inverse] = op.inputs as readonly [Tensor, Tensor, Tensor];
    const [slope, weight] = weighted(g) ?? [];
    if (slope === undefined || weight === undefined || emit.anyBatch) return otherwise(emit, op);
    const width = g.shape.at(-1)!;
    const column = reshaped(emit, emit.one('Mul', [emit.name(weight), scalar(emit, 1 / width)]), [width, 1]);
    const meansOf = (name: string) => {
      const rows = reshaped(emit, name, [sizeOf(g.shape) / width, width]);
      return reshaped(emit, emit.one('MatMul', [rows, column]), inverse.shape);
    };
    const along = meansOf(emit.one('Mul', [emit.name(slope), emit.name(y)]));
    const names = { g: emit.name(g), y: emit.name(y), inverse: emit.name(inverse) };
    return [fromRowMeans(emit, names, meansOf(emit.name(slope)), along)];
  };
}

/** A tensor as another one times a vector along its last axis. */
function weighted({ source, shape }: Tensor): readonly [Tensor, Tensor] | null {
  if (source.kind !== 'op' || source.op.prim !== 'Mul') return null;
  const [slope, weight] = source.op.inputs as readonly [Tensor, Tensor];
  return sameShape(slope.shape, shape) && sameShape(weight.shape, [shape.at(-1)!]) ? [slope, weight] : null;
}

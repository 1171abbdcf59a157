/** What takes elements by their number, with plain operators. */

import { sizeOf } from '../core/shape.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { ONNX_TYPES } from './onnx-types.ts';

/** The scales, not the sizes, are given, so that any number of images may come. */
export const lowerUpsample: LoweringRule<'Upsample'> = (emit, { inputs: [x], attrs: { factors } }) => [
  emit.one('Resize', [emit.name(x!), '', emit.constant([1, 1, ...factors], [4], 'float32')], {
    mode: 'nearest',
    coordinate_transformation_mode: 'asymmetric',
    nearest_mode: 'floor',
  }),
];

/** Sides up to which a product with zeros and ones is quicker than adding element by element. */
const FEW_PLACES = 256;

/** Elements added by one operation: its indices, four bytes each, are made beforehand. */
const PART = 1 << 22;

interface Places {
  readonly outer: number;
  readonly side: number;
  readonly inner: number;
  readonly count: number;
}

/**
 * ScatterND would be ten times quicker than ScatterElements, but the CPU provider runs it on several threads without
 * a lock: rows that two threads add to at once lose values.
 */
export const lowerGatherGrad: LoweringRule<'GatherGrad'> = (emit, { inputs: [g, indices], attrs }) => {
  const { axis, inputShape } = attrs;
  const places: Places = {
    outer: sizeOf(inputShape.slice(0, axis)),
    side: inputShape[axis]!,
    inner: sizeOf(inputShape.slice(axis + 1)),
    count: sizeOf(indices!.shape),
  };
  const whole = indices!.dtype === 'int32' ? emit.name(indices!) : toInt32(emit, emit.name(indices!));
  const flatIndices = emit.one('Reshape', [whole, emit.ints([1, places.count, 1])]);
  const rows = emit.one('Reshape', [emit.name(g!), emit.ints([places.outer, places.count, places.inner])]);
  const sum =
    places.side <= FEW_PLACES ? byProduct(emit, rows, flatIndices, places) : byScatter(emit, rows, flatIndices, places);
  return [emit.one('Reshape', [sum, emit.ints(inputShape)])];
};

const toInt32 = (emit: Emitter, x: string): string => emit.one('Cast', [x], { to: ONNX_TYPES.int32 });

/** Shapes: rows [outer,count,inner], indices [1,count,1] -> [outer,side,inner]. */
function byProduct(emit: Emitter, rows: string, indices: string, { side, count }: Places): string {
  const numbers = emit.constant(
    Array.from({ length: side }, (_, k) => k),
    [side, 1],
    'int32',
  );
  const line = emit.one('Reshape', [indices, emit.ints([1, count])]);
  const isTaken = emit.one('Cast', [emit.one('Equal', [numbers, line])], { to: ONNX_TYPES.float32 });
  return emit.one('MatMul', [isTaken, rows]);
}

/** Shapes: rows [outer,count,inner], indices [1,count,1] -> [outer*side*inner]. */
function byScatter(emit: Emitter, rows: string, indices: string, { outer, side, inner, count }: Places): string {
  const steps = (length: number, step: number, shape: readonly number[]) =>
    emit.constant(
      Array.from({ length }, (_, k) => k * step),
      shape,
      'int32',
    );
  const starts = emit.one('Add', [
    emit.one('Mul', [indices, emit.constant([inner], [1], 'int32')]),
    steps(outer, side * inner, [outer, 1, 1]),
  ]);
  let sum = emit.one('Expand', [emit.constant([0], [1], 'float32'), emit.ints([outer * side * inner])]);
  const rowsAtOnce = Math.max(1, Math.floor(PART / (outer * inner)));
  for (let first = 0; first < count; first += rowsAtOnce) {
    const range = [emit.ints([first]), emit.ints([Math.min(count, first + rowsAtOnce)]), emit.ints([1])];
    const part = (x: string) => (rowsAtOnce >= count ? x : emit.one('Slice', [x, ...range]));
    const at = emit.one('Add', [part(starts), steps(inner, 1, [1, 1, inner])]);
    const flat = (x: string) => emit.one('Reshape', [x, emit.ints([-1])]);
    sum = emit.one('ScatterElements', [sum, flat(at), flat(part(rows))], { axis: 0, reduction: 'add' });
  }
  return sum;
}

/** Sums, copies and cuts of blocked maps that need no way over the plain layout. */

import { type Shape, sameShape, sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { cutBack, inLayout, NCHWC, reshaped } from './onnx-blocked-convert.ts';
import { STRETCH } from './onnx-blocked-sums.ts';

type Sizes = readonly [number, number, number, number];

const isBlocked = (emit: Emitter, tensor: Tensor): boolean => emit.value(tensor).layout === 'blocked';

/** Over the pixels of each map, and over images as well; over everything in any layout. */
export function blockedReduction<P extends 'ReduceSum' | 'ReduceMean'>(
  otherwise: LoweringRule<P>,
  block: number,
): LoweringRule<P> {
  return (emit, op) => {
    const { inputs, attrs, prim } = op as unknown as Op<'ReduceSum' | 'ReduceMean'>;
    const [x] = inputs as readonly [Tensor];
    const { layout } = emit.value(x);
    if (layout === 'plain')
      return isOfColumns(emit, op) ? [ofColumns(emit, prim, x, op.outputs[0]!.shape)] : otherwise(emit, op);
    const axes = `${attrs.axes}`;
    const isAll = attrs.axes.length === x.shape.length;
    const shape = op.outputs[0]!.shape;
    if (isAll) return [everything(emit, prim, x, shape)];
    if (layout === 'rows' && axes === '0' && x.shape.length === 2) return [overRows(emit, prim, x, shape)];
    if (layout !== 'blocked' || (axes !== '2,3' && axes !== '0,2,3')) return otherwise(emit, op);
    const [n, c, h, w] = packedShape(x.shape, 'blocked', block) as Sizes;
    const channels = x.shape[1]!;
    const means = stretchesAveraged(emit, emit.in(x, 'blocked'), [n, c, h, w]);
    const perImage = prim === 'ReduceMean' ? means : emit.one('Mul', [means, number(emit, h * w)]);
    if (axes === '0,2,3') {
      const sums = emit.one(prim, [reshaped(emit, perImage, [n, c]), emit.ints([0])], { keepdims: 0 });
      return [reshaped(emit, cutBack(emit, sums, channels, block), shape)];
    }
    const rows = reshaped(emit, perImage, [n, c]);
    const own =
      c === channels ? rows : emit.one('Slice', [rows, emit.ints([0]), emit.ints([channels]), emit.ints([1])]);
    return [reshaped(emit, own, shape)];
  };
}

const number = (emit: Emitter, value: number): string => emit.constant([value], [1], 'float32');

/**
 * The mean of each map by the pooling operator, which is faster than a sum. Of a large one rows go first, then their means:
 * every addition to a sum of thousands would round it anew. Shapes: blocked [N,C,H,W] -> [N,C,1,1].
 */
function stretchesAveraged(emit: Emitter, map: string, [n, c, h, w]: Sizes): string {
  const pooled = (name: string, kernel: readonly [number, number]) =>
    emit.one(`${NCHWC}AveragePool`, [name], { kernel_shape: kernel, strides: [1, 1], pads: [0, 0, 0, 0] });
  const pixels = reshaped(emit, map, [n, c, h, w]);
  if (h * w === 1) return pixels;
  return h * w <= STRETCH ? pooled(pixels, [h, w]) : pooled(pooled(pixels, [1, w]), [h, 1]);
}

const LEAST_COLUMNS = 2 ** 16; // elements from which sums down the columns are done as a product

/** A sum over all sides but the last. */
function isOfColumns(emit: Emitter, { inputs, attrs }: Op<'ReduceSum' | 'ReduceMean'>): boolean {
  const { shape, dtype } = inputs[0]!;
  const isLeading = attrs.axes.length === shape.length - 1 && attrs.axes.every((axis) => axis < shape.length - 1);
  return isLeading && dtype === 'float32' && !emit.anyBatch && sizeOf(shape) >= LEAST_COLUMNS;
}

/**
 * Products with rows of equal numbers: the runtime's own sum takes twice as long on two threads as on one. Stretches are
 * summed first, then their sums: every addition to a sum of thousands would round it anew.
 */
function ofColumns(emit: Emitter, prim: 'ReduceSum' | 'ReduceMean', x: Tensor, shape: Shape): string {
  const [rows, columns] = [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!];
  const count = stretchesOf(rows);
  const product = (value: number, name: string, sides: readonly [number, number]) => {
    const weights = emit.one('Expand', [emit.constant([value], [1, 1], 'float32'), emit.ints([1, sides[0]])]);
    return emit.one('MatMul', [weights, reshaped(emit, name, sides)]);
  };
  const stretches = product(prim === 'ReduceSum' ? 1 : 1 / rows, emit.name(x), [rows / count, count * columns]);
  return reshaped(emit, count === 1 ? stretches : product(1, stretches, [count, columns]), shape);
}

/** Into how many stretches of one length rows are cut: the largest divisor of their number up to its root. */
function stretchesOf(rows: number): number {
  let largest = 1;
  for (let count = 2; count * count <= rows; count++) if (rows % count === 0) largest = count;
  return largest;
}

/** Rows are the pixels of one map. Shapes: rows [M,K] -> [K]. */
function overRows(emit: Emitter, prim: 'ReduceSum' | 'ReduceMean', x: Tensor, shape: Shape): string {
  const [rows, columns] = x.shape as readonly [number, number];
  const count = stretchesOf(rows);
  const means = stretchesAveraged(emit, emit.in(x, 'rows'), [1, columns, count, rows / count]);
  return reshaped(emit, prim === 'ReduceMean' ? means : emit.one('Mul', [means, number(emit, rows)]), shape);
}

/** What fills up the blocks is zero, so it adds nothing; a mean counts the elements there really are. */
function everything(emit: Emitter, prim: 'ReduceSum' | 'ReduceMean', x: Tensor, shape: Shape): string {
  const flat = reshaped(emit, emit.in(x, emit.value(x).layout), [-1]);
  const sum = emit.one('ReduceSum', [flat, emit.ints([0])], { keepdims: 0 });
  const value = prim === 'ReduceSum' ? sum : emit.one('Div', [sum, emit.constant([sizeOf(x.shape)], [], 'float32')]);
  return reshaped(emit, value, shape);
}

/** One number per map becomes a map: the gradient of a global average pool. */
export function blockedExpand(otherwise: LoweringRule<'Expand'>, block: number): LoweringRule<'Expand'> {
  return (emit, op) => {
    const [x] = op.inputs;
    const { shape } = op.attrs;
    const [n, c, h, w] = shape as Sizes;
    const isPerMap =
      shape.length === 4 && c % block === 0 && x!.dtype === 'float32' && sameShape(x!.shape, [n, c, 1, 1]);
    if (!isPerMap || h * w === 1) return otherwise(emit, op);
    const view = reshaped(emit, emit.name(x!), [n, c / block, 1, block]);
    const spread = emit.one('Expand', [view, emit.ints([n, c / block, h * w, block])]);
    return [inLayout('blocked', reshaped(emit, spread, shape))];
  };
}

/** Whole blocks of channels, one map's after the other's. */
export function blockedConcat(otherwise: LoweringRule<'Concat'>, block: number): LoweringRule<'Concat'> {
  return (emit, op) => {
    const isWhole = op.inputs.every((input) => input.shape.length === 4 && input.shape[1]! % block === 0);
    const isUseful = isWhole && op.attrs.axis === 1 && op.inputs.some((input) => isBlocked(emit, input));
    if (!isUseful) return otherwise(emit, op);
    return [
      inLayout(
        'blocked',
        emit.one(
          'Concat',
          op.inputs.map((input) => emit.in(input, 'blocked')),
          { axis: 1 },
        ),
      ),
    ];
  };
}

/** Whole blocks of channels, and pixels. */
export function blockedSlice(otherwise: LoweringRule<'Slice'>, block: number): LoweringRule<'Slice'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const { starts, ends, steps } = op.attrs;
    if (x.shape.length !== 4 || !isBlocked(emit, x)) return otherwise(emit, op);
    const [n, c, h, w] = x.shape as Sizes;
    const end = Math.min(c, ends[1]!);
    const isWhole = c % block === 0 && steps[1] === 1 && starts[1]! % block === 0 && end % block === 0;
    const keepsImages = starts[0] === 0 && ends[0]! >= n && steps[0] === 1;
    if (!isWhole || !keepsImages || steps.some((step) => step < 1)) return otherwise(emit, op);
    const view = reshaped(emit, emit.in(x, 'blocked'), [n, c / block, h, w, block]);
    const ranges = [
      emit.ints([starts[1]! / block, starts[2]!, starts[3]!]),
      emit.ints([end / block, ends[2]!, ends[3]!]),
      emit.ints([1, 2, 3]),
      emit.ints([1, steps[2]!, steps[3]!]),
    ];
    return [inLayout('blocked', reshaped(emit, emit.one('Slice', [view, ...ranges]), op.outputs[0]!.shape))];
  };
}

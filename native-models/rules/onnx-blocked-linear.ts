/**
 * Products of two large matrices as 1x1 convolutions in the blocked layout: on AVX2 the runtime's convolution does 70 to
 * 77 GFLOP/s a core where its matrix product does 50, which pays for bringing rows to blocks and back. One operand's rows
 * become pixels, the other operand the filters:
 *
 *   C[m,n] = sum over k of P[m,k] F[k,n]:  pixels m, channels k, filters n
 *
 * Weights lie as filters from step to step, as those of convolutions do.
 */

import type { Op, Tensor } from '../core/tensor.ts';
import { type Matrix, type Sides, sidesOf } from './blocked-products.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { inLayout, NCHWC, reshaped, toBlocked, toPlain } from './onnx-blocked-convert.ts';

/** Pixels in a row of the map: the convolution is fastest on rows of some hundred. */
const LONGEST_ROW = 256;

/** The product as a convolution where its sides fill whole blocks and there is work enough, else the plain rule. */
export function blockedMatMul(plain: LoweringRule<'MatMul'>, block: number): LoweringRule<'MatMul'> {
  return (emit, op) => {
    const sides = emit.anyBatch ? null : sidesOf(op, block);
    if (sides === null) return op.inputs[0]!.shape.length > 2 ? [batched(emit, op)] : plain(emit, op);
    const [a, b, bias] = op.inputs as readonly [Tensor, Tensor, Tensor | undefined];
    const { transposeA, transposeB } = op.attrs;
    if (transposeA) return [inLayout('filter', summedOverRows(emit, emit.name(a), emit.name(b), sides))];
    const { m, n, k } = sides;
    const filter = filterFrom(emit, b, transposeB, sides, block);
    const [images, row] = grid(m);
    const map = reshaped(emit, emit.name(a), [images, 1, row, k]);
    const pixels = emit.one(`${NCHWC}ReorderInput`, [map], { channels_last: 1 });
    const product = emit.one(`${NCHWC}Conv`, [pixels, filter, ...(bias === undefined ? [] : [emit.name(bias)])]);
    return [reshaped(emit, toPlain(emit, product, n, true), [m, n])];
  };
}

/** Products of many matrices: the runtime's own operator reads transposed operands as they lie. */
function batched(emit: Emitter, { inputs, attrs }: Op<'MatMul'>): string {
  const { transposeA, transposeB } = attrs;
  const operands = inputs.map(emit.name);
  if (!transposeA && !transposeB) return emit.one('MatMul', operands);
  return emit.one('com.microsoft:FusedMatMul', operands, { transA: Number(transposeA), transB: Number(transposeB) });
}

/** Rows of a matrix as so many images of one row of pixels: the longest row that divides them. */
function grid(rows: number): Matrix {
  for (let width = Math.min(rows, LONGEST_ROW); width > LONGEST_ROW / 4; width--) {
    if (rows % width === 0) return [rows / width, width];
  }
  return [1, rows];
}

/** The second operand as filters [N,K,1,1], from rows or from where it lies as filters already. */
function filterFrom(emit: Emitter, b: Tensor, transposeB: boolean, { n, k }: Sides, block: number): string {
  const isFilter = emit.value(b).layout === 'filter';
  if (transposeB) {
    if (isFilter) return reshaped(emit, emit.in(b, 'filter'), [n, k, 1, 1]);
    return filtersInRows(emit, emit.name(b), [n, k], block);
  }
  if (!isFilter) return filtersInColumns(emit, emit.name(b), [k, n]);
  // Of [K,N], as it lies: each tile transposed, which is reordering a map of one row, then the tiles themselves.
  const tiles = reshaped(emit, emit.in(b, 'filter'), [(k * n) / (block * block), block, block, 1]);
  const turned = emit.one(`${NCHWC}ReorderInput`, [tiles]);
  const outer = reshaped(emit, turned, [k / block, n / block, block * block]);
  return reshaped(emit, emit.one('Transpose', [outer], { perm: [1, 0, 2] }), [n, k, 1, 1]);
}

/** Filters from a matrix that holds one in each column: as a row of pixels, it has them side by side. */
function filtersInColumns(emit: Emitter, name: string, [k, n]: Matrix): string {
  const pixels = reshaped(emit, name, [1, 1, k, n]);
  return reshaped(emit, emit.one(`${NCHWC}ReorderInput`, [pixels], { channels_last: 1 }), [n, k, 1, 1]);
}

/** The same from one that holds a filter in each row. Shapes: [N,K] -> [N,K,1,1], laid out as filters. */
function filtersInRows(emit: Emitter, name: string, [n, k]: Matrix, block: number): string {
  const tiles = reshaped(emit, name, [n / block, block, k / block, block]);
  return reshaped(emit, emit.one('Transpose', [tiles], { perm: [0, 2, 3, 1] }), [n, k, 1, 1]);
}

/**
 * A weight gradient: the rows of both operands are summed over, so they are the channels. The first operand becomes the
 * filters, and the result lies as the weight does.
 * Shapes: a [K,M], b [K,N] -> [M,N], laid out as a filter.
 */
function summedOverRows(emit: Emitter, a: string, b: string, { m, n, k }: Sides): string {
  const map = toBlocked(emit, reshaped(emit, b, [1, k, 1, n]), k);
  return reshaped(emit, emit.one(`${NCHWC}Conv`, [map, filtersInColumns(emit, a, [k, m])]), [m, n]);
}

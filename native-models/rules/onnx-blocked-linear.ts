/**
 * Products of two large matrices as convolutions in the blocked layout: on AVX2 the runtime's convolution does 70 to
 * 77 GFLOP/s a core where its matrix product does 50, which pays for bringing rows to blocks and back. One operand's rows
 * become pixels, the other operand the filters:
 *
 *   C[m,n] = sum over k of P[m,k] F[k,n]:  pixels m, channels k, filters n
 *
 * Weights lie as filters from step to step, as those of convolutions do.
 */

import type { Op, Tensor } from '../core/tensor.ts';
import { isPartedByBlocks, type Matrix, type Sides, sidesOf } from './blocked-products.ts';
import type { Emitter, LoweringRule, Value } from './emitter.ts';
import { workedOnIn } from './layout.ts';
import { batched } from './onnx-blocked-batched.ts';
import { turnedFilter } from './onnx-blocked-chunks.ts';
import { inLayout, NCHWC, reshaped } from './onnx-blocked-convert.ts';

/** The product as a convolution where its sides fill whole blocks and there is work enough, else the plain rule. */
export function blockedMatMul(plain: LoweringRule<'MatMul'>, block: number): LoweringRule<'MatMul'> {
  return (emit, op) => {
    const sides = emit.anyBatch ? null : sidesOf(op, block);
    if (sides === null) return op.inputs[0]!.shape.length > 2 ? [batched(emit, op)] : plain(emit, op);
    const [a, b, bias] = op.inputs as readonly [Tensor, Tensor, Tensor | undefined];
    const { transposeA, transposeB } = op.attrs;
    if (transposeA) return [summedOverRows(emit, a, b, sides, block)];
    const { m, n } = sides;
    const filter = filterFrom(emit, b, transposeB, sides, block);
    const product = (...added: string[]) => {
      const others = [bias === undefined ? '' : emit.name(bias), ...added];
      return reshaped(emit, alongRows(emit, a, filter, { ...sides, isForward: transposeB, others }), [m, n]);
    };
    const plus = (addend: string) => product(reshaped(emit, addend, [1, n, ...grid(m)]));
    return [{ ...inLayout('rows', ''), name: () => product(), plus }];
  };
}

interface Product extends Sides {
  /** Of the product itself and not of its gradient. */
  readonly isForward: boolean;
  /** Bias, and what is added in the same pass. */
  readonly others: readonly string[];
}

/**
 * Every row of the first operand by every filter. What lies in rows is a map of as many channels; for a gradient a plain matrix
 * is one line of one channel, along which the kernel goes in steps of its own length, and is read as it lies. That adds K products
 * one after the other, where channels are summed 128 at a time: forward as well it would bring the gradients of a vision
 * transformer from 0.93 of torch's distance from float64 to 1.11.
 * Shapes: a [M,K], filter [N,K,1,1] -> a map of N channels and M pixels.
 */
function alongRows(emit: Emitter, a: Tensor, filter: string, { m, n, k, isForward, others }: Product): string {
  const [down, across] = grid(m);
  if (isForward || emit.value(a).layout === 'rows') {
    const map = reshaped(emit, emit.in(a, 'rows'), [1, k, down, across]);
    return emit.one(`${NCHWC}Conv`, [map, filter, ...others]);
  }
  const line = reshaped(emit, emit.name(a), [1, 1, down, across * k]);
  const operands = [line, reshaped(emit, filter, [n, 1, 1, k]), ...others];
  return emit.one(`${NCHWC}Conv`, operands, { ...ONE_MAP, kernel_shape: [1, k], strides: [1, k], dilations: [1, 1] });
}

const ONE_MAP = { pads: [0, 0, 0, 0], group: 1 };

/** What keeps the last side keeps its rows. */
export function reshapedRows(otherwise: LoweringRule<'Reshape'>): LoweringRule<'Reshape'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const { shape } = op.attrs;
    const { layout, plus } = emit.value(x);
    if (layout !== 'rows' || shape.at(-1) !== x.shape.at(-1)) return otherwise(emit, op);
    const rows = { ...inLayout('rows', ''), name: () => reshaped(emit, emit.in(x, 'rows'), shape) };
    if (plus === undefined || emit.readers(x) > 1) return [rows];
    return [{ ...rows, plus: (addend) => reshaped(emit, plus(addend), shape) }];
  };
}

/** Whole blocks of rows of a matrix that lies as filters: each part is one run of it. */
export function filterParts(otherwise: LoweringRule<'Split'>, block: number): LoweringRule<'Split'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    if (!isPartedByBlocks(op as Op<'Split'>, block) || emit.value(x).layout !== 'filter') return otherwise(emit, op);
    const { sizes } = op.attrs;
    const parts = emit.node('Split', [emit.in(x, 'filter'), emit.ints(sizes)], { axis: 0 }, sizes.length);
    return parts.map((part) => inLayout('filter', part));
  };
}

/** The inverse of `filterParts`. */
export function joinedFilters(otherwise: LoweringRule<'Concat'>, block: number): LoweringRule<'Concat'> {
  return (emit, op) => {
    const isUseful = op.inputs.some((input) => workedOnIn(emit.value(input).layout) === 'filter');
    if (!isUseful || !isPartedByBlocks(op as Op<'Concat'>, block)) return otherwise(emit, op);
    const parts = op.inputs.map((input) => emit.in(input, 'filter'));
    return [inLayout('filter', emit.one('Concat', parts, { axis: 0 }))];
  };
}

/** Pixels in a row of a map: enough for the kernel, and few enough for rows to be shared out among threads. */
const LONGEST_ROW = 256;

/** Pixels as a map: the longest rows that divide them. */
function grid(pixels: number): Matrix {
  for (let width = Math.min(pixels, LONGEST_ROW); width > LONGEST_ROW / 4; width--) {
    if (pixels % width === 0) return [pixels / width, width];
  }
  return [1, pixels];
}

/** The second operand as filters [N,K,1,1], from rows or from where it lies as filters already. */
function filterFrom(emit: Emitter, b: Tensor, transposeB: boolean, { n, k }: Sides, block: number): string {
  const isFilter = emit.value(b).layout === 'filter';
  if (transposeB) {
    if (isFilter) return reshaped(emit, emit.in(b, 'filter'), [n, k, 1, 1]);
    return filtersInRows(emit, emit.name(b), [n, k], block);
  }
  if (!isFilter) return filtersInColumns(emit, emit.name(b), [k, n]);
  return reshaped(emit, turnedFilter(emit, emit.in(b, 'filter'), [k, n], block), [n, k, 1, 1]);
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
 * A weight gradient: a kernel as high as there are rows goes along the columns of one operand, a plain map of few channels, one
 * below the other, and what lies in rows is its filters, both as they lie. Where the second operand lies in rows, the gradient
 * is made turned. Those of a weight that is used several times are added up on the way.
 * Shapes: a [K,M], b [K,N] -> [M,N].
 */
function summedOverRows(emit: Emitter, a: Tensor, b: Tensor, { m, n, k }: Sides, block: number): Value {
  const isTurned = emit.value(b).layout === 'rows' && emit.value(a).layout !== 'rows';
  const [filters, pixels] = isTurned ? [b, a] : [a, b];
  const [outputs, width] = isTurned ? [n, m] : [m, n];
  const [down, across] = grid(width);
  const planes = planesOf(k, block);
  const high = k / planes;
  const sum = (...added: string[]) => {
    // A row that is cut into lines lies on so many of them, one below the other.
    const map = reshaped(emit, emit.name(pixels), [1, planes, high * down, across]);
    const filter = reshaped(emit, emit.in(filters, 'rows'), [outputs, planes, high, 1]);
    const operands = [map, filter, ...(added.length > 0 ? ['', ...added] : [])];
    const window = { ...ONE_MAP, kernel_shape: [high, 1], strides: [1, 1], dilations: [down, 1] };
    return reshaped(emit, emit.one(`${NCHWC}Conv`, operands, window), [m, n]);
  };
  const plus = (addend: string) => sum(reshaped(emit, addend, [1, outputs, down, across]));
  return { ...inLayout(isTurned ? 'turned' : 'filter', ''), name: () => sum(), plus };
}

const HIGHEST = 128; // rows that are summed one after the other: every addition rounds, and to a long sum by more

/** Into how many channels of a plain map rows are cut: fewer than a block has, or the runtime takes the map for a blocked one. */
function planesOf(rows: number, block: number): number {
  let planes = 1;
  for (let count = 2; count < block && rows / planes > HIGHEST; count++) if (rows % count === 0) planes = count;
  return planes;
}

/** A matrix [M,N] that is made turned, as filters. */
export function filtersFromTurned(emit: Emitter, name: string, { shape }: Tensor, block: number): string {
  const [m, n] = shape as Matrix;
  return reshaped(emit, turnedFilter(emit, name, [n, m], block), shape);
}

/**
 * Products of two large matrices as 1x1 convolutions in the blocked layout: on AVX2 the runtime's convolution does 70 to
 * 77 GFLOP/s a core where its matrix product does 50, which pays for bringing both operands and the result from and to
 * rows. One operand's rows become pixels, the other operand the filters:
 *
 *   C[m,n] = sum over k of P[m,k] F[k,n]:  pixels m, channels k, filters n
 */

import type { Program } from '../core/program.ts';
import type { Op } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { NCHWC, reshaped, toBlocked, toPlain } from './onnx-blocked-convert.ts';

type Matrix = readonly [rows: number, columns: number];

/** Multiplications from which the way to blocks and back is paid for. */
const LEAST_WORK = 2 ** 24;
/** Pixels in a row of the map: the convolution is fastest on rows of some hundred. */
const LONGEST_ROW = 256;

interface Sides {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Sides of a product [m,k] x [k,n] that is to be a convolution; null where the plain form does as well. */
function sidesOf({ inputs, outputs, attrs }: Op<'MatMul'>, block: number): Sides | null {
  const [a, b, bias] = inputs;
  const { transposeA, transposeB } = attrs;
  if (a!.shape.length !== 2 || b!.shape.length !== 2) return null;
  if (transposeA && (transposeB || bias !== undefined)) return null;
  const [m, n] = outputs[0]!.shape as Matrix;
  const k = a!.shape[transposeA ? 0 : 1]!;
  const inBlocks = transposeA ? [m, n, k] : [n, k];
  return m * n * k >= LEAST_WORK && inBlocks.every((side) => side % block === 0) ? { m, n, k } : null;
}

/** The product as a convolution where its sides fill whole blocks and there is work enough, else the plain rule. */
export function blockedMatMul(plain: LoweringRule<'MatMul'>, block: number): LoweringRule<'MatMul'> {
  return (emit, op) => {
    const sides = emit.anyBatch ? null : sidesOf(op, block);
    if (sides === null) return plain(emit, op);
    const [a, b, ...bias] = op.inputs.map(emit.name) as [string, string, ...string[]];
    const { transposeA, transposeB } = op.attrs;
    if (transposeA) return [summedOverRows(emit, a, b, sides, block)];
    const { m, n, k } = sides;
    const filter = transposeB ? filtersInRows(emit, b, [n, k], block) : filtersInColumns(emit, b, [k, n], block);
    const [images, row] = grid(m);
    const map = reshaped(emit, a, [images, 1, row, k]);
    const pixels = emit.one(`${NCHWC}ReorderInput`, [map], { channels_last: 1 });
    const product = emit.one(`${NCHWC}Conv`, [pixels, filter, ...bias]);
    return [reshaped(emit, toPlain(emit, product, n, true), [m, n])];
  };
}

/** Rows of a matrix as so many images of one row of pixels: the longest row that divides them. */
function grid(rows: number): Matrix {
  for (let width = Math.min(rows, LONGEST_ROW); width > LONGEST_ROW / 4; width--) {
    if (rows % width === 0) return [rows / width, width];
  }
  return [1, rows];
}

/** Filters from a matrix that holds one in each column. Shapes: [K,N] -> [N,K,1,1], laid out as filters. */
function filtersInColumns(emit: Emitter, name: string, [k, n]: Matrix, block: number): string {
  const tiles = reshaped(emit, name, [k / block, block, n / block, block]);
  return reshaped(emit, emit.one('Transpose', [tiles], { perm: [2, 0, 1, 3] }), [n, k, 1, 1]);
}

/** The same from one that holds a filter in each row. Shapes: [N,K] -> [N,K,1,1], laid out as filters. */
function filtersInRows(emit: Emitter, name: string, [n, k]: Matrix, block: number): string {
  const tiles = reshaped(emit, name, [n / block, block, k / block, block]);
  return reshaped(emit, emit.one('Transpose', [tiles], { perm: [0, 2, 3, 1] }), [n, k, 1, 1]);
}

/**
 * A weight gradient: the rows of both operands are summed over, so they are the channels. The smaller operand becomes
 * the filters, since those take the longer way.
 * Shapes: a [K,M], b [K,N] -> [M,N].
 */
function summedOverRows(emit: Emitter, a: string, b: string, { m, n, k }: Sides, block: number): string {
  const isFirstSmaller = m <= n;
  const [pixels, filters] = isFirstSmaller ? ([b, a] as const) : ([a, b] as const);
  const [width, count] = isFirstSmaller ? ([n, m] as const) : ([m, n] as const);
  const map = toBlocked(emit, reshaped(emit, pixels, [1, k, 1, width]), k);
  const product = emit.one(`${NCHWC}Conv`, [map, filtersInColumns(emit, filters, [k, count], block)]);
  return reshaped(emit, toPlain(emit, product, count, !isFirstSmaller), [m, n]);
}

/** Whether a program has a product that takes the way over blocks. */
export function hasLargeProducts(program: Program, block: number): boolean {
  return program.ops.some((op) => op.prim === 'MatMul' && sidesOf(op as Op<'MatMul'>, block) !== null);
}

/** Which products of two matrices run as blocked 1x1 convolutions, and which operand of them is a weight. */

import type { Program } from '../core/program.ts';
import type { Op, Tensor } from '../core/tensor.ts';

export type Matrix = readonly [rows: number, columns: number];

/** Multiplications from which the way to blocks and back is paid for. */
const LEAST_WORK = 2 ** 24;

export interface Sides {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** Sides of a product [m,k] x [k,n] that is to be a convolution; null where the plain form does as well. */
export function sidesOf({ inputs, outputs, attrs }: Op<'MatMul'>, block: number): Sides | null {
  const [a, b, bias] = inputs;
  const { transposeA, transposeB } = attrs;
  if (a!.shape.length !== 2 || b!.shape.length !== 2) return null;
  if (transposeA && (transposeB || bias !== undefined)) return null;
  const [m, n] = outputs[0]!.shape as Matrix;
  const k = a!.shape[transposeA ? 0 : 1]!;
  const inBlocks = transposeA ? [m, n] : [n, k];
  return m * n * k >= LEAST_WORK && inBlocks.every((side) => side % block === 0) ? { m, n, k } : null;
}

/**
 * The weight [out,in] of a linear layer: what its product and that of its input gradient read, what its weight gradient
 * makes. Null for a product of two values that are made anew at every step.
 */
export function weightOf(op: Op<'MatMul'>, block: number): Tensor | null {
  const { inputs, outputs, attrs } = op;
  if (attrs.transposeA) {
    // However many rows there are: the weight lies one way, and so must its gradient.
    const [gradient] = outputs as readonly [Tensor];
    const work = inputs[0]!.shape.reduce((product, side) => product * side, gradient.shape.at(-1)!);
    const isWhole = gradient.shape.length === 2 && gradient.shape.every((side) => side % block === 0);
    return isWhole && !attrs.transposeB && work >= LEAST_WORK ? gradient : null;
  }
  const weight = inputs[1]!;
  return isParameter(weight, block) && sidesOf(op, block) !== null ? weight : null;
}

/** What comes from outside, or whole blocks of its rows. */
function isParameter({ source }: Tensor, block: number): boolean {
  if (source.kind !== 'op') return source.kind === 'input';
  return isPartedByBlocks(source.op, block) && source.op.inputs[0]!.source.kind === 'input';
}

/** Whether a matrix is taken apart, or put together, by whole blocks of rows: as filters each part is one run of the whole. */
export function isPartedByBlocks(op: Op, block: number): boolean {
  const isAlongRows =
    (op.prim === 'Split' && (op as Op<'Split'>).attrs.axis === 0) ||
    (op.prim === 'Concat' && (op as Op<'Concat'>).attrs.axis === 0);
  const parts = op.prim === 'Split' ? op.outputs : op.inputs;
  return isAlongRows && parts.every(({ shape }) => shape.length === 2 && shape.every((side) => side % block === 0));
}

/** Whether a program has a product that takes the way over blocks. */
export function hasLargeProducts(program: Program, block: number): boolean {
  return program.ops.some((op) => op.prim === 'MatMul' && sidesOf(op as Op<'MatMul'>, block) !== null);
}

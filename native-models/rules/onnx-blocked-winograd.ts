/**
 * Convolutions of three kernel rows at stride 1 with half of the multiplications: four rows of the result from six products of
 * combined rows instead of twelve. Six combinations of a tile's six rows of X, and of the kernel's three, are the values of two
 * polynomials at five points and at infinity; those of their product give it back. Down the columns only: across as well it
 * would save more, and cost more passes over maps and more digits.
 *
 * Source: Winograd 1980, "Arithmetic Complexity of Computations"; Lavin and Gray 2016, https://arxiv.org/abs/1509.09308, section
 * 4, with other points than their 0, 1, -1, 2, -2: those whose products, of numbers drawn at random, are the shortest beside
 * their sum, which loses a third less.
 */

import type { Emitter } from './emitter.ts';
import { NCHWC, pixelsOf, reshaped, reshapedLate } from './onnx-blocked-convert.ts';
import type { DenseConv } from './onnx-blocked-side-by-side.ts';

type Row = readonly number[];

const POINTS: Row = [0, 2 / 3, -2 / 3, 3 / 2, -3 / 2];
const KERNEL = 3;
const TILE = POINTS.length + 2 - KERNEL; // rows of the result made together

/** Coefficients of the product of all x - root, the lowest power first. */
function withRoots(roots: Row): Row {
  let polynomial: Row = [1];
  for (const root of roots) {
    const before = polynomial;
    polynomial = Array.from({ length: before.length + 1 }, (_, i) => (before[i - 1] ?? 0) - root * (before[i] ?? 0));
  }
  return polynomial;
}

/** The polynomial that is 1 at one of the points and 0 at the others. */
function basis(point: number): Row {
  const others = POINTS.filter((other) => other !== point);
  const scale = others.reduce((product, other) => product * (point - other), 1);
  return [...withRoots(others).map((coefficient) => coefficient / scale), 0];
}

const powers = (point: number, count: number): Row => Array.from({ length: count }, (_, i) => point ** i);

/** For each point, and infinity: what a tile's rows, the kernel's rows and the products are multiplied by. */
const OF_TILE: readonly Row[] = [...POINTS.map(basis), withRoots(POINTS)];
const OF_KERNEL: readonly Row[] = [...POINTS.map((point) => powers(point, KERNEL)), [0, 0, 1]];
const OF_PRODUCTS: readonly Row[] = Array.from({ length: TILE }, (_, row) => [
  ...POINTS.map((point) => point ** row),
  Number(row === TILE - 1),
]);

export interface WinogradConv extends DenseConv {
  /** As the blocked operator reads them. Shapes: [outputs,C,3,kw]. */
  readonly filter: string;
  /** Of the filled-up outputs, or null. */
  readonly bias: string | null;
}

/** In multiplications: of a filter's combinations, for each of its channels; of a pixel's in a tile's height, for each channel. */
const COST = { filter: 550, pixel: 550 };
const MARGIN = 1.1; // of what must be saved

/** Whether that is less work; at stride 1. */
export function suitsWinograd({ shape: [n, c, h, w], kernel: [kh, kw], outputs: k, attrs }: DenseConv): boolean {
  const isDense = attrs.dilations.every((dilation) => dilation === 1);
  if (kh !== KERNEL || kw === 1 || !isDense || attrs.pads[0] < 1) return false;
  const [ho, wo] = resultSides(h, w, kw, attrs.pads);
  const tiles = n * Math.ceil(ho / TILE) * wo;
  const plain = n * ho * wo * c * k * KERNEL * kw;
  const combined = tiles * c * k * OF_TILE.length * kw;
  return plain > MARGIN * (combined + COST.pixel * tiles * (c + k) + COST.filter * c * k);
}

const resultSides = (h: number, w: number, kw: number, [top, left, bottom, right]: Row) =>
  [h + top! + bottom! - KERNEL + 1, w + left! + right! - kw + 1] as const;

export function winograd(task: WinogradConv): string {
  const { emit, shape, kernel, outputs, attrs, block } = task;
  const [n, , h, w] = shape;
  const [ho, wo] = resultSides(h, w, kernel[1], attrs.pads);
  const tiles = Math.ceil(ho / TILE);
  const products = OF_TILE.map((_, i) => product(task, i, tiles));
  const side = (outputs / block) * tiles * wo;
  const stacked = emit.one('Concat', products, { axis: 1 });
  const rows = OF_PRODUCTS.map((factors) => {
    const columns = { emit, block, planes: n, height: OF_TILE.length, width: side, stride: OF_TILE.length };
    return reshapedLate(emit, combined(columns, stacked, factors, 0), [(n * outputs * tiles) / block, 1, wo * block]);
  });
  const whole = [n, outputs, tiles * TILE, wo] as const;
  const joined = reshaped(emit, emit.one('Concat', rows, { axis: 1 }), whole);
  return pixelsOf(emit, joined, whole, { to: [ho, wo] }, block).name;
}

/** One of the products, for all tiles. Shapes: -> [N,outputs,tiles,Wo]. */
function product(task: WinogradConv, i: number, tiles: number): string {
  const { emit, x, shape, kernel, outputs, attrs, filter, bias, block } = task;
  const [n, c, h, w] = shape;
  const [top, left, , right] = attrs.pads;
  const ofTile = { emit, block, planes: (n * c) / block, height: h, width: w, stride: TILE, count: tiles };
  const ofKernel = {
    emit,
    block,
    planes: (outputs * c) / (block * block),
    height: KERNEL,
    width: kernel[1] * block,
    stride: KERNEL,
  };
  const operands = [
    reshapedLate(emit, combined(ofTile, x, OF_TILE[i]!, top), [n, c, tiles, w]),
    reshapedLate(emit, combined(ofKernel, filter, OF_KERNEL[i]!, 0), [outputs, c, 1, kernel[1]]),
  ];
  // The bias is a polynomial of no powers, and its value at 1 is what each row is to have more.
  const share = i < POINTS.length ? OF_TILE[i]!.reduce((sum, factor) => sum + factor) : 0;
  if (bias !== null) operands.push(emit.one('Mul', [bias, emit.constant([share], [1], 'float32')]));
  return emit.one(`${NCHWC}Conv`, operands, {
    kernel_shape: [1, kernel[1]],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, left, 0, right],
    group: 1,
  });
}

/** Maps of one block of channels each. */
interface Columns {
  readonly emit: Emitter;
  readonly block: number;
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Rows between two that are made, and how many are. */
  readonly stride: number;
  readonly count?: number;
}

/** Rows times factors, in one pass; the first `above` factors are for rows above the first. Shapes: -> [planes,b,count,width]. */
function combined(columns: Columns, name: string, factors: Row, above: number): string {
  const { emit, block, planes, height, width, stride, count = 1 } = columns;
  const used = factors.flatMap((factor, i) => (factor === 0 ? [] : [i]));
  const first = Math.min(above, used[0]!);
  const last = used.at(-1)!;
  const step = last > first && used.every((i) => (i - first) % 2 === 0) ? 2 : 1;
  const taps = factors.slice(first, last + 1).filter((_, i) => i % step === 0);
  const filter = Float64Array.from({ length: taps.length * block }, (_, i) => taps[Math.floor(i / block)]!);
  const read = stride * (count - 1) - above + last + 1; // rows, from the map's first
  const operands = [
    reshapedLate(emit, name, [planes, block, height, width]),
    emit.constant(filter, [block, 1, taps.length, 1], 'float32'),
  ];
  return emit.one(`${NCHWC}Conv`, operands, {
    kernel_shape: [taps.length, 1],
    strides: [stride, 1],
    dilations: [step, 1],
    pads: [above - first, 0, Math.max(0, read - height), 0],
    group: block,
  });
}

/** Brightness, contrast, saturation and hue as one affine map of RGB, so that a picture is walked through only once. */

import { MAP_BITS } from './simd/colour.ts';
import type { Workspace } from './simd/kernels.ts';

/** Row-major 3x4: out = M [r, g, b, 1], in 0..255. */
export type ColourMap = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export interface ColourShift {
  /** Factors; 1 changes nothing. */
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  /** Turns of the colour circle; 0 changes nothing. */
  readonly hueTurns: number;
  /** Of the picture before the shift, in 0..255: contrast spreads the values about it. */
  readonly meanGrey: number;
}

const MAP_ENTRIES = 12;
const PARTIAL_SUMS = 12;
const VECTOR_PIXELS = 16;

/** Weights of R, G, B in grey. Source: ITU-R BT.601. */
const GREY = [0.299, 0.587, 0.114] as const;

/**
 * The map that applies brightness, contrast, saturation and hue in this order, without clipping in between.
 * Source: factors as in torchvision's ColorJitter; hue as a rotation of the I-Q plane of NTSC's YIQ, which keeps grey
 * grey and luma unchanged.
 */
export function colourMap({ brightness, contrast, saturation, hueTurns, meanGrey }: ColourShift): ColourMap {
  const gain = brightness * contrast;
  const offset = (1 - contrast) * brightness * meanGrey;
  const hue = hueRotation(2 * Math.PI * hueTurns);
  // hue keeps greys, so hue(saturate(x)) = s * hue(x) + (1 - s) * grey(x), and a grey offset passes through both.
  const entry = (row: number, column: number) =>
    gain * (saturation * hue[row]![column]! + (1 - saturation) * GREY[column]!);
  return [
    entry(0, 0),
    entry(0, 1),
    entry(0, 2),
    offset,
    entry(1, 0),
    entry(1, 1),
    entry(1, 2),
    offset,
    entry(2, 0),
    entry(2, 1),
    entry(2, 2),
    offset,
  ];
}

/**
 * Shifts the colours of `count` pixels at an address, with contrast about their own mean.
 * Shapes: [count, 3] -> planes [3, count].
 */
export function toPlanes(
  workspace: Workspace,
  address: number,
  count: number,
  shift: Omit<ColourShift, 'meanGrey'>,
): Uint8Array {
  const sums = workspace.allocate(PARTIAL_SUMS * 4);
  const map = workspace.allocate(MAP_ENTRIES * 4);
  const planes = [0, 1, 2].map(() => workspace.allocate(count)) as [number, number, number];
  workspace.bytes(address + 3 * count, VECTOR_PIXELS * 3).fill(0);
  workspace.kernels.channelSums(address, count, sums);
  const meanGrey = greyOf(workspace.integers(sums, PARTIAL_SUMS)) / count;

  const entries = colourMap({ ...shift, meanGrey }).map((entry, i) => {
    return Math.round(entry * (1 << MAP_BITS)) + (i % 4 === 3 ? 1 << (MAP_BITS - 1) : 0);
  });
  workspace.integers(map, MAP_ENTRIES).set(entries);
  workspace.kernels.toPlanes(address, count, ...planes, map);
  const out = new Uint8Array(3 * count);
  for (const [channel, plane] of planes.entries()) out.set(workspace.bytes(plane, count), channel * count);
  return out;
}

/** Luma of what lies in four sums of red, four of green, four of blue. */
function greyOf(sums: Int32Array): number {
  return sums.reduce((total, sum, i) => total + GREY[(i >> 2) as 0 | 1 | 2] * sum, 0);
}

/**
 * RGB -> YIQ, rotate (I, Q), -> RGB, as one matrix.
 * Derived with R - Y, B - Y as chroma: Y = grey; a chroma rotation is c = cos, s = sin on (I, Q).
 */
function hueRotation(angleRad: number): number[][] {
  const [c, s] = [Math.cos(angleRad), Math.sin(angleRad)];
  const rotate = [
    [1, 0, 0],
    [0, c, -s],
    [0, s, c],
  ];
  return multiply(YIQ_TO_RGB, multiply(rotate, RGB_TO_YIQ));
}

/** Source: FCC NTSC standard (SMPTE C form), rows Y, I, Q. */
const RGB_TO_YIQ = [[...GREY], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]];
const YIQ_TO_RGB = invert(RGB_TO_YIQ);

function multiply(a: readonly number[][], b: readonly number[][]): number[][] {
  return a.map((row) => [0, 1, 2].map((j) => row[0]! * b[0]![j]! + row[1]! * b[1]![j]! + row[2]! * b[2]![j]!));
}

/** Inverse of a 3x3 matrix by its adjugate. */
function invert(m: readonly number[][]): number[][] {
  const at = (i: number, j: number) => m[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number) => at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant));
}

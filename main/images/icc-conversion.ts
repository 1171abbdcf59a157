/**
 * Colours of another RGB space to sRGB, for the profiles that cameras and phones embed: three curves and a matrix.
 * Profiles with tables are libvips' business. Doing the rest here spares the 5 ms it takes to prepare one conversion;
 * results are within one step of 255 of its own.
 * Source: ICC.1:2010, annex F.3 (three-component matrix-based profiles); IEC 61966-2-1 for sRGB, adapted to D50.
 */

import { readMatrixProfile, SRGB_TO_XYZ, srgbDecoded, type Vector3 } from './icc.ts';
import type { Pixels } from './pixels.ts';

/** Entries of the table back from light to 0..255: fine enough for the steep beginning of sRGB's curve. */
const ENCODE_STEPS = 1 << 16;
/** Sets of pictures come with a few profiles, if any. */
const MOST_REMEMBERED = 8;

type Matrix3 = readonly [Vector3, Vector3, Vector3];

interface Conversion {
  /** Light in 0..1 of each of the 256 values, per channel. */
  readonly decode: readonly [Float64Array, Float64Array, Float64Array];
  /** From the profile's light to sRGB's, times `ENCODE_STEPS - 1`. */
  readonly matrix: Matrix3;
}

const remembered = new Map<string, Conversion | null>();
let encodeTable: Uint8Array | null = null;

/** Converts a picture's colours in place; false, with nothing changed, when the profile is not of this kind. */
export function convertToSrgb({ data }: Pixels, profile: Buffer): boolean {
  const conversion = conversionOf(profile);
  if (conversion === null) return false;
  const [redLight, greenLight, blueLight] = conversion.decode;
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = conversion.matrix;
  encodeTable ??= makeEncodeTable();
  const encode = encodeTable;
  const last = ENCODE_STEPS - 1;
  for (let i = 0; i < data.length; i += 3) {
    const r = redLight[data[i]!]!;
    const g = greenLight[data[i + 1]!]!;
    const b = blueLight[data[i + 2]!]!;
    data[i] = encode[Math.min(last, Math.max(0, rr * r + rg * g + rb * b + 0.5)) | 0]!;
    data[i + 1] = encode[Math.min(last, Math.max(0, gr * r + gg * g + gb * b + 0.5)) | 0]!;
    data[i + 2] = encode[Math.min(last, Math.max(0, br * r + bg * g + bb * b + 0.5)) | 0]!;
  }
  return true;
}

function conversionOf(profile: Buffer): Conversion | null {
  const key = profile.toString('latin1');
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const conversion = makeConversion(profile);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(key, conversion);
  return conversion;
}

function makeConversion(profile: Buffer): Conversion | null {
  const parts = readMatrixProfile(profile);
  if (parts === null) return null;
  const decode = parts.curves.map((curve) => Float64Array.from({ length: 256 }, (_, value) => curve(value / 255)));
  const toXyz = columns(parts.primaries);
  const matrix = multiply(inverse(columns(SRGB_TO_XYZ)), toXyz);
  const scaled = matrix.map((row) => row.map((value) => value * (ENCODE_STEPS - 1)));
  return { decode: decode as unknown as Conversion['decode'], matrix: scaled as unknown as Matrix3 };
}

function makeEncodeTable(): Uint8Array {
  return Uint8Array.from({ length: ENCODE_STEPS }, (_, step) => {
    const light = step / (ENCODE_STEPS - 1);
    const value = light <= srgbDecoded(0.04045) ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
    return Math.round(255 * value);
  });
}

/** The matrix of which these are the columns. */
function columns([a, b, c]: Matrix3): Matrix3 {
  return [0, 1, 2].map((i) => [a[i]!, b[i]!, c[i]!]) as unknown as Matrix3;
}

function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const entry = (row: Vector3, j: number) => row[0] * b[0][j]! + row[1] * b[1][j]! + row[2] * b[2][j]!;
  return a.map((row) => [0, 1, 2].map((j) => entry(row, j))) as unknown as Matrix3;
}

/** By the adjugate. */
function inverse(m: Matrix3): Matrix3 {
  const at = (i: number, j: number) => m[i % 3]![j % 3]!;
  const cofactor = (i: number, j: number) => at(i + 1, j + 1) * at(i + 2, j + 2) - at(i + 1, j + 2) * at(i + 2, j + 1);
  const determinant = [0, 1, 2].reduce((sum, j) => sum + at(0, j) * cofactor(0, j), 0);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => cofactor(j, i) / determinant)) as unknown as Matrix3;
}

/**
 * Bilinear resizing with antialiasing: a triangle filter whose support grows with the reduction, horizontal pass first,
 * 8 bits between the passes. Whole numbers throughout, so that every machine gets the same picture, and the same one
 * as the Python libraries that models meet elsewhere: equal to Pillow's `resize(size, BILINEAR)` to the last bit.
 * Source: Pillow, src/libImaging/Resample.c (`precompute_coeffs`, `normalize_coeffs_8bpc`, `ImagingResample*_8bpc`).
 */

import type { PixelBox, Pixels } from './pixels.ts';

/** Fraction bits of a weight: 32 less 8 for the pixel and 2 for the sum. */
const PRECISION_BITS = 22;
const ROUND = 1 << (PRECISION_BITS - 1);

/** Covers reductions down to half, where a triangle of support 2 touches four pixels at most. */
const FEW_TAPS = 4;

/** For output i: `taps` weights from `weights[i * taps]` on, for the inputs from `starts[i]` on. */
interface Kernel {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Int32Array;
}

/**
 * The part of a picture inside `box`, resized; pixels outside the box have no influence.
 * Shapes: [height, width, 3] -> [outHeight, outWidth, 3].
 */
export function resample(pixels: Pixels, box: PixelBox, outWidth: number, outHeight: number): Pixels {
  const rows = horizontal(pixels, box, outWidth);
  const data = outHeight === box.h ? rows : vertical(rows, box.h, outWidth, outHeight);
  return { width: outWidth, height: outHeight, data };
}

function horizontal(pixels: Pixels, box: PixelBox, outWidth: number): Uint8Array {
  const out = new Uint8Array(box.h * outWidth * 3);
  const kernel = kernelOf(box.w, outWidth);
  for (let y = 0; y < box.h; y++) {
    const from = ((box.y + y) * pixels.width + box.x) * 3;
    const to = y * outWidth * 3;
    if (outWidth === box.w) out.set(pixels.data.subarray(from, from + box.w * 3), to);
    else if (kernel.taps === FEW_TAPS) narrowRow(pixels.data, from, kernel, out, to);
    else wideRow(pixels.data, from, kernel, out, to);
  }
  return out;
}

/** One output row with exactly four weights a pixel: unrolled, since these loops are most of the work of a feed. */
function narrowRow(data: Uint8Array, from: number, { starts, weights }: Kernel, out: Uint8Array, to: number): void {
  for (let x = 0; x < starts.length; x++, to += 3) {
    const at = from + starts[x]! * 3;
    const k = x * FEW_TAPS;
    const w0 = weights[k]!;
    const w1 = weights[k + 1]!;
    const w2 = weights[k + 2]!;
    const w3 = weights[k + 3]!;
    for (let c = 0; c < 3; c++) {
      const sum = data[at + c]! * w0 + data[at + c + 3]! * w1 + data[at + c + 6]! * w2 + data[at + c + 9]! * w3;
      out[to + c] = (sum + ROUND) >> PRECISION_BITS;
    }
  }
}

function wideRow(data: Uint8Array, from: number, kernel: Kernel, out: Uint8Array, to: number): void {
  const { taps, starts, weights } = kernel;
  for (let x = 0; x < starts.length; x++, to += 3) {
    let r = ROUND;
    let g = ROUND;
    let b = ROUND;
    let at = from + starts[x]! * 3;
    for (let k = x * taps; k < (x + 1) * taps; k++, at += 3) {
      const weight = weights[k]!;
      r = (r + data[at]! * weight) | 0;
      g = (g + data[at + 1]! * weight) | 0;
      b = (b + data[at + 2]! * weight) | 0;
    }
    out[to] = r >> PRECISION_BITS;
    out[to + 1] = g >> PRECISION_BITS;
    out[to + 2] = b >> PRECISION_BITS;
  }
}

function vertical(rows: Uint8Array, height: number, outWidth: number, outHeight: number): Uint8Array {
  const kernel = kernelOf(height, outHeight);
  const stride = outWidth * 3;
  const out = new Uint8Array(outHeight * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < outHeight; y++) {
    if (kernel.taps === FEW_TAPS) narrowColumns(rows, stride, kernel, y, out);
    else wideColumns(rows, stride, kernel, y, out, sums);
  }
  return out;
}

function narrowColumns(rows: Uint8Array, stride: number, kernel: Kernel, y: number, out: Uint8Array): void {
  const { starts, weights } = kernel;
  const k = y * FEW_TAPS;
  const w0 = weights[k]!;
  const w1 = weights[k + 1]!;
  const w2 = weights[k + 2]!;
  const w3 = weights[k + 3]!;
  let at = starts[y]! * stride;
  for (let to = y * stride; to < (y + 1) * stride; to++, at++) {
    const sum = rows[at]! * w0 + rows[at + stride]! * w1 + rows[at + 2 * stride]! * w2 + rows[at + 3 * stride]! * w3;
    out[to] = (sum + ROUND) >> PRECISION_BITS;
  }
}

function wideColumns(
  rows: Uint8Array,
  stride: number,
  { taps, starts, weights }: Kernel,
  y: number,
  out: Uint8Array,
  sums: Int32Array,
): void {
  sums.fill(ROUND);
  for (let k = 0; k < taps; k++) {
    const weight = weights[y * taps + k]!;
    const row = (starts[y]! + k) * stride;
    for (let i = 0; i < stride; i++) sums[i] = sums[i]! + rows[row + i]! * weight;
  }
  for (let i = 0; i < stride; i++) out[y * stride + i] = sums[i]! >> PRECISION_BITS;
}

/**
 * Weights are positive and sum to one, so no result leaves 0..255. Each row has the same number of taps, those beyond
 * the filter with weight 0, moved so that all of them lie inside the picture.
 */
function kernelOf(inSize: number, outSize: number): Kernel {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const widest = Math.ceil(support) * 2 + 1;
  const taps = Math.min(inSize, support <= FEW_TAPS / 2 && inSize >= FEW_TAPS ? FEW_TAPS : widest);
  const starts = new Int32Array(outSize);
  const weights = new Int32Array(outSize * taps);
  const row = new Float64Array(widest);

  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let k = first; k < end; k++) {
      const distance = Math.abs((k - center + 0.5) / support);
      row[k - first] = distance < 1 ? 1 - distance : 0;
      sum += row[k - first]!;
    }
    const start = Math.min(first, inSize - taps);
    for (let k = first; k < end; k++) {
      weights[i * taps + (k - start)] = Math.trunc(0.5 + (row[k - first]! / sum) * (1 << PRECISION_BITS));
    }
    starts[i] = start;
  }
  return { taps, starts, weights };
}

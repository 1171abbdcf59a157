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

/** For output i: `taps` weights from `weights[i * taps]` on, for the inputs from `starts[i]` on; `counts[i]` are used. */
interface Kernel {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly counts: Int32Array;
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

function horizontal({ width, data }: Pixels, box: PixelBox, outWidth: number): Uint8Array {
  const out = new Uint8Array(box.h * outWidth * 3);
  if (outWidth === box.w) {
    for (let y = 0; y < box.h; y++) {
      const from = ((box.y + y) * width + box.x) * 3;
      out.set(data.subarray(from, from + box.w * 3), y * box.w * 3);
    }
    return out;
  }
  const { taps, starts, counts, weights } = kernel(box.w, outWidth);
  let to = 0;
  for (let y = 0; y < box.h; y++) {
    const row = ((box.y + y) * width + box.x) * 3;
    for (let x = 0; x < outWidth; x++) {
      let [r, g, b] = [ROUND, ROUND, ROUND];
      let at = row + starts[x]! * 3;
      const first = x * taps;
      const last = first + counts[x]!;
      for (let k = first; k < last; k++, at += 3) {
        const weight = weights[k]!;
        r = (r + data[at]! * weight) | 0;
        g = (g + data[at + 1]! * weight) | 0;
        b = (b + data[at + 2]! * weight) | 0;
      }
      out[to++] = r >> PRECISION_BITS;
      out[to++] = g >> PRECISION_BITS;
      out[to++] = b >> PRECISION_BITS;
    }
  }
  return out;
}

function vertical(rows: Uint8Array, height: number, outWidth: number, outHeight: number): Uint8Array {
  const { taps, starts, counts, weights } = kernel(height, outHeight);
  const stride = outWidth * 3;
  const out = new Uint8Array(outHeight * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < outHeight; y++) {
    sums.fill(ROUND);
    for (let k = 0; k < counts[y]!; k++) {
      const weight = weights[y * taps + k]!;
      const row = (starts[y]! + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = sums[i]! + rows[row + i]! * weight;
    }
    const to = y * stride;
    for (let i = 0; i < stride; i++) out[to + i] = sums[i]! >> PRECISION_BITS;
  }
  return out;
}

/** Weights are positive and sum to one, so no result can leave 0..255 by more than rounding, which `ROUND` absorbs. */
function kernel(inSize: number, outSize: number): Kernel {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(outSize);
  const counts = new Int32Array(outSize);
  const weights = new Int32Array(outSize * taps);
  const row = new Float64Array(taps);

  for (let i = 0; i < outSize; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - support + 0.5));
    const end = Math.min(inSize, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let k = 0; k < end - start; k++) {
      const distance = Math.abs((k + start - center + 0.5) / support);
      row[k] = distance < 1 ? 1 - distance : 0;
      sum += row[k]!;
    }
    for (let k = 0; k < end - start; k++) {
      weights[i * taps + k] = Math.trunc(0.5 + (row[k]! / sum) * (1 << PRECISION_BITS));
    }
    starts[i] = start;
    counts[i] = end - start;
  }
  return { taps, starts, counts, weights };
}

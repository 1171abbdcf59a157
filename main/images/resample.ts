/**
 * Bilinear resizing with antialiasing: a triangle filter whose support grows with the reduction, horizontal pass first,
 * 8 bits between the passes. Whole numbers throughout, so that every machine gets the same picture, and the same one
 * as the Python libraries that models meet elsewhere: equal to Pillow's `resize(size, BILINEAR)` to the last bit.
 * Source: Pillow, src/libImaging/Resample.c (`precompute_coeffs`, `normalize_coeffs_8bpc`, `ImagingResample*_8bpc`).
 */

import type { PixelBox, Pixels } from './pixels.ts';
import { inWorkspace, PRECISION_BITS, type Workspace } from './simd/kernels.ts';

/** Covers reductions down to half, where a triangle of support 2 touches four pixels at most. */
const FEW_TAPS = 4;

/** For output i: `taps` weights from `weights[i * taps]` on, for the inputs from `starts[i]` on. */
interface Weights {
  readonly taps: number;
  readonly starts: Int32Array;
  readonly weights: Int32Array;
}

/**
 * The part of a picture inside `box`, resized; pixels outside the box have no influence.
 * Shapes: [height, width, 3] -> [outHeight, outWidth, 3].
 */
export function resample(pixels: Pixels, box: PixelBox, outWidth: number, outHeight: number): Pixels {
  const data = inWorkspace((workspace) => {
    const out = resampleIn(workspace, pixels, box, { width: outWidth, height: outHeight, isMirrored: false });
    return workspace.bytes(out, 3 * outWidth * outHeight).slice();
  });
  return { width: outWidth, height: outHeight, data };
}

export interface ResampledSize {
  readonly width: number;
  readonly height: number;
  /** Left and right exchanged. */
  readonly isMirrored: boolean;
}

/** As `resample`, within a workspace; returns the address of the rows. */
export function resampleIn(workspace: Workspace, pixels: Pixels, box: PixelBox, size: ResampledSize): number {
  const rows = horizontal(workspace, pixels, box, size);
  return vertical(workspace, rows, box.h, 3 * size.width, size.height);
}

/** Rows of bytes in the workspace. */
interface Rows {
  readonly address: number;
  readonly stride: number;
}

/** The box's rows in their new width. */
function horizontal(workspace: Workspace, pixels: Pixels, box: PixelBox, size: ResampledSize): Rows {
  const outWidth = size.width;
  const inStride = 3 * pixels.width;
  const stride = 3 * outWidth + 1; // pixels are written four bytes at a time, and two rows at once
  const address = workspace.allocate((box.h + 1) * stride);
  const bytes = pixels.data.subarray(box.y * inStride, (box.y + box.h) * inStride);
  const input = workspace.allocate(bytes.length + inStride);
  const { starts, weights, taps } = allocateWeights(
    workspace,
    size.isMirrored ? mirrored(weightsOf(box.w, outWidth)) : weightsOf(box.w, outWidth),
    3,
  );
  workspace.bytes(input, bytes.length).set(bytes);
  const from = input + 3 * box.x;
  workspace.kernels.horizontal(from, inStride, address, stride, box.h, starts, weights, taps, outWidth);
  return { address, stride };
}

/** The address of the rows, `width` bytes wide, in their new number and without gaps. */
function vertical(workspace: Workspace, rows: Rows, height: number, width: number, outHeight: number): number {
  const out = workspace.allocate(outHeight * width);
  const { starts, weights, taps } = allocateWeights(workspace, weightsOf(height, outHeight), rows.stride);
  workspace.kernels.vertical(rows.address, rows.stride, out, width, outHeight, starts, weights, taps);
  return out;
}

/** The same weights for outputs in reverse order. */
function mirrored({ taps, starts, weights }: Weights): Weights {
  const reversed = new Int32Array(weights.length);
  for (let from = 0; from < weights.length; from += taps) {
    reversed.set(weights.subarray(from, from + taps), weights.length - taps - from);
  }
  return { taps, starts: starts.toReversed(), weights: reversed };
}

/** Puts weights into the workspace; an input is `bytes` long. */
function allocateWeights(workspace: Workspace, { starts, weights, taps }: Weights, bytes: number) {
  const startsAt = workspace.allocate(4 * starts.length);
  const weightsAt = workspace.allocate(4 * weights.length);
  workspace.integers(startsAt, starts.length).set(starts.map((start) => start * bytes));
  workspace.integers(weightsAt, weights.length).set(weights);
  return { starts: startsAt, weights: weightsAt, taps };
}

/**
 * Weights are positive and sum to one, so no result leaves 0..255. Each row has the same number of taps, those beyond
 * the filter with weight 0, moved so that all of them lie inside the picture.
 */
function weightsOf(inSize: number, outSize: number): Weights {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const widest = Math.ceil(support) * 2 + 1;
  const taps = Math.min(inSize, support <= FEW_TAPS / 2 ? FEW_TAPS : widest);
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

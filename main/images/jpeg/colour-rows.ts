/**
 * From planes of Y, Cb, Cr to rows of RGB; chroma of half resolution is enlarged with a triangle filter on the way.
 * Source: JFIF 1.02, "Conversion to and from RGB", in 16 fraction bits; the filter's weights 3/4 and 1/4 and its
 * alternating rounding are libjpeg's ("fancy upsampling"), so that results are equal to the last bit.
 */

import type { ComponentPlane } from './decode-jpeg.ts';

const HALF = 1 << 15;
const fixed = (x: number) => Math.round(x * 65536);
const R_OF_CR = fixed(1.402);
const G_OF_CR = fixed(0.71414);
const G_OF_CB = fixed(0.34414);
const B_OF_CB = fixed(1.772);

/** Narrower chroma is repeated instead of filtered. */
const NARROWEST_FILTERED = 3;

/** Shapes: planes of one (grey) or three components -> [height, width, 3]. */
export function toRgb(planes: readonly ComponentPlane[], width: number, height: number): Uint8Array {
  const out = new Uint8ClampedArray(width * height * 3);
  const [luma, cb, cr] = planes as [ComponentPlane, ComponentPlane?, ComponentPlane?];
  if (cb === undefined || cr === undefined) {
    for (let y = 0; y < height; y++) greyRow(luma.data, y * luma.stride, width, out, y * width * 3);
    return new Uint8Array(out.buffer);
  }
  const rowOf = rowReader(cb, width, height);
  const blues = new Uint8Array(width + 2);
  const reds = new Uint8Array(width + 2);
  for (let y = 0; y < height; y++) {
    rowOf(cb, y, blues);
    rowOf(cr, y, reds);
    colourRow(luma.data.subarray(y * luma.stride, y * luma.stride + width), blues, reds, out, y * width * 3);
  }
  return new Uint8Array(out.buffer);
}

/** How a row of chroma in the picture's width comes out of a plane. */
type RowReader = (plane: ComponentPlane, y: number, out: Uint8Array) => void;

function rowReader(chroma: ComponentPlane, width: number, height: number): RowReader {
  if (chroma.width === width && chroma.height === height) {
    return ({ data, stride }, y, out) => out.set(data.subarray(y * stride, y * stride + width));
  }
  const isTall = chroma.height < height;
  if (chroma.width < NARROWEST_FILTERED) {
    return ({ data, stride }, y, out) => {
      const from = (isTall ? y >> 1 : y) * stride;
      for (let x = 0; x < width; x++) out[x] = data[from + (x >> 1)]!;
    };
  }
  return isTall ? enlargeBoth : enlargeAcross;
}

function enlargeAcross({ data, stride, width }: ComponentPlane, y: number, out: Uint8Array): void {
  const from = y * stride;
  const end = from + width - 1;
  out[0] = data[from]!;
  out[1] = (3 * data[from]! + data[from + 1]! + 2) >> 2;
  let to = 2;
  for (let at = from + 1; at < end; at++, to += 2) {
    const three = 3 * data[at]!;
    out[to] = (three + data[at - 1]! + 1) >> 2;
    out[to + 1] = (three + data[at + 1]! + 2) >> 2;
  }
  out[to] = (3 * data[end]! + data[end - 1]! + 1) >> 2;
  out[to + 1] = data[end]!;
}

function enlargeBoth({ data, stride, width, height }: ComponentPlane, y: number, out: Uint8Array): void {
  const near = (y >> 1) * stride;
  // The upper of two rows leans on the row above, the lower on the row below; the outermost on themselves.
  const far = Math.min(height - 1, Math.max(0, (y >> 1) + (y & 1 ? 1 : -1))) * stride;
  let here = 3 * data[near]! + data[far]!;
  let next = 3 * data[near + 1]! + data[far + 1]!;
  out[0] = (4 * here + 8) >> 4;
  out[1] = (3 * here + next + 7) >> 4;
  let to = 2;
  for (let x = 2; x < width; x++, to += 2) {
    const before = here;
    here = next;
    next = 3 * data[near + x]! + data[far + x]!;
    out[to] = (3 * here + before + 8) >> 4;
    out[to + 1] = (3 * here + next + 7) >> 4;
  }
  out[to] = (3 * next + here + 8) >> 4;
  out[to + 1] = (4 * next + 7) >> 4;
}

function colourRow(luma: Uint8ClampedArray, cb: Uint8Array, cr: Uint8Array, out: Uint8ClampedArray, at: number): void {
  let to = at;
  for (let x = 0; x < luma.length; x++, to += 3) {
    const y = luma[x]!;
    const blue = cb[x]! - 128;
    const red = cr[x]! - 128;
    out[to] = y + ((R_OF_CR * red + HALF) >> 16);
    out[to + 1] = y + ((HALF - G_OF_CB * blue - G_OF_CR * red) >> 16);
    out[to + 2] = y + ((B_OF_CB * blue + HALF) >> 16);
  }
}

function greyRow(luma: Uint8ClampedArray, from: number, width: number, out: Uint8ClampedArray, at: number): void {
  for (let x = 0; x < width; x++) out.fill(luma[from + x]!, at + 3 * x, at + 3 * x + 3);
}

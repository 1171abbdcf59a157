/**
 * The rim of a mask: its pixels near its edge, by which boundaries are compared.
 * Source: Cheng et al. 2021, "Boundary IoU", https://arxiv.org/abs/2103.16562, section 4: pixels of the mask no further from
 * its contour than 2 % of the image's diagonal; distances as in the published code, by squares of pixels, the image's
 * border being an edge as well.
 */

import { type Mask, maskXyxy } from './mask.ts';

const SHARE_OF_DIAGONAL = 0.02;

/** How wide rims are in an image. Units: pixels, at least 1. */
export function rimWidthPx({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.max(1, Math.round(SHARE_OF_DIAGONAL * Math.hypot(width, height)));
}

export function maskRim(mask: Mask, widthPx: number = rimWidthPx(mask)): Mask {
  const [x0, y0, x1, y1] = maskXyxy(mask);
  const [columns, rows] = [x1 - x0, y1 - y0];
  if (columns === 0) return mask;
  // Column by column, as the runs go; outside the box of the mask there is nothing.
  const bits = new Uint8Array(columns * rows);
  let from = 0;
  mask.counts.forEach((count, i) => {
    if (i % 2 === 1) {
      for (let at = from; at < from + count; at++) {
        bits[(Math.floor(at / mask.height) - x0) * rows + (at % mask.height) - y0] = 1;
      }
    }
    from += count;
  });
  const inner = eroded(eroded(bits, columns, rows, rows, 1, widthPx), rows, columns, 1, rows, widthPx);
  return runsOf(
    mask,
    (x, y) => {
      const at = (x - x0) * rows + y - y0;
      return bits[at] === 1 && inner[at] === 0;
    },
    [x0, y0, x1, y1],
  );
}

/** Keeps what has at least `reach` ones on both sides of it within its line. */
function eroded(
  bits: Uint8Array,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  reach: number,
): Uint8Array {
  const kept = new Uint8Array(bits.length);
  for (let line = 0; line < lines; line++) {
    let run = 0;
    for (let i = 0; i <= length; i++) {
      const isSet = i < length && bits[line * lineStride + i * stride] === 1;
      if (isSet) run += 1;
      else {
        for (let at = i - run + reach; at < i - reach; at++) kept[line * lineStride + at * stride] = 1;
        run = 0;
      }
    }
  }
  return kept;
}

function runsOf(
  { width, height }: Mask,
  isSet: (x: number, y: number) => boolean,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): Mask {
  const counts: number[] = [];
  let [isOne, last] = [false, 0];
  const turn = (at: number) => {
    counts.push(at - last);
    last = at;
    isOne = !isOne;
  };
  for (let x = x0; x < x1; x++) {
    for (let y = y0; y < y1; y++) if (isSet(x, y) !== isOne) turn(x * height + y);
    const goesOn = y0 === 0 && y1 === height && x < x1 - 1;
    if (isOne && !goesOn) turn(x * height + y1);
  }
  counts.push(width * height - last);
  return { width, height, counts };
}

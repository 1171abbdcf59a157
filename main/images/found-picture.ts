/** A picture with what was found in it drawn over it: boxes as frames, masks as veils with their rims. */

import type { Xyxy } from '../../native-models/geometry/box.ts';
import { bitmapFromMask } from '../../native-models/geometry/mask.ts';
import { nestRings, type Ring } from '../../native-models/geometry/polygon.ts';
import { maskFromPolygon } from '../../native-models/geometry/rasterise.ts';
import type { Colour } from './objects/canvas-view.ts';
import type { Pixels } from './pixels.ts';

export interface DrawnObject {
  /** In pixels of the picture. */
  readonly xyxy: Xyxy;
  /** Its outlines, one inside another a hole; none where boxes are all that is found. */
  readonly rings: readonly Ring[];
  readonly colour: Colour;
}

const VEIL_SHARE = 0.45; // of the colour, over the pixels of a mask
const FRAMES_PER_SIDE = 300; // a frame is this share of the shorter side wide
const LEAST_FRAME_PX = 2;

/** The first object lies on top. */
export function foundPicture({ width, height, data }: Pixels, objects: readonly DrawnObject[]): Pixels {
  const drawn = { width, height, data: Uint8Array.from(data) };
  const frame = Math.max(LEAST_FRAME_PX, Math.round(Math.min(width, height) / FRAMES_PER_SIDE));
  for (const { rings, xyxy, colour } of objects.toReversed()) {
    drawVeil(drawn, rings, colour);
    drawFrame(drawn, xyxy, frame, colour);
  }
  return drawn;
}

function drawVeil(picture: Pixels, rings: readonly Ring[], colour: Colour): void {
  if (rings.length === 0) return;
  const { width, height } = picture;
  const bitmap = bitmapFromMask(maskFromPolygon(nestRings(rings), picture));
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && bitmap[y * width + x] === 1;
  for (let at = 0; at < bitmap.length; at++) {
    if (bitmap[at] === 0) continue;
    const [x, y] = [at % width, Math.floor(at / width)];
    const isRim = !(isSet(x - 1, y) && isSet(x + 1, y) && isSet(x, y - 1) && isSet(x, y + 1));
    put(picture, x, y, colour, isRim ? 1 : VEIL_SHARE);
  }
}

/** Inside the box, which is cut to whole pixels of the picture. */
function drawFrame(picture: Pixels, [x0, y0, x1, y1]: Xyxy, thickness: number, colour: Colour): void {
  const { width, height } = picture;
  const [left, top] = [Math.max(0, Math.floor(x0)), Math.max(0, Math.floor(y0))];
  const [right, bottom] = [Math.min(width, Math.ceil(x1)), Math.min(height, Math.ceil(y1))];
  for (let y = top; y < bottom; y++) {
    const isAcross = y < top + thickness || y >= bottom - thickness;
    for (let x = left; x < right; x++) {
      if (isAcross || x < left + thickness || x >= right - thickness) put(picture, x, y, colour, 1);
    }
  }
}

function put({ width, data }: Pixels, x: number, y: number, colour: Colour, share01: number): void {
  const at = 3 * (y * width + x);
  for (const [channel, value] of colour.entries()) {
    data[at + channel] = Math.round(data[at + channel]! * (1 - share01) + value * share01);
  }
}

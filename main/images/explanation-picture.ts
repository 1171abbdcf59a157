/**
 * The picture of an explanation: what the model saw; how much each pixel counted, from blue over green and yellow to
 * white; both laid over each other; what it saw of the pixels that counted most.
 * Source: product specification, section 19.
 */

import sharp from 'sharp';
import type { Pixels } from './pixels.ts';

const STOPS = [
  [0, 0, 110],
  [0, 130, 80],
  [250, 215, 40],
  [255, 255, 255],
] as const;
const HEAT_SHARE = 0.5; // of the blend
const TOP_SHARE = 0.3; // of the pixels
const LEFT_OUT = 128; // grey, so that dark and bright objects stand out alike

/** Shapes: view [3,side,side], heat [side,side] in 0..1 -> two rows of two, [2*side,2*side,3]. */
export function explanationPicture(view: Uint8Array, heat: Float32Array): Pixels {
  const side = Math.sqrt(heat.length);
  const data = new Uint8Array(4 * heat.length * 3);
  const bar = thresholdOf(heat);
  const put = (pixel: number, column: number, row: number, colour: readonly number[]) => {
    const x = (pixel % side) + column * side;
    const y = Math.floor(pixel / side) + row * side;
    data.set(colour, 3 * (y * 2 * side + x));
  };
  heat.forEach((value, pixel) => {
    const seen = [view[pixel]!, view[heat.length + pixel]!, view[2 * heat.length + pixel]!];
    const colour = heatColour(value);
    put(pixel, 0, 0, seen);
    put(pixel, 1, 0, colour);
    put(
      pixel,
      0,
      1,
      seen.map((part, i) => Math.round(part + HEAT_SHARE * (colour[i]! - part))),
    );
    put(pixel, 1, 1, value > bar ? seen : [LEFT_OUT, LEFT_OUT, LEFT_OUT]);
  });
  return { width: 2 * side, height: 2 * side, data };
}

/** A PNG file of the pixels. */
export async function encodePng({ width, height, data }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** At most `TOP_SHARE` of the pixels have more; regions of one value are in it as a whole or not at all. */
function thresholdOf(heat: Float32Array): number {
  return heat.toSorted()[Math.ceil((1 - TOP_SHARE) * heat.length) - 1]!;
}

/** Colour of 0 to 1. */
function heatColour(value: number): number[] {
  const place = value * (STOPS.length - 1);
  const stop = Math.min(STOPS.length - 2, Math.floor(place));
  return STOPS[stop]!.map((part, i) => Math.round(part + (place - stop) * (STOPS[stop + 1]![i]! - part)));
}

/** Which part of an image is seen, and how large. `x`, `y`: the image pixel at the view's top-left corner. */

import type { Size, Xyxy } from '../../../native-models/geometry/box.ts';
import type { Point } from './hit.ts';

export interface Viewport {
  /** Screen pixels an image pixel covers. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const MIN_SCALE = 0.01;
const MAX_SCALE = 64;
/** Screen pixels of the image that always stay in view. */
const KEPT_IN_VIEW = 40;
const FIT_MARGIN = 24;
/** Screen pixels for one of a small image that is fitted. */
export const LARGEST_FIT = 16;

/** Times larger or smaller by a key or a button. */
export const ZOOM_STEP = 1.25;

/** Everything of a box as large as the view allows; no larger than `largest` times its size. */
export function fitted([x0, y0, x1, y1]: Xyxy, view: Size, largest: number = MAX_SCALE): Viewport {
  const room = (side: number) => Math.max(1, side - 2 * FIT_MARGIN);
  const wanted = Math.min(room(view.width) / Math.max(x1 - x0, 1), room(view.height) / Math.max(y1 - y0, 1));
  const scale = within(wanted, MIN_SCALE, Math.min(MAX_SCALE, largest));
  return { scale, x: (x0 + x1 - view.width / scale) / 2, y: (y0 + y1 - view.height / scale) / 2 };
}

/** The whole image. Small ones are not blown up to fill the view. */
export const fittedWhole = ({ width, height }: Size, view: Size): Viewport =>
  fitted([0, 0, width, height], view, LARGEST_FIT);

/** Larger or smaller, with the image pixel under a screen point staying under it. */
export function zoomed({ scale, x, y }: Viewport, factor: number, [sx, sy]: Point): Viewport {
  const next = within(scale * factor, MIN_SCALE, MAX_SCALE);
  return { scale: next, x: x + sx / scale - sx / next, y: y + sy / scale - sy / next };
}

/** Moved by screen pixels; the image never leaves the view altogether. */
export function panned({ scale, x, y }: Viewport, dx: number, dy: number, image: Size, view: Size): Viewport {
  const kept = KEPT_IN_VIEW / scale;
  return {
    scale,
    x: within(x - dx / scale, kept - view.width / scale, image.width - kept),
    y: within(y - dy / scale, kept - view.height / scale, image.height - kept),
  };
}

export const toImage = ({ scale, x, y }: Viewport, [sx, sy]: Point): Point => [x + sx / scale, y + sy / scale];
export const toScreen = ({ scale, x, y }: Viewport, [px, py]: Point): Point => [(px - x) * scale, (py - y) * scale];

/** The image pixels that are in view. */
export function visible({ scale, x, y }: Viewport, view: Size): Xyxy {
  return [x, y, x + view.width / scale, y + view.height / scale];
}

const within = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), Math.max(low, high));

/** Where the pixels of an image are in a real window, and a pointer on them. */

import type { Page } from 'playwright-core';
import type { Size } from '../../native-models/geometry/box.ts';

/** Of what a window shows, in screen pixels. */
interface Room extends Size {
  readonly x: number;
  readonly y: number;
}

export interface FittedImage {
  /** Screen pixels for one of the image. */
  readonly scale: number;
  readonly screenOf: (x: number, y: number) => [number, number];
}

/** A whole image in the middle of a room, `margin` screen pixels or more from its borders. */
export function fittedInto(room: Room, image: Size, margin: number): FittedImage {
  const scale = Math.min((room.width - 2 * margin) / image.width, (room.height - 2 * margin) / image.height);
  const screenOf = (x: number, y: number): [number, number] => [
    room.x + room.width / 2 + (x - image.width / 2) * scale,
    room.y + room.height / 2 + (y - image.height / 2) * scale,
  ];
  return { scale, screenOf };
}

/** As the canvas turns a wheel's way into a scale: a unit of it is so much of its logarithm. */
const LOG_SCALE_A_UNIT = 0.0016;

/** As the canvas leaves it round an image. */
const CANVAS_MARGIN = 24;

/** Where the canvas has an image, until somebody zooms. */
export async function onCanvas(page: Page, image: Size): Promise<FittedImage> {
  return fittedInto((await page.getByRole('application').boundingBox())!, image, CANVAS_MARGIN);
}

type ImagePoint = readonly [x: number, y: number];

/** A drag on the canvas from one image point to another. */
export async function dragOnCanvas(page: Page, image: Size, from: ImagePoint, to: ImagePoint): Promise<void> {
  const { screenOf } = await onCanvas(page, image);
  await page.mouse.move(...screenOf(...from));
  await page.mouse.down();
  await page.mouse.move(...screenOf(...to), { steps: 4 });
  await page.mouse.up();
}

/** Larger so many times, round where the pointer is. */
export const wheelLarger = (page: Page, times: number): Promise<void> =>
  page.mouse.wheel(0, -(Math.log(times) / LOG_SCALE_A_UNIT));

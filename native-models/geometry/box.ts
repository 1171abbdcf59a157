/** Axis-parallel boxes in image pixels: origin top-left, half-open, so a box's width is `x1 - x0`. */

export type Xyxy = readonly [x0: number, y0: number, x1: number, y1: number];
export type Xywh = readonly [x: number, y: number, width: number, height: number];
export type Cxcywh = readonly [cx: number, cy: number, width: number, height: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const xyxyFromXywh = ([x, y, width, height]: Xywh): Xyxy => [x, y, x + width, y + height];
export const xywhFromXyxy = ([x0, y0, x1, y1]: Xyxy): Xywh => [x0, y0, x1 - x0, y1 - y0];
export const xyxyFromCxcywh = ([cx, cy, width, height]: Cxcywh): Xyxy => [
  cx - width / 2,
  cy - height / 2,
  cx + width / 2,
  cy + height / 2,
];
export const cxcywhFromXyxy = ([x0, y0, x1, y1]: Xyxy): Cxcywh => [(x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0];

/** Four numbers of a list, from a place on, as a box in whichever form they have; the list has them. */
export const boxNumbers = (numbers: ArrayLike<number>, at = 0): readonly [number, number, number, number] => [
  numbers[at]!,
  numbers[at + 1]!,
  numbers[at + 2]!,
  numbers[at + 3]!,
];

/** The box in pixels of a box in fractions of an image's sides. */
export const toPixels = ([x0, y0, x1, y1]: Xyxy, { width, height }: Size): Xyxy => [
  x0 * width,
  y0 * height,
  x1 * width,
  y1 * height,
];

/** The box in fractions of an image's sides of a box in pixels. */
export const toFractions = ([x0, y0, x1, y1]: Xyxy, { width, height }: Size): Xyxy => [
  x0 / width,
  y0 / height,
  x1 / width,
  y1 / height,
];

/** Corners in the usual order, whichever two opposite ones were given. */
export const sortCorners = ([x0, y0, x1, y1]: Xyxy): Xyxy => [
  Math.min(x0, x1),
  Math.min(y0, y1),
  Math.max(x0, x1),
  Math.max(y0, y1),
];

/** 0 for a box without extent or with its corners the wrong way round. */
export const boxArea = ([x0, y0, x1, y1]: Xyxy): number => Math.max(0, x1 - x0) * Math.max(0, y1 - y0);

/** The part of a box inside an image; a box beside it comes back with no area. */
export const clipBox = ([x0, y0, x1, y1]: Xyxy, { width, height }: Size): Xyxy => [
  within(x0, width),
  within(y0, height),
  within(x1, width),
  within(y1, height),
];

/** The smallest box round both. */
export const joinBoxes = (a: Xyxy, b: Xyxy): Xyxy => [
  Math.min(a[0], b[0]),
  Math.min(a[1], b[1]),
  Math.max(a[2], b[2]),
  Math.max(a[3], b[3]),
];

/** On the way from one box to another, its centre and its size each on a straight line. `fraction01`: how far. */
export function boxBetween(from: Xyxy, to: Xyxy, fraction01: number): Xyxy {
  const [a, b] = [cxcywhFromXyxy(from), cxcywhFromXyxy(to)];
  const at = (i: 0 | 1 | 2 | 3) => a[i] + (b[i] - a[i]) * fraction01;
  return xyxyFromCxcywh([at(0), at(1), at(2), at(3)]);
}

export function intersectionArea(a: Xyxy, b: Xyxy): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Intersection over union. */
export function boxIou(a: Xyxy, b: Xyxy): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (boxArea(a) + boxArea(b) - shared);
}

const within = (value: number, side: number): number => Math.min(Math.max(value, 0), side);

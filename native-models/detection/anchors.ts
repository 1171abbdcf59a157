/** Boxes of fixed shapes round every pixel of every map: where a detector looks for objects. */

import type { Size } from '../geometry/box.ts';

/** The shapes of one map's anchors: every size with every aspect ratio. */
export interface AnchorShapes {
  /** Square root of the area, in image pixels. */
  readonly sizesPx: readonly number[];
  /** Height over width. */
  readonly aspectRatios: readonly number[];
}

export const anchorsPerPixel = ({ sizesPx, aspectRatios }: AnchorShapes): number =>
  sizesPx.length * aspectRatios.length;

/**
 * Shapes: maps, finest first, with the shapes of each -> xyxy [A,4], flat: map by map, row by row, pixel by pixel, ratio
 * by ratio, size by size.
 * Units:  canvas pixels.
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497, section 3.1.1; rounding and steps as torchvision's
 * AnchorGenerator: a step is the whole number of canvas pixels per map pixel, rounded down.
 */
export function anchorsOf(canvas: Size, maps: readonly Size[], shapes: readonly AnchorShapes[]): Float32Array {
  const counts = maps.map(({ width, height }, i) => width * height * anchorsPerPixel(shapes[i]!));
  const anchors = new Float32Array(4 * counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  maps.forEach(({ width, height }, i) => {
    const base = centredBoxes(shapes[i]!);
    const [across, down] = [Math.floor(canvas.width / width), Math.floor(canvas.height / height)];
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        for (const [halfWidth, halfHeight] of base) {
          const [x, y] = [column * across, row * down];
          anchors.set([x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight], at);
          at += 4;
        }
  });
  return anchors;
}

/** Half the width and half the height of each shape, whole pixels. */
function centredBoxes({ sizesPx, aspectRatios }: AnchorShapes): (readonly [number, number])[] {
  return aspectRatios.flatMap((ratio) => {
    const tall = Math.sqrt(ratio);
    return sizesPx.map((size) => [halfToEven((size / tall) * 0.5), halfToEven(size * tall * 0.5)] as const);
  });
}

/** Rounds to the nearest whole number, a half to the even one, as torch does. */
function halfToEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

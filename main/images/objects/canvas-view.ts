/** A part of a picture, resized, perhaps mirrored, laid somewhere on a canvas of one colour. */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { PixelBox, Pixels } from '../pixels.ts';
import { resampleIn } from '../resample.ts';
import { inWorkspace } from '../simd/kernels.ts';
import { type Affine, type KeptObjects, movedObjects, type PictureObject, shiftedObjects } from './objects.ts';

export interface Placement {
  /** The part, in pixels of the picture. */
  readonly crop: PixelBox;
  /** Where it comes to lie, in pixels of the canvas. */
  readonly paste: PixelBox;
  readonly isMirrored: boolean;
}

export type Colour = readonly [red: number, green: number, blue: number];

/** Where the pixels of the picture come to lie: to the last bit the map by which they are resized. */
export function mapOf({ crop, paste, isMirrored }: Placement): Affine {
  const [across, down] = [paste.w / crop.w, paste.h / crop.h];
  const xx = isMirrored ? -across : across;
  const x0 = isMirrored ? paste.x + (crop.x + crop.w) * across : paste.x - crop.x * across;
  return { xx, xy: 0, x0, yx: 0, yy: down, y0: paste.y - crop.y * down };
}

/** The objects of the picture on the canvas, cut off where the part ends. */
export function placedObjects(
  objects: readonly PictureObject[],
  placement: Placement,
  kept: KeptObjects,
): PictureObject[] {
  const { paste } = placement;
  const map = mapOf({ ...placement, paste: { ...paste, x: 0, y: 0 } });
  const inPart = movedObjects(objects, map, { width: paste.w, height: paste.h }, kept);
  return shiftedObjects(inPart, paste.x, paste.y);
}

/** Shapes: [h,w,3] -> planes [3, canvas.height, canvas.width]. */
export function drawOnCanvas(pixels: Pixels, placement: Placement, canvas: Size, fill: Colour): Uint8Array {
  const planes = filledPlanes(canvas, fill);
  drawOn(planes, pixels, placement, canvas);
  return planes;
}

export function filledPlanes({ width, height }: Size, fill: Colour): Uint8Array {
  const planes = new Uint8Array(3 * width * height);
  for (const [channel, value] of fill.entries())
    planes.fill(value, channel * width * height, (channel + 1) * width * height);
  return planes;
}

/** Draws over what is there. */
function drawOn(planes: Uint8Array, pixels: Pixels, { crop, paste, isMirrored }: Placement, canvas: Size): void {
  inWorkspace((workspace) => {
    const address = resampleIn(workspace, pixels, crop, { width: paste.w, height: paste.h, isMirrored });
    const rows = workspace.bytes(address, 3 * paste.w * paste.h);
    const plane = canvas.width * canvas.height;
    for (let y = 0; y < paste.h; y++) {
      let from = 3 * y * paste.w;
      const end = (paste.y + y) * canvas.width + paste.x + paste.w;
      for (let to = (paste.y + y) * canvas.width + paste.x; to < end; to++) {
        planes[to] = rows[from++]!;
        planes[to + plane] = rows[from++]!;
        planes[to + 2 * plane] = rows[from++]!;
      }
    }
  });
}

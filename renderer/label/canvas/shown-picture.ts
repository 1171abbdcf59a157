/** What is shown of an image's pixels: its file as a whole, or, of a large one, the tiles that are in view. */

import type { TiledPicture } from './tiled-picture.ts';

export interface WholePicture {
  readonly kind: 'whole';
  readonly image: HTMLImageElement;
  /** The same in fewer pixels, for a view from afar; null where the file has few itself. */
  readonly halved: ImageBitmap | null;
}

export type ShownPicture = WholePicture | { readonly kind: 'tiled'; readonly tiles: TiledPicture };

/** Drawing so many pixels takes a small part of a frame. */
const QUICK_PIXELS = 2_000_000;

/** How often sides are halved of a picture that takes long to draw; more than half of what is quick is left. */
export function halvingsOf(width: number, height: number): number {
  return Math.max(0, Math.floor(Math.log2((width * height) / QUICK_PIXELS) / 2));
}

/** What of a picture is drawn. `scale`: pixels of the screen that one of the image covers. */
export function drawableOf({ image, halved }: WholePicture, scale: number): HTMLImageElement | ImageBitmap {
  return halved !== null && halved.width >= image.naturalWidth * scale ? halved : image;
}

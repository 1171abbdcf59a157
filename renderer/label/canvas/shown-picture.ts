/** What is drawn of an image: its picture in one piece, or its tiles. */

import type { TiledPicture } from './tiled-picture.ts';

export type ShownPicture =
  | { readonly kind: 'whole'; readonly image: HTMLImageElement }
  | { readonly kind: 'tiled'; readonly tiles: TiledPicture };

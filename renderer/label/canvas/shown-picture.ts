/** What is shown of an image's pixels: its file as a whole, or, of a large one, the tiles that are in view. */

import type { PictureLevels } from './picture-levels.ts';
import type { TiledPicture } from './tiled-picture.ts';

export type ShownPicture =
  | { readonly kind: 'whole'; readonly levels: PictureLevels }
  | { readonly kind: 'tiled'; readonly tiles: TiledPicture };

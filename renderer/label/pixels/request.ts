/** What is asked about the pixels of a picture. Units: image pixels. */

import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Point } from '../doc/hit.ts';

/** The way of a round brush. */
export interface Scribble {
  readonly way: readonly Point[];
  readonly radius: number;
}

export type PixelRequest =
  /** What hangs together with a point and has nearly its colour. Units of `tolerance`: levels of 0 to 255. */
  | { readonly kind: 'wand'; readonly at: Point; readonly tolerance: number }
  /** The superpixels that a way touches; `side`: about how large they are. */
  | { readonly kind: 'superpixels'; readonly way: readonly Point[]; readonly side: number }
  /** The object in a box, or round a scribble where there is no box. */
  | {
      readonly kind: 'refine';
      readonly box: Xyxy | null;
      readonly inside: readonly Scribble[];
      readonly outside: readonly Scribble[];
    };

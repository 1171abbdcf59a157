/** What is known about one picture once its pixels are on disk: small enough to pass between threads and to keep. */

import { maskFromBitmap } from '../../native-models/geometry/mask.ts';
import { outlinesOf } from '../../native-models/geometry/outlines.ts';
import type { Ring } from '../../native-models/geometry/polygon.ts';
import type { Instance } from './render/instances.ts';
import type { PartLabel } from './render/parts.ts';
import type { Scene } from './render/scene.ts';

export interface PartTruth {
  readonly label: PartLabel;
  readonly xyxy: Instance['xyxy'];
  readonly areaPx: number;
  readonly occludedFraction01: number;
  /** COCO's uncompressed run lengths. */
  readonly runs: readonly number[];
  /** Empty for a picture of one part, whose formats hold no polygons. */
  readonly outlines: readonly Ring[];
}

export interface ImageTruth {
  /** Place in the data set, from 0. */
  readonly index: number;
  /** Relative to the data set's folder, with forward slashes. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** For a picture of one part, that part; it is then the first of `parts`. */
  readonly label: PartLabel | null;
  readonly parts: readonly PartTruth[];
}

/** The truth of a rendered scene. */
export function toTruth(scene: Scene, place: Pick<ImageTruth, 'index' | 'path' | 'label'>): ImageTruth {
  const { width, height } = scene;
  const parts = scene.instances.map(({ label, xyxy, mask, areaPx, occludedFraction01 }) => ({
    label,
    xyxy,
    areaPx,
    occludedFraction01,
    runs: maskFromBitmap(mask, { width, height }).counts,
    outlines: place.label === null ? outlinesOf(mask, { width, height }) : [],
  }));
  return { ...place, width, height, parts };
}

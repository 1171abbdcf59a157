/** What the readers of data set formats hand to the import: labelled images to look at, and what they could not read. */

import type { Xyxy } from '../../native-models/geometry/box.ts';
import type { Ring } from '../../native-models/geometry/polygon.ts';
import type { Shape } from '../../native-models/geometry/shape.ts';
import type { AnnotationFlags } from '../../preload/contract/annotation-flags.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { TrackRole } from '../../preload/contract/labelling.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { SequenceSource } from '../store/sequences.ts';

export interface ImageItem {
  readonly kind: 'image';
  /** File and line, or the image's path: what a person must open to see what is meant. */
  readonly where: string;
  /** What the source calls the image. */
  readonly url: string;
  /** Absolute paths to try, in this order. */
  readonly candidates: readonly string[];
  /** Of the whole image, each once, in the order of the source: one for single-label tasks, any number for others. */
  readonly labels: readonly string[];
  /** Null where the source has none to say of any image: it says what whole images are. */
  readonly objects: readonly SourceObject[] | null;
  /** Objects that could not be read; the image and its other objects are good. */
  readonly badObjects?: readonly BadObject[];
  /** Another record of the same picture adds to its labels, as where one copy lies in the folder of each class. */
  readonly isAddedTo?: boolean;
  /** The part the source puts it in, as the source calls it; null where it has none. */
  readonly splitName: string | null;
  /** The size the source claims, if any. */
  readonly claimed: { readonly width: number | null; readonly height: number | null };
  /** Where the image is one of a sequence. */
  readonly frame?: { readonly sequence: SequenceSource; readonly number: number };
  /** Nobody has said anything of it yet: it comes in without labels, whatever the task. */
  readonly isUnlabelled?: boolean;
  /** What the reader put right, in words. */
  readonly repairs: readonly string[];
}

/** An object as its source has it, before anything is known of the picture. */
export interface SourceObject {
  /** Within the record: `label[2]`. */
  readonly where: string;
  readonly className: string;
  readonly shape: SourceShape;
  /** Of the coordinates; fractions of the picture's sides. A mask has pixels. */
  readonly unit: 'px' | 'fraction';
  /** The source's own box, in the same unit, for projects that keep no more than boxes; else that of the shape. */
  readonly box?: Xyxy;
  readonly flags?: Partial<AnnotationFlags>;
  /** Where the source has one. Units: square pixels. */
  readonly areaPx2?: number;
  /** Of a box on a frame: the track it is of, as the source calls it, each once on a frame. */
  readonly track?: SourceTrack;
}

export interface SourceTrack {
  readonly name: string;
  readonly role: TrackRole;
}

export type SourceShape =
  | Shape
  /** Under the even-odd rule: what lies in two of them is in neither. */
  | { readonly kind: 'rings'; readonly rings: readonly Ring[] }
  | PlaneShape;

/** The pixels of one value in a picture whose values are objects. */
export interface PlaneShape {
  readonly kind: 'plane';
  /** Absolute. */
  readonly file: string;
  /**
   * A value; or the place, from 0, among so many objects: of the values in ascending order without the smallest, which is the
   * background, that one, unless the values count the objects themselves.
   */
  readonly select: { readonly value: number } | { readonly rank: number; readonly of: number };
}

export interface BadObject {
  readonly where: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** A record that cannot become an image. */
export interface ProblemItem {
  readonly kind: 'problem';
  readonly where: string;
  readonly code: ErrorCode;
  readonly reason: string;
}

/** Something about the source as a whole. */
export interface RemarkItem {
  readonly kind: 'warning' | 'repair';
  readonly text: string;
}

export type ImportItem = ImageItem | ProblemItem | RemarkItem;

/** An image with its split decided. */
export interface SplitImage extends ImageItem {
  readonly split: Split | null;
}

/** What the readers of data set formats hand to the import: labelled images to look at, and what they could not read. */

import type { ErrorCode } from '../../preload/contract/errors.ts';
import type { Split } from '../../preload/contract/tasks.ts';

export interface ImageItem {
  readonly kind: 'image';
  /** File and line, or the image's path: what a person must open to see what is meant. */
  readonly where: string;
  /** What the source calls the image. */
  readonly url: string;
  /** Absolute paths to try, in this order. */
  readonly candidates: readonly string[];
  /** Each once, in the order of the source: one for single-label tasks, any number for multi-label ones. */
  readonly labels: readonly string[];
  /** Another record of the same picture adds to its labels, as where one copy lies in the folder of each class. */
  readonly isAddedTo?: boolean;
  readonly split: Split | null;
  /** The size the source claims, if any. */
  readonly claimed: { readonly width: number | null; readonly height: number | null };
  /** What the reader put right, in words. */
  readonly repairs: readonly string[];
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

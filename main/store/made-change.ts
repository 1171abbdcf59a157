/** A change of an image as its journal keeps it: what it found and what it left, objects whole. */

import type { Change } from '../../preload/contract/labelling.ts';
import type { Review } from '../../preload/contract/review.ts';
import type { Annotation } from './annotations.ts';

/** Null where there was, or is, no object. */
export type MadeChange =
  | { readonly type: 'object'; readonly before: Annotation | null; readonly after: Annotation | null }
  | { readonly type: 'labels'; readonly before: readonly string[]; readonly after: readonly string[] }
  | { readonly type: 'review'; readonly before: Review; readonly after: Review }
  | Extract<Change, { type: 'settle' }>;

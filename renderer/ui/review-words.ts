/** How far an image is, in words. */

import type { ReviewState } from '../../preload/contract/review.ts';

export const REVIEW_WORDS: { readonly [S in ReviewState]: string } = {
  'to-do': 'To do',
  done: 'Done',
  accepted: 'Accepted',
  rejected: 'Rejected',
};

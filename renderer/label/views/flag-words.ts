import type { AnnotationFlag } from '../../../preload/contract/annotation-flags.ts';

export const FLAG_WORDS: { readonly [F in AnnotationFlag]: string } = {
  is_crowd: 'Crowd',
  is_difficult: 'Difficult',
  is_occluded: 'Occluded',
  is_truncated: 'Truncated',
};

/** What a filter asks for and what images are called, in words. */

import type { BoxDoubt, DataFacts, ImageCard, ImageFilter, ImageSort } from '../../../preload/contract/data.ts';
import { formatCount, formatPlural } from '../../ui/format.ts';

export const LABEL_WORDS: { readonly [L in NonNullable<ImageFilter['labels']>]: string } = {
  labelled: 'Labelled',
  unlabelled: 'Not labelled yet',
  negative: 'Labelled as having no class',
};

export const DOUBT_WORDS: { readonly [D in BoxDoubt]: string } = {
  tiny: 'Box under 4 px',
  outside: 'Box outside the image',
  duplicated: 'Same box twice',
};

export const SORT_WORDS: { readonly [S in ImageSort['by']]: string } = {
  added: 'When added',
  name: 'Name',
  pixels: 'Pixels',
  bytes: 'File size',
  time: 'Time at work',
  entropy: 'Model unsure (entropy)',
  closeness: 'Model unsure (margin)',
  disagreement: 'Two models disagree',
};

/** How many conditions a filter has. */
export function conditionCount(filter: ImageFilter): number {
  const { text, classes, splits, labels, reviews, tags, min_side_px, max_side_px, doubt } = filter;
  const single = [text !== '', labels !== null, min_side_px !== null, max_side_px !== null, doubt !== null];
  return single.filter(Boolean).length + [classes, splits, reviews, tags].filter(({ length }) => length > 0).length;
}

/** `40 of 500 images`, or `500 images` where nothing is filtered. */
export function countWords(found: number | null, facts: DataFacts | null): string {
  if (found === null || facts === null) return '';
  return found === facts.images
    ? formatPlural(found, 'image')
    : `${formatCount(found)} of ${formatPlural(facts.images, 'image')}`;
}

/** `bolt, nut`; of an image that is labelled and has none, `no class`. */
export const labelWords = ({ is_labelled, classes }: ImageCard): string =>
  is_labelled ? classes.join(', ') || 'no class' : 'not labelled';

/** The image in a sentence, for those who do not see it. */
export function describeCard(card: ImageCard): string {
  const objects = card.object_count > 0 ? `, ${formatPlural(card.object_count, 'object')}` : '';
  return `${card.name}, ${labelWords(card)}${objects}`;
}

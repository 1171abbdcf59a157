/** What an undo or redo has left as it is, in a sentence. */

import type { LeftAlone } from '../../../preload/contract/data.ts';
import { formatPlural } from '../../ui/format.ts';

const NOUNS: { readonly [W in LeftAlone['what']]: readonly [one: string, many: string] } = {
  split: ['part of the data', 'parts of the data'],
  review: ['review', 'reviews'],
  class: ['class', 'classes'],
  label: ['label', 'labels'],
  tag: ['tag', 'tags'],
  object: ['object', 'objects'],
};

/** Null where nothing was left. */
export function leftWords(left: readonly LeftAlone[]): string | null {
  if (left.length === 0) return null;
  const words = left.map(({ what, count, image_count, image_names }) => {
    const more = image_count > image_names.length ? ' …' : '';
    const images = image_count === 0 ? '' : ` of ${image_names.join(', ')}${more}`;
    return `${formatPlural(count, ...NOUNS[what])}${images}`;
  });
  return `Changed since, or needed by something: ${words.join('; ')}.`;
}

/** One image at full size with what is known of it; arrow keys go to the next. */

import { type ReactElement, useEffect } from 'react';
import type { ImageCard } from '../../../preload/contract/data.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatBytes, formatCount, formatDuration } from '../../ui/format.ts';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import { splitWords } from '../../ui/split-words.ts';
import { labelWords } from '../derive/words.ts';
import { Picture } from './picture.tsx';

export interface ImageDialogProps {
  readonly card: ImageCard | null;
  readonly colors: ReadonlyMap<string, string>;
  /** The page that labels an image. */
  readonly labelLink: (image: number) => string;
  readonly onStep: (by: 1 | -1) => void;
  readonly onClose: () => void;
}

export function ImageDialog({ card, colors, labelLink, onStep, onClose }: ImageDialogProps): ReactElement {
  useEffect(() => {
    if (card === null) return;
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'ArrowRight') onStep(1);
      if (key === 'ArrowLeft') onStep(-1);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [card, onStep]);
  return (
    <Dialog title={card?.name ?? ''} isOpen={card !== null} onClose={onClose} isWide>
      {card === null ? null : (
        <div className="image-page">
          <Picture key={card.id} card={card} colors={colors} isFull />
          <div>
            <dl className="image-facts">
              {factsOf(card).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            <div className="dialog-end">
              <a className="button" href={labelLink(card.id)}>
                Label
              </a>
              <button type="button" className="button" onClick={() => onStep(-1)}>
                Previous
              </button>
              <button type="button" className="button" onClick={() => onStep(1)}>
                Next
              </button>
            </div>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function factsOf(card: ImageCard): [string, string][] {
  return [
    ['Class', labelWords(card)],
    ['Part of the data', splitWords(card.split)],
    [
      'Review',
      card.review.note === ''
        ? REVIEW_WORDS[card.review.state]
        : `${REVIEW_WORDS[card.review.state]}: ${card.review.note}`,
    ],
    ['Time at work', card.labelling_ms === 0 ? 'none' : formatDuration(card.labelling_ms / 1000)],
    ['Tags', card.tags.join(', ') || 'none'],
    ['Objects', formatCount(card.object_count)],
    ['Size', `${card.width_px} × ${card.height_px} px, ${formatBytes(card.size_bytes)} ${card.format}`],
  ];
}

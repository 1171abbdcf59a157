/** One image as a line of the table. */

import { memo, type ReactElement } from 'react';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { REVIEW_WORDS } from '../../ui/review-words.ts';
import { splitWords } from '../../ui/split-words.ts';
import { optionId } from '../derive/selection.ts';
import { labelWords } from '../derive/words.ts';
import type { RowProps } from './grid-row.tsx';
import { Picture } from './picture.tsx';

function TableRowBody({ list, cards, colors, selection, first }: RowProps): ReactElement | null {
  const id = list[first];
  if (id === undefined) return null;
  const card = cards.get(id);
  const isFocused = selection.focus === first;
  return (
    <div
      id={optionId(first)}
      data-place={first}
      className={isFocused ? 'line cell-focused' : 'line'}
      role="option"
      aria-selected={selection.ids.has(id)}
      aria-posinset={first + 1}
      aria-setsize={list.length}
      aria-label={card === null ? 'loading' : undefined}
      tabIndex={-1}
    >
      {card === null ? null : (
        <>
          <Picture card={card} colors={colors} />
          <span className="line-name" title={card.name}>
            {card.name}
          </span>
          <span>{labelWords(card)}</span>
          <span>{splitWords(card.split)}</span>
          <span title={card.review.note}>{REVIEW_WORDS[card.review.state]}</span>
          <span className="number">{card.labelling_ms === 0 ? '' : formatDuration(card.labelling_ms / 1000)}</span>
          <span>{card.tags.join(', ')}</span>
          <span className="number">
            {card.width_px} × {card.height_px}
          </span>
          <span className="number">{formatBytes(card.size_bytes)}</span>
        </>
      )}
    </div>
  );
}

export const TableRow = memo(TableRowBody);

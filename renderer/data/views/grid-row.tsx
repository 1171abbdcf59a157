/** One row of the grid of pictures. */

import { memo, type ReactElement } from 'react';
import type { ImageCard } from '../../../preload/contract/data.ts';
import { optionId, type Selection } from '../derive/selection.ts';
import { describeCard, labelWords } from '../derive/words.ts';
import type { CardStore } from './card-store.ts';
import { Picture } from './picture.tsx';

export interface RowProps {
  readonly list: Uint32Array;
  readonly cards: CardStore;
  /** Another number once cards have come. */
  readonly revision: number;
  readonly colors: ReadonlyMap<string, string>;
  readonly selection: Selection;
  /** The first place of the row in the list. */
  readonly first: number;
}

function GridRowBody(props: RowProps & { readonly columns: number }): ReactElement {
  const { list, cards, colors, selection, first, columns } = props;
  const ids = [...list.subarray(first, first + columns)];
  return (
    <div className="grid-row" role="presentation" style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
      {ids.map((id, i) => (
        <Cell
          key={id}
          card={cards.get(id)}
          colors={colors}
          at={first + i}
          count={list.length}
          isSelected={selection.ids.has(id)}
          isFocused={selection.focus === first + i}
        />
      ))}
    </div>
  );
}

export const GridRow = memo(GridRowBody);

interface CellProps {
  readonly card: ImageCard | null;
  readonly colors: ReadonlyMap<string, string>;
  readonly at: number;
  readonly count: number;
  readonly isSelected: boolean;
  readonly isFocused: boolean;
}

function CellBody({ card, colors, at, count, isSelected, isFocused }: CellProps): ReactElement {
  return (
    <div
      id={optionId(at)}
      data-place={at}
      className={isFocused ? 'cell cell-focused' : 'cell'}
      role="option"
      aria-selected={isSelected}
      aria-posinset={at + 1}
      aria-setsize={count}
      aria-label={card === null ? 'loading' : describeCard(card)}
      title={card?.name}
      tabIndex={-1}
    >
      {card === null ? <span className="picture" /> : <Picture card={card} colors={colors} />}
      <span className="cell-text">{card === null ? '' : labelWords(card)}</span>
    </div>
  );
}

const Cell = memo(CellBody);

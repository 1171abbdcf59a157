/** All images found, as a grid of pictures or a table, with one selection by mouse and keyboard. */

import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { allSelected, movedTo, NOTHING, optionId, type Selection, selected, target } from '../derive/selection.ts';
import type { CardStore } from './card-store.ts';
import { GridRow } from './grid-row.tsx';
import { TableRow } from './table-row.tsx';

export type Look = 'grid' | 'table';

export interface ImageGridProps {
  readonly list: Uint32Array;
  readonly cards: CardStore;
  /** Another number once cards have come. */
  readonly revision: number;
  readonly colors: ReadonlyMap<string, string>;
  readonly look: Look;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly onOpen: (at: number) => void;
}

const CELL_PX = 168;
const ROW_PX: { readonly [L in Look]: number } = { grid: 190, table: 48 };

export function ImageGrid(props: ImageGridProps): ReactElement {
  const { list, cards, revision, colors, look, selection, onSelect, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const columns = look === 'table' ? 1 : Math.max(1, Math.floor(size.width / CELL_PX));
  const rows = Math.ceil(list.length / columns);
  const rowsAPage = Math.max(1, Math.floor(size.height / ROW_PX[look]));

  const onRange = useCallback(
    (first: number, last: number) => cards.want([...list.subarray(first * columns, (last + 1) * columns)]),
    [cards, list, columns],
  );
  const onClick = (event: MouseEvent) => {
    const at = placeOf(event);
    if (at === null) return;
    const mode = event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'only';
    onSelect(selected(selection, list, at, mode));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const next = afterKey(event, { ...props, columns, rowsAPage });
    if (next === null) return;
    event.preventDefault();
    if (next !== selection) onSelect(next);
  };
  const { focus } = selection;
  const row = (index: number) => {
    const shared = { list, cards, revision, colors, selection, first: index * columns };
    return look === 'table' ? <TableRow {...shared} /> : <GridRow {...shared} columns={columns} />;
  };
  return (
    <div
      ref={box}
      className={`images images-${look}`}
      role="listbox"
      aria-label="Images"
      aria-multiselectable="true"
      aria-activedescendant={focus === null ? undefined : optionId(focus)}
      tabIndex={0}
      onClick={onClick}
      onDoubleClick={(event) => {
        const at = placeOf(event);
        if (at !== null) onOpen(at);
      }}
      onKeyDown={onKeyDown}
    >
      <VirtualRows
        box={box}
        count={rows}
        rowHeightPx={ROW_PX[look]}
        row={row}
        onRange={onRange}
        shownRow={focus === null ? null : Math.floor(focus / columns)}
      />
    </div>
  );
}

/** The place in the list that was clicked on. */
function placeOf(event: MouseEvent): number | null {
  const option = (event.target as Element).closest('[data-place]');
  return option === null ? null : Number(option.getAttribute('data-place'));
}

interface Keyed extends ImageGridProps {
  readonly columns: number;
  readonly rowsAPage: number;
}

/** The selection after a key; null for a key that is not for the list. */
function afterKey(event: KeyboardEvent, { list, selection, onOpen, columns, rowsAPage }: Keyed): Selection | null {
  const { key, shiftKey } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  const focus = selection.focus ?? -1;
  if (isCommand && key.toLowerCase() === 'a') return allSelected(selection, list);
  if (key === 'Escape') return { ...NOTHING, focus: selection.focus };
  if (key === ' ') return focus < 0 ? selection : selected(selection, list, focus, 'toggle');
  if (key === 'Enter') {
    if (focus >= 0) onOpen(focus);
    return selection;
  }
  const to = focus < 0 && key.startsWith('Arrow') ? 0 : target(key, focus, columns, rowsAPage, list.length);
  return to === null || isCommand ? null : movedTo(selection, list, to, shiftKey);
}

function useSize(box: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 1000, height: 700 });
  useLayoutEffect(() => {
    const element = box.current!;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return size;
}

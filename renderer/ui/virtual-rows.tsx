/** Rows of one height in a box that scrolls, of which only those in view are there. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type ReactNode, type RefObject, useEffect } from 'react';

export interface VirtualRowsProps {
  /** The box that scrolls. */
  readonly box: RefObject<HTMLElement | null>;
  readonly count: number;
  readonly rowHeightPx: number;
  /** Draws the row of an index. */
  readonly row: (index: number) => ReactNode;
  /** Told which rows are in view, the last one included. */
  readonly onRange?: (first: number, last: number) => void;
  /** A row to bring into view when it changes. */
  readonly shownRow?: number | null;
}

const OVERSCAN = 2;

export function VirtualRows({
  box,
  count,
  rowHeightPx,
  row,
  onRange,
  shownRow = null,
}: VirtualRowsProps): ReactElement {
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeightPx,
    overscan: OVERSCAN,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const [first, last] = [items[0]?.index ?? 0, items.at(-1)?.index ?? -1];

  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height of rows moves them all
  useEffect(() => virtual.measure(), [rowHeightPx]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another row is a reason to scroll
  useEffect(() => {
    if (shownRow !== null) virtual.scrollToIndex(shownRow, { align: 'auto' });
  }, [shownRow]);

  return (
    <div className="virtual" role="presentation" style={{ height: virtual.getTotalSize() }}>
      {items.map(({ key, index, start }) => (
        <div
          key={key}
          className="virtual-row"
          role="presentation"
          style={{ height: rowHeightPx, transform: `translateY(${start}px)` }}
        >
          {row(index)}
        </div>
      ))}
    </div>
  );
}

/** The titles over the table of images; those that images can be sorted by are buttons. */

import type { ReactElement } from 'react';
import type { ImageSort } from '../../../preload/contract/data.ts';

export interface TableHeadProps {
  readonly sort: ImageSort;
  readonly onSort: (sort: ImageSort) => void;
}

interface Column {
  readonly title: string;
  readonly by?: ImageSort['by'];
  readonly isNumber?: boolean;
}

/** In the order of a line's cells. */
const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: 'Name', by: 'name' },
  { title: 'Classes' },
  { title: 'Part' },
  { title: 'Review' },
  { title: 'Time', by: 'time', isNumber: true },
  { title: 'Tags' },
  { title: 'Pixels', by: 'pixels', isNumber: true },
  { title: 'File', by: 'bytes', isNumber: true },
];

export function TableHead({ sort, onSort }: TableHeadProps): ReactElement {
  return (
    <div className="line-head">
      <div className="line">
        {COLUMNS.map(({ title, by, isNumber = false }) => (
          <span key={title} className={isNumber ? 'number' : undefined}>
            {by === undefined ? title : <SortTitle {...{ title, by, sort, onSort }} />}
          </span>
        ))}
      </div>
    </div>
  );
}

function SortTitle({ title, by, sort, onSort }: TableHeadProps & { title: string; by: ImageSort['by'] }): ReactElement {
  const isOn = sort.by === by;
  const next = { by, descending: isOn && !sort.descending };
  return (
    <button
      type="button"
      className="sort"
      aria-pressed={isOn}
      aria-label={`Sort by ${title.toLowerCase()}, ${next.descending ? 'descending' : 'ascending'}`}
      onClick={() => onSort(next)}
    >
      {title}
      <span className="sort-mark" aria-hidden="true">
        {!isOn ? '' : sort.descending ? '↓' : '↑'}
      </span>
    </button>
  );
}

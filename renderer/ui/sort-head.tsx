/** The head of a column by which a table can be sorted. */

import type { ReactElement } from 'react';

export interface SortHeadProps<K extends string> {
  readonly label: string;
  readonly sortKey: K;
  readonly isNumber: boolean;
  readonly sorting: { readonly key: K; readonly direction: 'ascending' | 'descending' };
  readonly onSort: () => void;
}

export function SortHead<K extends string>({
  label,
  sortKey,
  isNumber,
  sorting,
  onSort,
}: SortHeadProps<K>): ReactElement {
  const isSorted = sorting.key === sortKey;
  return (
    <th scope="col" className={isNumber ? 'number' : undefined} aria-sort={isSorted ? sorting.direction : 'none'}>
      <button type="button" className="sort" onClick={onSort}>
        {label}
        <span className="sort-mark" aria-hidden="true">
          {!isSorted ? '' : sorting.direction === 'ascending' ? '↑' : '↓'}
        </span>
      </button>
    </th>
  );
}

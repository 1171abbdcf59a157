import type { ReactElement } from 'react';

/** The row of titles over a table's columns. */
export function HeadRow({ titles }: { titles: readonly string[] }): ReactElement {
  return (
    <tr>
      {titles.map((title) => (
        <th key={title} scope="col">
          {title}
        </th>
      ))}
    </tr>
  );
}

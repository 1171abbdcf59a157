/** Counts as bars, one a line, each readable as a table. */

import type { ReactElement } from 'react';
import { formatCount } from './format.ts';

export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly color?: string;
}

export function Bars({ title, note, bars }: { title: string; note?: string; bars: readonly Bar[] }): ReactElement {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <section className="card panel" aria-label={title}>
      <header className="panel-head">
        <h2>{title}</h2>
        {note === undefined ? null : <p className="muted">{note}</p>}
      </header>
      {bars.length === 0 ? <p className="muted">Nothing to count yet.</p> : null}
      <table className="plain bars">
        <tbody>
          {bars.map(({ name, count, color }) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td className="bar-cell">
                <span className="bar-fill" style={{ width: `${(100 * count) / most}%`, background: color }} />
              </td>
              <td className="number">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

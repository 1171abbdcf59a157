/** The table of runs: one row a run, the whole row a link; arrow keys move from run to run. */

import { type KeyboardEvent, type ReactElement, useState } from 'react';
import type { RunHead } from '../../../preload/contract/run.ts';
import { formatCount, formatPlural, metricWords } from '../../ui/format.ts';
import { SortHead } from '../../ui/sort-head.tsx';
import { bestRun, NEWEST_FIRST, nextSorting, type SortKey, sortedRuns } from '../derive/runs-table.ts';
import { RunRow } from './run-row.tsx';

export interface RunsTableProps {
  readonly runs: readonly RunHead[];
  readonly hrefOf: (id: string) => string;
  /** Chosen to be compared. */
  readonly chosen: ReadonlySet<string>;
  /** The same function until something changes. */
  readonly onChoose: (id: string, isChosen: boolean) => void;
}

/** So many rows at first, and with each wish for more: a sweep leaves a thousand runs. */
const ROWS = 100;

export function RunsTable({ runs, hrefOf, chosen, onChoose }: RunsTableProps): ReactElement {
  const [sorting, setSorting] = useState(NEWEST_FIRST);
  const [most, setMost] = useState(ROWS);
  const best = bestRun(runs);
  const metric = runs[0]?.primary_metric.name ?? 'primary metric';
  const head = (key: SortKey, label: string, isNumber = false) => (
    <SortHead {...{ label, isNumber, sorting }} sortKey={key} onSort={() => setSorting(nextSorting(sorting, key))} />
  );
  return (
    <div className="card runs">
      <table onKeyDown={moveBetweenRuns}>
        <caption className="visually-hidden">{formatPlural(runs.length, 'training run')}</caption>
        <thead>
          <tr>
            <td />
            {head('run', 'Run')}
            {head('state', 'State')}
            {head('model', 'Model')}
            {head('metric', `Best ${metricWords(metric)}`, true)}
            <th scope="col">Curve</th>
            {head('progress', 'Progress')}
            {head('train-loss', 'Train loss', true)}
            {head('learning-rate', 'Learning rate', true)}
            {head('speed', 'Images/s', true)}
            {head('duration', 'Time', true)}
          </tr>
        </thead>
        <tbody>
          {sortedRuns(runs, sorting)
            .slice(0, most)
            .map((run) => (
              <RunRow
                key={run.id}
                run={run}
                href={hrefOf(run.id)}
                isBest={run === best}
                isChosen={chosen.has(run.id)}
                onChoose={onChoose}
              />
            ))}
        </tbody>
      </table>
      {runs.length <= most ? null : (
        <button type="button" className="button button-quiet" onClick={() => setMost(most + ROWS)}>
          Show {formatCount(Math.min(ROWS, runs.length - most))} more of {formatCount(runs.length)} runs
        </button>
      )}
    </div>
  );
}

/** Up, Down, Home and End move the focus; Enter on a run opens it, being a link. */
function moveBetweenRuns(event: KeyboardEvent<HTMLTableElement>): void {
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a.run-link')];
  const at = links.indexOf(document.activeElement as HTMLAnchorElement);
  const targets: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at === -1 ? 0 : at - 1,
    Home: 0,
    End: links.length - 1,
  };
  const target = links[targets[event.key] ?? -1];
  if (target === undefined) return;
  event.preventDefault();
  target.focus();
}

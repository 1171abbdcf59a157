/** Every class's scores with their intervals, sorted by any column; averages at the foot. */

import { type ReactElement, useMemo, useState } from 'react';
import type { Evaluation, ReportScore } from '../../../../preload/contract/evaluation.ts';
import { formatCount, formatMetric } from '../../../ui/format.ts';
import { SortHead } from '../../../ui/sort-head.tsx';
import {
  averageRows,
  BY_CLASS,
  CLASS_SCORES,
  type ClassRow,
  type ClassSortKey,
  classRows,
  nextClassSorting,
  sortedClasses,
} from '../../derive/class-table.ts';
import { formatInterval } from '../../derive/evaluation.ts';

const SCORE_NAMES: { readonly [S in ReportScore]: string } = {
  precision: 'Precision',
  recall: 'Recall',
  'f1-score': 'F1',
  auc: 'AUC',
  average_precision: 'AP',
};

export function ClassTable({ evaluation }: { evaluation: Evaluation }): ReactElement {
  const [sorting, setSorting] = useState(BY_CLASS);
  const rows = useMemo(() => sortedClasses(classRows(evaluation), sorting), [evaluation, sorting]);
  const head = (key: ClassSortKey, label: string) => (
    <SortHead
      key={key}
      label={label}
      sortKey={key}
      isNumber={key !== 'class'}
      sorting={sorting}
      onSort={() => setSorting(nextClassSorting(sorting, key))}
    />
  );
  return (
    <section className="card class-table" aria-label="Classes">
      <h3>Classes</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="class-scroll runs" aria-label="Scores by class" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {head('class', 'Class')}
              {head('support', 'Images')}
              {CLASS_SCORES.map((score) => head(score, SCORE_NAMES[score]))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tbody>
          <tfoot>
            {averageRows(evaluation).map((row) => (
              <Row key={row.name} row={row} />
            ))}
          </tfoot>
        </table>
      </section>
    </section>
  );
}

function Row({ row }: { row: ClassRow }): ReactElement {
  return (
    <tr>
      <th scope="row" title={row.name}>
        {row.name}
      </th>
      <td className="number">{formatCount(row.support)}</td>
      {CLASS_SCORES.map((score) => {
        const { value, interval } = row.scores[score];
        return (
          <td key={score} className="number">
            {formatMetric(value)}
            <small>{interval === null ? '' : formatInterval(interval)}</small>
          </td>
        );
      })}
    </tr>
  );
}

/** Rows of the table of classes: scores with their intervals, sorted by any of them. */

import type { Evaluation, ReportScore } from '../../../preload/contract/evaluation.ts';
import type { Interval } from './evaluation.ts';

export type ClassSortKey = 'class' | 'support' | ReportScore;

export interface ClassSorting {
  readonly key: ClassSortKey;
  readonly direction: 'ascending' | 'descending';
}

export interface ClassRow {
  readonly name: string;
  readonly support: number;
  readonly scores: {
    readonly [S in ReportScore]: { readonly value: number | null; readonly interval: Interval | null };
  };
}

export const CLASS_SCORES: readonly ReportScore[] = ['precision', 'recall', 'f1-score', 'auc', 'average_precision'];

export const BY_CLASS: ClassSorting = { key: 'class', direction: 'ascending' };

/** In order of class. */
export function classRows({ classes, report, intervals }: Evaluation): ClassRow[] {
  return report.classes.map((row, c) => rowOf(classes[c]!, row, (score) => intervals?.classes[c]?.[score] ?? null));
}

/** The averages, which stay at the foot of the table. */
export function averageRows({ report, metrics, intervals }: Evaluation): ClassRow[] {
  return (['macro', 'micro', 'weighted'] as const).map((name) =>
    rowOf(`${name} average`, report[name], (score) => {
      const metric = METRIC_OF[score];
      return `${metric}_${name}` in metrics ? (intervals?.metrics[`${metric}_${name}`] ?? null) : null;
    }),
  );
}

/** What the average of a score is called among the metrics. */
const METRIC_OF: { readonly [S in ReportScore]: string } = {
  precision: 'precision_score',
  recall: 'recall_score',
  'f1-score': 'f1_score',
  auc: 'AUC',
  average_precision: 'average_precision_score',
};

function rowOf(
  name: string,
  row: Evaluation['report']['macro'],
  intervalOf: (score: ReportScore) => Interval | null,
): ClassRow {
  const entries = CLASS_SCORES.map((score) => [score, { value: row[score], interval: intervalOf(score) }]);
  return { name, support: row.support, scores: Object.fromEntries(entries) as ClassRow['scores'] };
}

/** The rows in the order asked for; those without a value come last either way, equal ones keep their order. */
export function sortedClasses(rows: readonly ClassRow[], { key, direction }: ClassSorting): ClassRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  if (key === 'class') return direction === 'ascending' ? [...rows] : rows.toReversed();
  const sortedBy = (row: ClassRow) => (key === 'support' ? row.support : row.scores[key].value);
  return rows.toSorted((a, b) => {
    const [left, right] = [sortedBy(a), sortedBy(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

/** A second choice of the same column turns it round; scores start with the worst, where there is something to do. */
export function nextClassSorting(current: ClassSorting, key: ClassSortKey): ClassSorting {
  if (current.key !== key) return { key, direction: key === 'support' ? 'descending' : 'ascending' };
  return { key, direction: current.direction === 'ascending' ? 'descending' : 'ascending' };
}

/** An evaluation as tables for a terminal: metrics with their intervals, classes, who was taken for whom. */

import type { Evaluation } from '../../preload/contract/evaluation.ts';
import { decimal, table } from './format.ts';

/** What of an evaluation is shown, wherever its predictions came from. */
export type ShownEvaluation = Pick<
  Evaluation,
  'classes' | 'metrics' | 'intervals' | 'report' | 'confusion' | 'label_confusion'
>;

/** A wider table is no longer one; `--json` has it whole. */
const WIDEST_CONFUSION = 20;

export function evaluationText(evaluation: ShownEvaluation): string {
  const { confusion } = evaluation;
  return [
    metricTable(evaluation),
    classTable(evaluation),
    ...(confusion === undefined ? [] : [confusionTable(evaluation.classes, confusion)]),
  ].join('\n\n');
}

function metricTable({ metrics, intervals }: ShownEvaluation): string {
  const entries = Object.entries(metrics);
  if (intervals === null) {
    return table(
      ['metric', 'value'],
      entries.map(([name, value]) => [name, decimal(value)]),
    );
  }
  const rows = entries.map(([name, value]) => [name, decimal(value), range(intervals.metrics[name])]);
  const header = ['metric', 'value', `${100 * intervals.level} % interval`];
  return `${table(header, rows)}\nintervals: ${intervals.method}, ${intervals.resamples} times`;
}

const range = (interval: readonly [number, number] | null | undefined): string =>
  interval === null || interval === undefined ? '–' : `${decimal(interval[0])} to ${decimal(interval[1])}`;

function classTable({ classes, report, label_confusion }: ShownEvaluation): string {
  const averages = (['macro', 'micro', 'weighted'] as const).map((name) => ({
    name: `${name} average`,
    row: report[name],
  }));
  const named = [...report.classes.map((row, c) => ({ name: classes[c]!, row })), ...averages];
  const rows = named.map(({ name, row }, c) => [
    name,
    decimal(row.precision),
    decimal(row.recall),
    decimal(row['f1-score']),
    decimal(row.auc),
    decimal(row.average_precision),
    String(row.support),
    ...(label_confusion === undefined ? [] : mistakes(label_confusion[c])),
  ]);
  const header = ['class', 'precision', 'recall', 'f1', 'AUC', 'average precision', 'images'];
  return table(label_confusion === undefined ? header : [...header, 'false alarms', 'missed'], rows);
}

/** Of `[[true negatives, false positives], [false negatives, true positives]]`; dashes for an average. */
function mistakes(counts: readonly (readonly number[])[] | undefined): string[] {
  return counts === undefined ? ['–', '–'] : [String(counts[0]![1]), String(counts[1]![0])];
}

function confusionTable(classes: readonly string[], confusion: readonly (readonly number[])[]): string {
  if (classes.length > WIDEST_CONFUSION) {
    return `the confusion matrix of ${classes.length} classes is too wide for a terminal; --json has it`;
  }
  const cells = confusion.map((row, i) => [classes[i]!, ...row.map(String)]);
  return table(['true \\ predicted', ...classes], cells);
}

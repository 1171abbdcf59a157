/** Several runs side by side: what they were asked for and differ in, and where each ended. */

import type { EpochRow } from '../../../preload/contract/run.ts';
import { formatDuration, formatMetric, formatParam, metricTitle } from '../../ui/format.ts';
import { type CurvedRun, metricSeries, type Series, VALIDATION_LOSS } from './series.ts';

export interface ComparedRow {
  readonly name: string;
  /** One for each run, as people read it. */
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** Model, device and every hyperparameter, in order of their names. */
export function comparedSettings(runs: readonly CurvedRun[]): ComparedRow[] {
  const names = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))].toSorted();
  return [
    rowOf('model', runs, ({ model }) => model),
    rowOf('device', runs, ({ device }) => device),
    ...names.map((name) => rowOf(name, runs, ({ params }) => formatParam(params[name]))),
  ];
}

/** Where each run ended. Metrics are those of its best epoch, the one that is kept. */
export function comparedResults(runs: readonly CurvedRun[]): ComparedRow[] {
  const metrics = [...new Set(runs.flatMap((run) => Object.keys(keptMetrics(run))))];
  const primary = runs[0]?.primary_metric.name;
  const ordered = metrics.toSorted((a, b) => Number(b === primary) - Number(a === primary));
  return [
    ...ordered.map((name) => rowOf(name, runs, (run) => formatMetric(keptMetrics(run)[name]))),
    rowOf('best epoch', runs, ({ primary_metric: { epoch } }) => (epoch === null ? formatMetric(null) : String(epoch))),
    rowOf('epochs', runs, (run) => String(run.last_epoch?.epoch ?? 0)),
    rowOf('training time', runs, (run) => formatDuration(run.seconds)),
  ];
}

export interface ComparedCurve {
  readonly title: string;
  /** One for each run that has points, under the run's id. */
  readonly series: readonly Series[];
}

/** The primary metric, both losses, one line a run. */
export function comparedCurves(runs: readonly CurvedRun[]): ComparedCurve[] {
  const primary = runs[0]?.primary_metric.name ?? 'primary metric';
  return [
    { title: metricTitle(primary), series: runs.map((run) => metricSeries(run, primary, run.id)) },
    { title: 'Validation loss', series: runs.map((run) => metricSeries(run, VALIDATION_LOSS, run.id)) },
    {
      title: 'Training loss',
      series: runs.map((run) => ({
        name: run.id,
        points: run.epochs.map(({ epoch, train_loss }) => [epoch, train_loss] as const),
      })),
    },
  ];
}

function keptMetrics({ epochs, primary_metric: { epoch } }: CurvedRun): EpochRow['metrics'] {
  return epochs.find((row) => row.epoch === epoch)?.metrics ?? {};
}

function rowOf(name: string, runs: readonly CurvedRun[], toText: (run: CurvedRun) => string): ComparedRow {
  const values = runs.map(toText);
  return { name, values, differs: new Set(values).size > 1 };
}

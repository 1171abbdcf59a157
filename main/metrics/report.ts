/** Everything that is written down of an evaluation: metrics with their intervals, per-class report, confusion, curves. */

import type { ReportScore } from '../../preload/contract/evaluation.ts';
import { bootstrapIntervals, type Draws, INTERVAL_LEVEL, type Interval, USUAL_RESAMPLES } from './bootstrap.ts';
import { type Calibration, CalibrationBins } from './calibration.ts';
import type { ClassReport } from './class-report.ts';
import {
  type ClassificationEvaluation,
  classificationMetrics,
  classificationSamples,
  judgeClassification,
} from './classification.ts';
import { type ClassificationCurves, classificationCurves } from './curves.ts';
import { judgeMultilabel, type MultilabelEvaluation, multilabelMetrics, multilabelSamples } from './multilabel.ts';
import type { LabelPredictions, Predictions } from './predictions.ts';
import { type Pool, placedPool, type Ranking, rankingOf, rankingOfCounted } from './ranking.ts';
import { type ByClass, mapByClass } from './ranking-scores.ts';
import type { SortedColumn } from './sorted-column.ts';

const REPORT_SCORES = ['precision', 'recall', 'f1-score', 'auc', 'average_precision'] as const satisfies ReportScore[];

/** Where the numbers would lie for 95 of 100 other sets of samples; null where a number is undefined. */
export interface Intervals {
  readonly level: number;
  readonly method: string;
  readonly resamples: number;
  readonly metrics: Record<string, Interval | null>;
  /** In order of class index. */
  readonly classes: readonly Record<ReportScore, Interval | null>[];
}

export interface ReportCurves extends ClassificationCurves {
  /** Score of the predicted class against its being right; only where a sample has one class. */
  readonly top_label_calibration?: Calibration;
}

export interface Reported<Evaluation> {
  readonly evaluation: Evaluation & { readonly intervals: Intervals | null };
  readonly curves: ReportCurves;
}

export interface ReportOptions {
  /** 0 for no intervals. */
  readonly resamples?: number;
  readonly draws: Draws;
}

/** Errors: as `evaluateClassification`. */
export function reportClassification(
  predictions: Predictions,
  options: ReportOptions,
): Reported<ClassificationEvaluation> {
  const samples = classificationSamples(predictions);
  const rankings = mapByClass(samples.pools, rankingOf);
  const evaluation = judgeClassification(samples, rankings);
  const judge: Judge = (drawn, counts) => classificationMetrics(samples, drawn, counts);
  return {
    evaluation: { ...evaluation, intervals: intervalsOf(samples, evaluation, judge, options) },
    curves: {
      ...classificationCurves(samples.columns, rankings, supportOf(evaluation.report)),
      top_label_calibration: CalibrationBins.ofPredicted(predictions, samples.predicted).calibration(),
    },
  };
}

/** Errors: as `evaluateMultilabel`. */
export function reportMultilabel(
  predictions: LabelPredictions,
  options: ReportOptions,
): Reported<MultilabelEvaluation> {
  const samples = multilabelSamples(predictions);
  const rankings = mapByClass(samples.pools, rankingOf);
  const evaluation = judgeMultilabel(samples, rankings);
  const judge: Judge = (drawn, counts) => multilabelMetrics(samples, drawn, counts);
  return {
    evaluation: { ...evaluation, intervals: intervalsOf(samples, evaluation, judge, options) },
    curves: classificationCurves(samples.columns, rankings, supportOf(evaluation.report)),
  };
}

const supportOf = ({ classes }: ClassReport): number[] => classes.map(({ support }) => support);

interface Judged {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly report: ClassReport;
}

/** Metrics of samples that count differently than once. */
type Judge = (rankings: ByClass<Ranking>, counts: Uint8Array) => Judged;

function intervalsOf(
  { columns, pools }: { readonly columns: readonly SortedColumn[]; readonly pools: ByClass<Pool> },
  { metrics, report }: Judged,
  judge: Judge,
  { resamples = USUAL_RESAMPLES, draws }: ReportOptions,
): Intervals | null {
  if (resamples === 0) return null;
  const placed = mapByClass(pools, placedPool);
  const numbersOf = (judged: Judged) => [
    ...Object.values(judged.metrics),
    ...judged.report.classes.flatMap((row) => REPORT_SCORES.map((name) => row[name])),
  ];
  const numbersOfDrawn = (counts: Uint8Array) => {
    const rankings = mapByClass(placed, (pool) => rankingOfCounted(pool, counts));
    return numbersOf(judge(rankings, counts));
  };
  const given = bootstrapIntervals(columns[0]!.samples.length, numbersOfDrawn, { resamples, draws });
  // A number that is undefined for the samples at hand may be defined for some draws; that is no interval of it.
  const intervals = numbersOf({ metrics, report }).map((value, i) => (value === null ? null : given[i]!));
  const names = Object.keys(metrics);
  const rowOf = (c: number) =>
    Object.fromEntries(REPORT_SCORES.map((name, i) => [name, intervals[names.length + c * REPORT_SCORES.length + i]!]));
  return {
    level: INTERVAL_LEVEL,
    method: 'bootstrap percentile, samples drawn with replacement, not stratified',
    resamples,
    metrics: Object.fromEntries(names.map((name, i) => [name, intervals[i]!])),
    classes: report.classes.map((_, c) => rowOf(c) as Record<ReportScore, Interval | null>),
  };
}

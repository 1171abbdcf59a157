/**
 * Metrics of multi-label classification under their literal names, with a confusion matrix per class and the per-class
 * report. A class counts as predicted from a score of 0.5 on. Numbers equal scikit-learn 1.2's on indicator matrices:
 * macro averages run over all classes, a quotient without a denominator being 0; only where scikit-learn has no answer,
 * for the AUC of a class without positives or negatives and the average precision of one without positives, averages run
 * over the other classes. What has no meaning for several labels (`balanced_accuracy`, `matthews_correlation`,
 * `norm_macro_recall`, `weighted_accuracy`) is left out.
 * Source: product specification, sections 9.1 and 22: plain `iou` is the micro average.
 */

import { averagedMetrics, type ClassReport, classReport, inOrder } from './class-report.ts';
import { countLabels, intersectionOverUnion, type LabelEvents, labelConfusion, labelEventsOf } from './label-counts.ts';
import { labelLosses, meanLoss } from './log-loss.ts';
import { checkLabelPredictions, type LabelPredictions } from './predictions.ts';
import { Questions } from './questions.ts';
import { type Pool, type Ranking, rankingOf } from './ranking.ts';
import { type ByClass, mapByClass, poolsOf, rankingScores } from './ranking-scores.ts';
import { type SortedColumn, sortColumn } from './sorted-column.ts';

export const MULTILABEL_METRICS = [
  'accuracy',
  'AUC_macro',
  'AUC_micro',
  'AUC_weighted',
  'average_precision_score_macro',
  'average_precision_score_micro',
  'average_precision_score_weighted',
  'f1_score_macro',
  'f1_score_micro',
  'f1_score_weighted',
  'iou',
  'iou_macro',
  'iou_micro',
  'iou_weighted',
  'log_loss',
  'precision_score_macro',
  'precision_score_micro',
  'precision_score_weighted',
  'recall_score_macro',
  'recall_score_micro',
  'recall_score_weighted',
] as const;

export type MultilabelMetrics = Readonly<Record<(typeof MULTILABEL_METRICS)[number], number | null>>;

export interface MultilabelEvaluation {
  readonly metrics: MultilabelMetrics;
  readonly report: ClassReport;
  /** Per class `[[true negatives, false positives], [false negatives, true positives]]`. */
  readonly label_confusion: readonly (readonly (readonly number[])[])[];
}

/** What each sample contributes, so that samples can be counted once, or as often as they are drawn. */
export interface MultilabelSamples {
  readonly events: LabelEvents;
  readonly losses: Float64Array;
  /** Per class. */
  readonly columns: readonly SortedColumn[];
  readonly pools: ByClass<Pool>;
}

/**
 * Everything there is to say about the predictions of a multi-label classifier.
 * Shapes: scores [N,C], truth [N,C] of 0 and 1.
 * Errors: bad-predictions, naming the row, for what is not a table of probabilities with the truth of each.
 */
export function evaluateMultilabel(predictions: LabelPredictions): MultilabelEvaluation {
  const samples = multilabelSamples(predictions);
  return judgeMultilabel(samples, mapByClass(samples.pools, rankingOf));
}

/** Errors: as `evaluateMultilabel`. */
export function multilabelSamples(predictions: LabelPredictions): MultilabelSamples {
  checkLabelPredictions(predictions);
  const columns = Questions.ofLabels(predictions).map(sortColumn);
  return {
    events: labelEventsOf(predictions),
    losses: labelLosses(predictions),
    columns,
    pools: poolsOf(columns),
  };
}

export function judgeMultilabel(samples: MultilabelSamples, rankings: ByClass<Ranking>): MultilabelEvaluation {
  return {
    ...multilabelMetrics(samples, rankings),
    label_confusion: labelConfusion(countLabels(samples.events)),
  };
}

/**
 * `counts` says how often each sample counts, as it did in the rankings; all once without it. Shapes: counts [N].
 */
export function multilabelMetrics(
  { events, losses }: MultilabelSamples,
  rankings: ByClass<Ranking>,
  counts: Uint8Array | null = null,
): Pick<MultilabelEvaluation, 'metrics' | 'report'> {
  const counted = countLabels(events, counts);
  const everyClass = Array.from(counted.support, (_, c) => c);
  const report = classReport(counted, rankingScores(rankings, counted.support), everyClass);
  const iou = intersectionOverUnion(counted);
  const metrics = {
    ...averagedMetrics(report),
    accuracy: counted.exact / counted.samples,
    iou: iou.micro,
    iou_macro: iou.macro,
    iou_micro: iou.micro,
    iou_weighted: iou.weighted,
    log_loss: meanLoss(losses, counts),
  };
  return { metrics: inOrder(MULTILABEL_METRICS, metrics), report };
}

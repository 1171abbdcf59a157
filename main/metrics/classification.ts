/**
 * Metrics of single-label classification under their literal names, with the confusion matrix and the per-class report.
 * Numbers equal scikit-learn 1.2's. What is undefined is null: the AUC of a class without positives or negatives, the
 * average precision of a class without positives, `norm_macro_recall` with a single class. Their macro and weighted
 * averages run over the classes where they are defined and are null where there is none.
 * Source: product specification, section 9.1.
 */

import { averagedMetrics, type ClassReport, classReport, inOrder } from './class-report.ts';
import { occurringClasses } from './class-scores.ts';
import {
  accuracy,
  balancedAccuracy,
  confusionRows,
  countClasses,
  matthewsCorrelation,
  normalisedMacroRecall,
  normalisedRows,
  weightedAccuracy,
} from './confusion.ts';
import { classLosses, meanLoss } from './log-loss.ts';
import { checkPredictions, type Predictions, predictedClasses } from './predictions.ts';
import { Questions } from './questions.ts';
import { type Pool, type Ranking, rankingOf } from './ranking.ts';
import { type ByClass, mapByClass, poolsOf, rankingScores } from './ranking-scores.ts';
import { type SortedColumn, sortColumn } from './sorted-column.ts';

export const CLASSIFICATION_METRICS = [
  'accuracy',
  'AUC_macro',
  'AUC_micro',
  'AUC_weighted',
  'average_precision_score_macro',
  'average_precision_score_micro',
  'average_precision_score_weighted',
  'balanced_accuracy',
  'f1_score_macro',
  'f1_score_micro',
  'f1_score_weighted',
  'log_loss',
  'matthews_correlation',
  'norm_macro_recall',
  'precision_score_macro',
  'precision_score_micro',
  'precision_score_weighted',
  'recall_score_macro',
  'recall_score_micro',
  'recall_score_weighted',
  'weighted_accuracy',
] as const;

export type ClassificationMetrics = Readonly<Record<(typeof CLASSIFICATION_METRICS)[number], number | null>>;

export interface ClassificationEvaluation {
  readonly metrics: ClassificationMetrics;
  readonly report: ClassReport;
  /** Cell (i, j): samples of true class i predicted as class j. */
  readonly confusion: readonly (readonly number[])[];
  /** The same with every row divided by its sum; zeros for a class without samples. */
  readonly confusion_normalised: readonly (readonly number[])[];
}

/** What each sample contributes, so that samples can be counted once, or as often as they are drawn. */
export interface ClassificationSamples {
  readonly classes: number;
  readonly truth: Int32Array;
  readonly predicted: Int32Array;
  readonly losses: Float64Array;
  /** Per class. */
  readonly columns: readonly SortedColumn[];
  readonly pools: ByClass<Pool>;
}

/**
 * Everything there is to say about the predictions of a single-label classifier. The predicted class is the one with
 * the largest score, of equal scores the first.
 * Shapes: scores [N,C], truth [N].
 * Errors: bad-predictions, naming the row, for what is not a table of probabilities with a true class each.
 */
export function evaluateClassification(predictions: Predictions): ClassificationEvaluation {
  const samples = classificationSamples(predictions);
  return judgeClassification(samples, mapByClass(samples.pools, rankingOf));
}

/** Errors: as `evaluateClassification`. */
export function classificationSamples(predictions: Predictions): ClassificationSamples {
  checkPredictions(predictions);
  const { truth, classes } = predictions;
  const columns = Questions.ofClasses(predictions).map(sortColumn);
  return {
    classes,
    truth,
    predicted: predictedClasses(predictions),
    losses: classLosses(predictions),
    columns,
    pools: poolsOf(columns),
  };
}

export function judgeClassification(
  samples: ClassificationSamples,
  rankings: ByClass<Ranking>,
): ClassificationEvaluation {
  const { truth, predicted, classes } = samples;
  const confusion = confusionRows(truth, predicted, classes);
  return {
    ...classificationMetrics(samples, rankings),
    confusion,
    confusion_normalised: normalisedRows(confusion),
  };
}

/**
 * `counts` says how often each sample counts, as it did in the rankings; all once without it. Shapes: counts [N].
 */
export function classificationMetrics(
  { truth, predicted, classes, losses }: ClassificationSamples,
  rankings: ByClass<Ranking>,
  counts: Uint8Array | null = null,
): Pick<ClassificationEvaluation, 'metrics' | 'report'> {
  const counted = countClasses(truth, predicted, classes, counts);
  const report = classReport(counted, rankingScores(rankings, counted.support), occurringClasses(counted));
  const metrics = {
    ...averagedMetrics(report),
    accuracy: accuracy(counted),
    balanced_accuracy: balancedAccuracy(counted),
    log_loss: meanLoss(losses, counts),
    matthews_correlation: matthewsCorrelation(counted),
    norm_macro_recall: normalisedMacroRecall(report.macro.recall, classes),
    weighted_accuracy: weightedAccuracy(counted),
  };
  return { metrics: inOrder(CLASSIFICATION_METRICS, metrics), report };
}

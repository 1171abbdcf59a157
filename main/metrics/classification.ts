/**
 * Metrics of single-label classification under their literal names, with the confusion matrix and the per-class report.
 * Numbers equal scikit-learn 1.2's. What is undefined is null: the AUC of a class without positives or negatives, the
 * average precision of a class without positives, `norm_macro_recall` with a single class. Their macro and weighted
 * averages run over the classes where they are defined and are null where there is none.
 * Source: product specification, section 9.1.
 */

import { type Averages, averageClassScores, type ClassScores, classScores } from './class-scores.ts';
import {
  accuracy,
  balancedAccuracy,
  type Confusion,
  confusionOf,
  confusionRows,
  matthewsCorrelation,
  normalisedConfusionRows,
  weightedAccuracy,
} from './confusion.ts';
import { logLoss } from './log-loss.ts';
import { checkPredictions, type Predictions, predictedClasses } from './predictions.ts';
import { areaUnderRoc, averagePrecision, rankClass, rankPooled } from './ranking.ts';

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

export interface ReportRow {
  readonly precision: number;
  readonly recall: number;
  readonly 'f1-score': number;
  /** True samples of the class; of all classes in an average row. */
  readonly support: number;
  readonly auc: number | null;
  readonly average_precision: number | null;
}

export interface ClassificationReport extends Averages<ReportRow> {
  /** In order of class index. */
  readonly classes: readonly ReportRow[];
}

export interface ClassificationEvaluation {
  readonly metrics: ClassificationMetrics;
  readonly report: ClassificationReport;
  /** Cell (i, j): samples of true class i predicted as class j. */
  readonly confusion: readonly (readonly number[])[];
  /** The same with every row divided by its sum; zeros for a class without samples. */
  readonly confusion_normalised: readonly (readonly number[])[];
}

interface RankScores {
  readonly auc: number | null;
  readonly average_precision: number | null;
}

/**
 * Everything there is to say about the predictions of a single-label classifier. The predicted class is the one with
 * the largest score, of equal scores the first.
 * Shapes: scores [N,C], truth [N].
 * Errors: bad-predictions, naming the row, for what is not a table of probabilities with a true class each.
 */
export function evaluateClassification(predictions: Predictions): ClassificationEvaluation {
  checkPredictions(predictions);
  const { truth, classes } = predictions;
  const confusion = confusionOf(truth, predictedClasses(predictions), classes);
  const everyClass = Array.from({ length: classes }, (_, index) => index);
  const scores = everyClass.map((index) => classScores(confusion, index));
  const ranks = everyClass.map((index) => rankScores(rankClass(predictions, index)));
  const averages = averageClassScores(confusion, scores);
  const report: ClassificationReport = {
    classes: everyClass.map((c) => reportRow(scores[c]!, ranks[c]!, confusion.support[c]!)),
    macro: reportRow(
      averages.macro,
      meanRankScores(ranks, () => 1),
      confusion.samples,
    ),
    micro: reportRow(averages.micro, rankScores(rankPooled(predictions)), confusion.samples),
    weighted: reportRow(
      averages.weighted,
      meanRankScores(ranks, (c) => confusion.support[c]!),
      confusion.samples,
    ),
  };
  return {
    metrics: metricsFrom(confusion, report, logLoss(predictions)),
    report,
    confusion: confusionRows(confusion),
    confusion_normalised: normalisedConfusionRows(confusion),
  };
}

const rankScores = (ranking: ReturnType<typeof rankClass>): RankScores => ({
  auc: areaUnderRoc(ranking),
  average_precision: averagePrecision(ranking),
});

const reportRow = ({ precision, recall, f1 }: ClassScores, ranks: RankScores, support: number): ReportRow => ({
  precision,
  recall,
  'f1-score': f1,
  support,
  auc: ranks.auc,
  average_precision: ranks.average_precision,
});

function meanRankScores(ranks: readonly RankScores[], weight: (index: number) => number): RankScores {
  const mean = (name: keyof RankScores) => {
    let sum = 0;
    let weights = 0;
    ranks.forEach((scores, c) => {
      if (scores[name] === null) return;
      sum += scores[name] * weight(c);
      weights += weight(c);
    });
    return weights === 0 ? null : sum / weights;
  };
  return { auc: mean('auc'), average_precision: mean('average_precision') };
}

function metricsFrom(
  confusion: Confusion,
  { macro, micro, weighted }: ClassificationReport,
  loss: number,
): ClassificationMetrics {
  return {
    accuracy: accuracy(confusion),
    AUC_macro: macro.auc,
    AUC_micro: micro.auc,
    AUC_weighted: weighted.auc,
    average_precision_score_macro: macro.average_precision,
    average_precision_score_micro: micro.average_precision,
    average_precision_score_weighted: weighted.average_precision,
    balanced_accuracy: balancedAccuracy(confusion),
    f1_score_macro: macro['f1-score'],
    f1_score_micro: micro['f1-score'],
    f1_score_weighted: weighted['f1-score'],
    log_loss: loss,
    matthews_correlation: matthewsCorrelation(confusion),
    norm_macro_recall: normalisedMacroRecall(macro.recall, confusion.classes),
    precision_score_macro: macro.precision,
    precision_score_micro: micro.precision,
    precision_score_weighted: weighted.precision,
    recall_score_macro: macro.recall,
    recall_score_micro: micro.recall,
    recall_score_weighted: weighted.recall,
    weighted_accuracy: weightedAccuracy(confusion),
  };
}

/** Macro recall on a scale where guessing is 0 and perfection 1; null with one class, where guessing is perfect. */
function normalisedMacroRecall(macroRecall: number, classes: number): number | null {
  if (classes === 1) return null;
  const guessing = 1 / classes;
  return (macroRecall - guessing) / (1 - guessing);
}

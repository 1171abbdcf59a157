/** The classification report: one row per class and one per average. Source: product specification, section 9.1. */

import type { Averages, ClassCounts, ClassScores } from './class-scores.ts';
import { averageClassScores, classScores, sum } from './class-scores.ts';
import type { RankingScores, rankingScores } from './ranking-scores.ts';

export interface ReportRow {
  readonly precision: number;
  readonly recall: number;
  readonly 'f1-score': number;
  /** True samples of the class; of all classes in an average row. */
  readonly support: number;
  readonly auc: number | null;
  readonly average_precision: number | null;
}

export interface ClassReport extends Averages<ReportRow> {
  /** In order of class index. */
  readonly classes: readonly ReportRow[];
}

/** Precision, recall and F1 of the macro row run over `macroClasses`. */
export function classReport(
  counts: ClassCounts,
  ranks: ReturnType<typeof rankingScores>,
  macroClasses: readonly number[],
): ClassReport {
  const scores = classScores(counts);
  const averages = averageClassScores(counts, scores, macroClasses);
  const all = sum(counts.support);
  return {
    classes: scores.map((entry, c) => rowOf(entry, ranks.classes[c]!, counts.support[c]!)),
    macro: rowOf(averages.macro, ranks.macro, all),
    micro: rowOf(averages.micro, ranks.micro, all),
    weighted: rowOf(averages.weighted, ranks.weighted, all),
  };
}

const rowOf = ({ precision, recall, f1 }: ClassScores, ranks: RankingScores, support: number): ReportRow => ({
  precision,
  recall,
  'f1-score': f1,
  support,
  auc: ranks.auc,
  average_precision: ranks.average_precision,
});

/** The averaged metrics under their literal names, as they stand in the report's average rows. */
export function averagedMetrics({ macro, micro, weighted }: ClassReport) {
  return {
    AUC_macro: macro.auc,
    AUC_micro: micro.auc,
    AUC_weighted: weighted.auc,
    average_precision_score_macro: macro.average_precision,
    average_precision_score_micro: micro.average_precision,
    average_precision_score_weighted: weighted.average_precision,
    f1_score_macro: macro['f1-score'],
    f1_score_micro: micro['f1-score'],
    f1_score_weighted: weighted['f1-score'],
    precision_score_macro: macro.precision,
    precision_score_micro: micro.precision,
    precision_score_weighted: weighted.precision,
    recall_score_macro: macro.recall,
    recall_score_micro: micro.recall,
    recall_score_weighted: weighted.recall,
  };
}

/** The values under the names, in the order of the names. */
export function inOrder<Name extends string>(
  names: readonly Name[],
  values: Readonly<Record<Name, number | null>>,
): Readonly<Record<Name, number | null>> {
  return Object.fromEntries(names.map((name) => [name, values[name]])) as Record<Name, number | null>;
}

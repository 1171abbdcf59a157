/** What rankings say of a model: area under the ROC curve and average precision, per class and averaged. */

import type { Averages } from './class-scores.ts';
import { areaUnderRoc, averagePrecision, type Pool, poolOf, type Ranking } from './ranking.ts';
import type { SortedColumn } from './sorted-column.ts';

/** Per class, and of all pairs of sample and class. */
export interface ByClass<Value> {
  readonly classes: readonly Value[];
  readonly pooled: Value;
}

/** Null where it is undefined: AUC without positives or negatives, average precision without positives. */
export interface RankingScores {
  readonly auc: number | null;
  readonly average_precision: number | null;
}

/** The questions of each class, and all of them together. */
export function poolsOf(columns: readonly SortedColumn[]): ByClass<Pool> {
  return { classes: columns.map((column) => poolOf([column])), pooled: poolOf(columns) };
}

/** The same function of each class's value and of the pooled one. */
export function mapByClass<From, To>({ classes, pooled }: ByClass<From>, use: (value: From) => To): ByClass<To> {
  return { classes: classes.map(use), pooled: use(pooled) };
}

/** The macro and weighted averages run over the classes where a score is defined, and are null where there is none. */
export function rankingScores(
  rankings: ByClass<Ranking>,
  support: Float64Array,
): Averages<RankingScores> & { readonly classes: readonly RankingScores[] } {
  const classes = rankings.classes.map(scoresOf);
  const mean = (weight: (index: number) => number) => ({
    auc: meanOf('auc', classes, weight),
    average_precision: meanOf('average_precision', classes, weight),
  });
  return { classes, macro: mean(() => 1), micro: scoresOf(rankings.pooled), weighted: mean((c) => support[c]!) };
}

const scoresOf = (ranking: Ranking): RankingScores => ({
  auc: areaUnderRoc(ranking),
  average_precision: averagePrecision(ranking),
});

function meanOf(
  name: keyof RankingScores,
  classes: readonly RankingScores[],
  weight: (index: number) => number,
): number | null {
  let total = 0;
  let weights = 0;
  classes.forEach(({ [name]: value }, c) => {
    if (value === null) return;
    total += value * weight(c);
    weights += weight(c);
  });
  return weights === 0 ? null : total / weights;
}

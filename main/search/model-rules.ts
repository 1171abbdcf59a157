/** What a search space is checked against: the models there are, and what each takes. The caller knows the models. */

import type { Scalar } from '../../preload/contract/sweep-plan.ts';

export interface HyperparameterRule {
  /** Whether it takes nothing but whole numbers; null where it takes one of a few values. */
  readonly isWhole: boolean | null;
  readonly accepts: (value: Scalar) => boolean;
  /** In words: `a number from 0 to 1`. */
  readonly expected: string;
}

export interface ModelRule {
  readonly name: string;
  readonly hyperparameters: ReadonlyMap<string, HyperparameterRule>;
  /** Everything wrong with a whole set of values, those not given being defaults. */
  readonly problemsOf: (given: Readonly<Record<string, Scalar>>) => readonly string[];
}

export interface ModelRules {
  readonly task: string;
  /** Used where no `model_name` is given; null where the task has none. */
  readonly defaultModel: string | null;
  readonly models: readonly ModelRule[];
}

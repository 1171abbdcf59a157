/** What every sampler is: a function of the space, what earlier trials came to, and the number of the next trial. */

import type { Algorithm, DistributionType, Sampling, SearchSpace } from '../../../preload/contract/sweep-plan.ts';
import type { Configuration } from '../space.ts';

/** Random numbers; a stream with a name gives the same numbers whenever it is opened. */
export interface Draws {
  /** In [0, 1). */
  uniform(): number;
  /** In [0, upper). */
  integer(upper: number): number;
  /** Standard normal. */
  normal(): number;
}

export type OpenDraws = (...words: readonly (string | number)[]) => Draws;

export interface PastTrial {
  readonly configuration: Configuration;
  /** Best primary metric, larger is better; null for a trial that has none yet or never will. */
  readonly value: number | null;
  /** Whether it may still come to a (better) value. */
  readonly isRunning: boolean;
}

export interface Question {
  readonly space: SearchSpace;
  readonly sampling: Sampling;
  /** In order of their numbers, after those of the sweeps that this one begins with. */
  readonly history: readonly PastTrial[];
  /** Of the trial asked for, from 0. */
  readonly index: number;
  /** Seeded by the sweep. */
  readonly draws: OpenDraws;
}

export interface Sampler {
  readonly name: Algorithm;
  /** The distributions it can work with; null for all of them. */
  readonly takes: readonly DistributionType[] | null;
  readonly takesBranches: boolean;
  /** Whether trials may be ended early: what they had by then is not what they would have come to. */
  readonly takesPolicy: boolean;
  /** Null when the space has nothing more to offer. Asking twice gives the same answer. */
  readonly suggest: (question: Question) => Configuration | null;
}

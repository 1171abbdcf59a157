/**
 * A sweep as it is kept and shown: a search space, how it is sampled, when trials are ended early, and the budget.
 * Names are the seed's. Source: product specification, sections 4.1 and 10 to 13.
 */

import { z } from 'zod';
import { Task } from './tasks.ts';

/** A value that a hyperparameter can be given in a file. */
export const Scalar = z.union([z.string(), z.number(), z.boolean()]);
export type Scalar = z.infer<typeof Scalar>;

/** Arguments of `loguniform`, `qloguniform`, `lognormal` and `qlognormal` are natural logarithms of values. */
export const Distribution = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('choice'), values: z.array(Scalar).min(1).readonly() }),
    z.strictObject({ type: z.literal('randint'), upper: z.int().min(1).max(1_000_000) }),
    z.strictObject({ type: z.literal('uniform'), min: z.number(), max: z.number() }),
    z.strictObject({ type: z.literal('quniform'), min: z.number(), max: z.number(), q: z.number().positive() }),
    z.strictObject({ type: z.literal('loguniform'), min: z.number(), max: z.number() }),
    z.strictObject({ type: z.literal('qloguniform'), min: z.number(), max: z.number(), q: z.number().positive() }),
    z.strictObject({ type: z.literal('normal'), mu: z.number(), sigma: z.number().positive() }),
    z.strictObject({
      type: z.literal('qnormal'),
      mu: z.number(),
      sigma: z.number().positive(),
      q: z.number().positive(),
    }),
    z.strictObject({ type: z.literal('lognormal'), mu: z.number(), sigma: z.number().positive() }),
    z.strictObject({
      type: z.literal('qlognormal'),
      mu: z.number(),
      sigma: z.number().positive(),
      q: z.number().positive(),
    }),
  ])
  .meta({ id: 'distribution' });
export type Distribution = z.infer<typeof Distribution>;
export type DistributionType = Distribution['type'];

export const Dimensions = z.record(z.string(), Distribution);
export type Dimensions = z.infer<typeof Dimensions>;

/**
 * Without branches every configuration has the shared dimensions. With them it has those of one branch besides, each
 * branch being as likely as another.
 */
export const SearchSpace = z.object({ shared: Dimensions, branches: z.array(Dimensions).readonly() });
export type SearchSpace = z.infer<typeof SearchSpace>;

export const Algorithm = z.enum(['random', 'grid', 'bayesian', 'tpe']);
export type Algorithm = z.infer<typeof Algorithm>;

export const Sampling = z.object({
  algorithm: Algorithm,
  seed: z.int().nonnegative(),
  /** Of random sampling: independent draws, or a Sobol sequence. */
  rule: z.enum(['random', 'sobol']),
});
export type Sampling = z.infer<typeof Sampling>;

const interval = {
  /** The policy is applied at every multiple of it … */
  evaluation_interval: z.int().positive().default(1),
  /** … that is not below this. */
  delay_evaluation: z.int().nonnegative().default(0),
};

/** An interval is one report of the primary metric. Source: product specification, section 11. */
export const Policy = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({
      type: z.literal('bandit'),
      slack_factor: z.number().nonnegative().optional(),
      slack_amount: z.number().nonnegative().optional(),
      ...interval,
    }),
    z.strictObject({ type: z.literal('median_stopping'), ...interval }),
    z.strictObject({
      type: z.literal('truncation_selection'),
      truncation_percentage: z.int().min(1).max(99),
      exclude_finished_jobs: z.boolean().default(false),
      ...interval,
    }),
    z.strictObject({
      type: z.literal('successive_halving'),
      reduction_factor: z.int().min(2).max(100).default(3),
      /** The first rung; each further one is `reduction_factor` times as far. */
      minimum_intervals: z.int().positive().default(1),
    }),
  ])
  .meta({ id: 'policy' });
export type Policy = z.infer<typeof Policy>;

/** What a policy said of a trial at one interval, with the numbers it went by. */
export const PolicyDecision = z.object({
  policy: z.string(),
  /** Reports of the trial so far. */
  interval: z.int().positive(),
  is_stopped: z.boolean(),
  /** What the trial was judged by, and below what it ends; null where a policy goes by ranks or asks no more. */
  value: z.number(),
  limit: z.number().nullable(),
  explanation: z.string(),
});
export type PolicyDecision = z.infer<typeof PolicyDecision>;

/** Source of `warm_start`: product specification, section 10.6. */
export const LIMITS = {
  warm_start: 5,
  iterations: 1000,
  max_concurrent_iterations: 100,
  timeout_hours: 60 * 24,
} as const;
export const DEFAULT_TIMEOUT_HOURS: number = 7 * 24;

export const SweepPlan = z.object({
  name: z.string().max(200).nullable(),
  /** Null: that of the project. */
  task: Task.nullable(),
  sampling: Sampling,
  space: SearchSpace,
  iterations: z.int().min(1).max(LIMITS.iterations),
  /** Null: as many as the machine has room for. */
  max_concurrent_iterations: z.int().min(1).max(LIMITS.max_concurrent_iterations).nullable(),
  experiment_timeout_hours: z.number().positive().max(LIMITS.timeout_hours),
  trial_timeout_minutes: z.number().positive().nullable(),
  early_termination_policy: Policy,
  /** The same for every trial. */
  arguments: z.record(z.string(), Scalar),
  /** Ids of sweeps of the project that it begins with. */
  warm_start: z.array(z.string()).max(LIMITS.warm_start).readonly(),
  /** The space was chosen by the program, not given. */
  is_automatic: z.boolean(),
});
export type SweepPlan = z.infer<typeof SweepPlan>;

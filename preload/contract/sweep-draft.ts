/** A sweep file that was looked at and not started: what is wrong with it, or what it would do. */

import { z } from 'zod';
import { SweepPlan } from './sweep-plan.ts';

export const SweepProblem = z.object({
  /** `hyperparameter_sampling.space.learning_rate`; empty for the whole file. */
  path: z.string(),
  line: z.int().positive().nullable(),
  message: z.string(),
  /** The branch of the space that it is in, from 0; null where it is in none. */
  branch: z.int().nonnegative().nullable(),
});
export type SweepProblem = z.infer<typeof SweepProblem>;

export const ReadSweep = z.object({
  /** Null when there are problems. */
  plan: SweepPlan.nullable(),
  problems: z.array(SweepProblem),
  /** What a person should know of how the file was read. */
  notes: z.array(z.string()),
});
export type ReadSweep = z.infer<typeof ReadSweep>;

/** How often each of a hyperparameter's values comes up, in a sample of draws. */
export const DrawnValues = z.object({
  name: z.string(),
  /** Which branch it is in; null where every trial has it. */
  branch: z.int().nonnegative().nullable(),
  type: z.string(),
  bars: z.array(z.object({ label: z.string(), count: z.int().nonnegative() })),
});
export type DrawnValues = z.infer<typeof DrawnValues>;

/** What a policy with its usual settings would have done on the project's sweeps of before. */
export const PolicyPreview = z.object({
  policy: z.string(),
  sweeps: z.int().nonnegative(),
  trials_stopped: z.int().nonnegative(),
  epochs: z.int().nonnegative(),
  epochs_saved: z.int().nonnegative(),
  /** In how many sweeps the best trial would have been stopped before its best epoch. */
  best_lost: z.int().nonnegative(),
});
export type PolicyPreview = z.infer<typeof PolicyPreview>;

/** A file as text, or as what its YAML would hold, made by a form. */
export const SweepSource = z.union([
  z.strictObject({ yaml: z.string().max(1_000_000) }),
  z.strictObject({ document: z.record(z.string(), z.unknown()) }),
]);
export type SweepSource = z.infer<typeof SweepSource>;

export const SweepDraft = ReadSweep.extend({
  /** The text that the lines of problems are of. */
  source: z.string(),
  drawn: z.array(DrawnValues),
  /** Configurations there are; null where a range makes them endless. */
  grid_size: z.int().nullable(),
  /** From runs of before with the same models; null without any. */
  estimated_seconds: z.number().nullable(),
  estimated_bytes: z.number().nullable(),
  policies: z.array(PolicyPreview),
});
export type SweepDraft = z.infer<typeof SweepDraft>;

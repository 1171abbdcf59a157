/** A sweep file that was looked at and not started: what is wrong with it, or what it would do. */

import { z } from 'zod';
import { SweepPlan } from './sweep-plan.ts';

export const SweepProblem = z.object({
  /** `hyperparameter_sampling.space.learning_rate`; empty for the whole file. */
  path: z.string(),
  line: z.int().positive().nullable(),
  message: z.string(),
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

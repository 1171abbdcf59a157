/**
 * `sweep.yaml` as a person writes it: the seed's names, with a distribution as a mapping or in the seed's words. Its JSON
 * Schema is published as docs/sweep.schema.json.
 */

import { z } from 'zod';
import { Algorithm, Distribution, LIMITS, Policy, Scalar } from './sweep-plan.ts';
import { Task } from './tasks.ts';

/** `uniform(0.005, 0.05)`, `choice('sgd', 'adam')`, `choice(range(1, 5))`. */
export const DistributionText = z
  .string()
  .regex(/^\s*(choice|randint|q?uniform|q?loguniform|q?normal|q?lognormal)\s*\(.*\)\s*$/)
  .meta({ description: "a distribution in words: uniform(0.005, 0.05), choice('sgd', 'adam'), choice(range(1, 5))" });

const Searched = z
  .union([Distribution, DistributionText, Scalar])
  .meta({ id: 'searched', description: 'a distribution, or a value that is the same for every trial of this space' });

const Subspace = z.record(z.string(), Searched).meta({ id: 'subspace', description: 'hyperparameters of one branch' });

const Conditional = z
  .strictObject({ type: z.literal('choice'), values: z.array(Subspace).min(1) })
  .meta({ description: 'one of several sub-spaces, each as likely as another; its own key reaches no trial' });

const Space = z
  .union([z.record(z.string(), z.union([Conditional, Searched])), z.array(Subspace).min(1)])
  .meta({ description: 'hyperparameters of all trials, or a list of sub-spaces' });

const PolicyFile = z.union([Policy, z.enum(['none', 'median_stopping', 'successive_halving'])]);

export const SweepFile = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().max(200).optional(),
    task: Task.optional().meta({ description: 'must be that of the project' }),
    hyperparameter_sampling: z
      .strictObject({
        algorithm: Algorithm.default('random'),
        seed: z.int().nonnegative().default(0),
        rule: z.enum(['random', 'sobol']).default('random').meta({ description: 'of random sampling' }),
        space: Space,
      })
      .optional()
      .meta({ description: 'left out: models, space, sampling and policy are chosen for the task' }),
    iterations: z.int().min(1).max(LIMITS.iterations).default(1).meta({ description: 'the most trials' }),
    max_concurrent_iterations: z.int().min(1).max(LIMITS.max_concurrent_iterations).optional(),
    experiment_timeout_hours: z.number().positive().max(LIMITS.timeout_hours).optional(),
    trial_timeout_minutes: z.number().positive().optional(),
    early_termination_policy: PolicyFile.optional(),
    warm_start: z
      .array(z.string().max(20))
      .max(LIMITS.warm_start)
      .optional()
      .meta({ description: 'earlier sweeps of the project to begin with: [s0001, s0002]' }),
    arguments: z
      .union([z.array(z.union([z.string(), z.number(), z.boolean()])), z.record(z.string(), Scalar)])
      .optional()
      .meta({ description: 'the same for every trial: ["--early_stopping", 1] or {early_stopping: 1}' }),
  })
  .meta({ title: 'A Lightbench sweep' });
export type SweepFile = z.infer<typeof SweepFile>;

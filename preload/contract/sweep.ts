/** A sweep and its trials as every door shows them. Names are those of the JSON output of the command line. */

import { z } from 'zod';
import { SmallCurve } from './run.ts';
import { PolicyDecision, Scalar, SweepPlan } from './sweep-plan.ts';

/**
 * `paused` sweeps go on when asked to, `interrupted` ones lost the program that ran them, `stopped` ones were ended by a
 * person or by their time limit.
 */
export const SweepState = z.enum(['queued', 'running', 'paused', 'interrupted', 'stopped', 'completed']);
export type SweepState = z.infer<typeof SweepState>;

/** `stopped` by the policy, `cancelled` by a person or a time limit. */
export const TrialState = z.enum(['queued', 'running', 'completed', 'stopped', 'cancelled', 'failed']);
export type TrialState = z.infer<typeof TrialState>;

export const TrialSummary = z.object({
  /** From 1. */
  number: z.int().positive(),
  state: TrialState,
  /** Why it failed or ended early, in words. */
  reason: z.string().nullable(),
  /** The run it is; null where its configuration could not be trained. */
  run: z.string().nullable(),
  model: z.string().nullable(),
  device: z.string().nullable(),
  configuration: z.record(z.string(), Scalar),
  /** The earlier trial with the same configuration. */
  duplicate_of: z.int().positive().nullable(),
  attempts: z.int().nonnegative(),
  /** The primary metric of each evaluated epoch, in order. */
  values: z.array(z.number()),
  best: z.number().nullable(),
  best_epoch: z.int().nullable(),
  epochs_done: z.int().nonnegative(),
  epochs_planned: z.int().nonnegative(),
  /** Of training and judging, over all its epochs. */
  seconds: z.number(),
  /** What the policy said of it last. */
  decision: PolicyDecision.nullable(),
  started_at_ms: z.number().nullable(),
  finished_at_ms: z.number().nullable(),
});
export type TrialSummary = z.infer<typeof TrialSummary>;

/** A trial as tables and charts of a thousand of them need it. */
export const TrialHead = TrialSummary.omit({ values: true, decision: true, attempts: true }).extend({
  /** The latest report. */
  last: z.number().nullable(),
  curve: SmallCurve,
});
export type TrialHead = z.infer<typeof TrialHead>;

export const BestTrial = z.object({ trial: z.int().positive(), run: z.string(), value: z.number(), epoch: z.int() });
export type BestTrial = z.infer<typeof BestTrial>;

export const SweepSummary = z.object({
  id: z.string(),
  name: z.string().nullable(),
  state: SweepState,
  reason: z.string().nullable(),
  primary_metric: z.string(),
  plan: SweepPlan,
  created_at_ms: z.number(),
  started_at_ms: z.number().nullable(),
  finished_at_ms: z.number().nullable(),
  /** For how long trials were run, over all sittings. */
  active_ms: z.number(),
  best: BestTrial.nullable(),
  /** Epochs that trials were planned to have, had, and were spared by the policy; `saved_seconds` at each one's own pace. */
  epochs: z.object({
    planned: z.int().nonnegative(),
    done: z.int().nonnegative(),
    saved: z.int().nonnegative(),
    saved_seconds: z.number(),
  }),
  trials: z.array(TrialSummary),
});
export type SweepSummary = z.infer<typeof SweepSummary>;

export const MOST_ADDED_TRIALS = 1000;

/** What may be asked of a sweep, whoever runs it. */
export const SweepRequest = z.discriminatedUnion('action', [
  /** Ends running trials after their epoch, to go on later. */
  z.object({ action: z.literal('pause') }),
  /** Ends running trials after their epoch, and the sweep. */
  z.object({ action: z.literal('stop') }),
  z.object({ action: z.literal('stop-now') }),
  z.object({ action: z.literal('stop-trial'), trial: z.int().positive() }),
  /** A trial that ended without being completed is trained again, after its last epoch. */
  z.object({ action: z.literal('requeue'), trial: z.int().positive() }),
  z.object({ action: z.literal('add'), count: z.int().positive().max(MOST_ADDED_TRIALS) }),
]);
export type SweepRequest = z.infer<typeof SweepRequest>;

/** A sweep without its trials. */
export const SweepHead = SweepSummary.omit({ trials: true }).extend({
  trial_count: z.int().nonnegative(),
  running_count: z.int().nonnegative(),
});
export type SweepHead = z.infer<typeof SweepHead>;

export const SweepEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), sweep: SweepHead, trials: z.array(TrialHead) }),
  /** The plan where it is another, and those of its trials that are not as they were told last. */
  z.object({
    type: z.literal('changed'),
    sweep: SweepHead.omit({ plan: true }),
    plan: SweepPlan.nullable(),
    trials: z.array(TrialHead),
  }),
]);
export type SweepEvent = z.infer<typeof SweepEvent>;

const MOST_DEVICES = 64;

export const SweepStart = z.object({
  yaml: z.string().max(1_000_000),
  /** `cpu`, `cuda:0`, `webgpu`; trials are shared out to them. */
  devices: z.array(z.string().min(1).max(200)).min(1).max(MOST_DEVICES),
});
export type SweepStart = z.infer<typeof SweepStart>;

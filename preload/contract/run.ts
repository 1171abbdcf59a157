/** A training run as every door shows it: command line, window, browser. Names are those of the JSON output. */

import { z } from 'zod';

export const RunState = z.enum(['queued', 'running', 'completed', 'cancelled', 'failed']);
export type RunState = z.infer<typeof RunState>;

/**
 * Units: seconds is wall time of the epoch, evaluation included; images_per_second counts training images only;
 * data_wait_seconds is the part of it in which training waited for images, null where it was not measured.
 */
export const EpochRow = z.object({
  epoch: z.int().positive(),
  train_loss: z.number(),
  /** Metrics of the validation set; empty for an epoch that was not evaluated. */
  metrics: z.record(z.string(), z.number().nullable()),
  learning_rate: z.number(),
  seconds: z.number(),
  images_per_second: z.number(),
  data_wait_seconds: z.number().nullable(),
});
export type EpochRow = z.infer<typeof EpochRow>;

export const PrimaryMetric = z.object({ name: z.string(), best: z.number().nullable(), epoch: z.int().nullable() });
export type PrimaryMetric = z.infer<typeof PrimaryMetric>;

export const RunSummary = z.object({
  id: z.string(),
  state: RunState,
  /** Why it failed or stopped early, in words; null while there is nothing to say. */
  reason: z.string().nullable(),
  model: z.string(),
  device: z.string(),
  /** Every hyperparameter with the value that was used, defaults included. */
  params: z.record(z.string(), z.unknown()),
  /** What a person should know of this run: head replaced, trained from scratch, a class missing from a split. */
  notes: z.array(z.string()),
  created_at_ms: z.number(),
  finished_at_ms: z.number().nullable(),
  primary_metric: PrimaryMetric,
  epochs: z.array(EpochRow),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A training run as every door shows it: command line, window, browser. Names are those of the JSON output. */

import { z } from 'zod';

export const RunState = z.enum(['queued', 'running', 'completed', 'cancelled', 'failed']);
export type RunState = z.infer<typeof RunState>;

/** One class of the validation images, where objects are looked for. Source: product specification, section 9.2. */
export const EpochLabel = z.object({
  label: z.string(),
  /** Null where there is nothing to divide by. */
  average_precision: z.number().nullable(),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
});
export type EpochLabel = z.infer<typeof EpochLabel>;

/**
 * Units: seconds is wall time of the epoch, evaluation included; images_per_second counts training images only;
 * data_wait_seconds is the part of it in which training waited for images, null where it was not measured.
 */
export const EpochRow = z.object({
  epoch: z.int().positive(),
  train_loss: z.number(),
  /** Metrics of the validation set; empty for an epoch that was not evaluated. */
  metrics: z.record(z.string(), z.number().nullable()),
  /** In order of class; null where whole images are classified, and where `validation_metric_type` has no such numbers. */
  per_label_metrics: z.array(EpochLabel).nullable(),
  learning_rate: z.number(),
  seconds: z.number(),
  images_per_second: z.number(),
  data_wait_seconds: z.number().nullable(),
});
export type EpochRow = z.infer<typeof EpochRow>;

/** A note that begins like this is to be said aloud. */
export const WARNING = 'WARNING: ';

export const PrimaryMetric = z.object({ name: z.string(), best: z.number().nullable(), epoch: z.int().nullable() });
export type PrimaryMetric = z.infer<typeof PrimaryMetric>;

/**
 * From which probability on a class counts as there. Units: fractions in [0, 1]; f1 is that of the class on the validation
 * images at this threshold, positives the number of them that have the class.
 */
export const ClassThreshold = z.object({
  label: z.string(),
  threshold: z.number(),
  f1: z.number(),
  positives: z.int().nonnegative(),
  /** Whether it was tuned; else it is the usual one, which the images gave no reason or were too few to move. */
  is_tuned: z.boolean(),
});
export type ClassThreshold = z.infer<typeof ClassThreshold>;

/** Tuned on the validation images for the model of that epoch, which is the kept one. In the order of the model's head. */
export const RunThresholds = z.object({ epoch: z.int().positive(), classes: z.array(ClassThreshold) });
export type RunThresholds = z.infer<typeof RunThresholds>;

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
  /** Null for a run that is no trial of a sweep. */
  trial: z.object({ sweep: z.string(), number: z.int().positive() }).nullable(),
  created_at_ms: z.number(),
  finished_at_ms: z.number().nullable(),
  primary_metric: PrimaryMetric,
  /** Null for tasks with one class an image, and before the first evaluation. */
  thresholds: RunThresholds.nullable(),
  epochs: z.array(EpochRow),
});
export type RunSummary = z.infer<typeof RunSummary>;

/** A curve for a small drawing: at most so many of its points, the first, the last and the best among them. */
export const MOST_CURVE_POINTS = 32;
export const SmallCurve = z.array(z.tuple([z.int().positive(), z.number()])).max(MOST_CURVE_POINTS);
/** Each an epoch and the primary metric after it. */
export type SmallCurve = z.infer<typeof SmallCurve>;

/** An epoch without what it was judged to be. */
export const LastEpoch = EpochRow.omit({ metrics: true, per_label_metrics: true });
export type LastEpoch = z.infer<typeof LastEpoch>;

/** A run without its epochs: what lists of a thousand runs show. */
export const RunHead = RunSummary.omit({ epochs: true }).extend({
  last_epoch: LastEpoch.nullable(),
  /** Of all its epochs, and of the latest ones on average; null before the first. */
  seconds: z.number(),
  recent_epoch_seconds: z.number().nullable(),
  curve: SmallCurve,
});
export type RunHead = z.infer<typeof RunHead>;

/** The epochs of a run after one of them, in place of whatever was told of them before. */
export const RunEpochs = z.object({ id: z.string(), after: z.int().nonnegative(), epochs: z.array(EpochRow) });
export type RunEpochs = z.infer<typeof RunEpochs>;

/** So many runs' epochs are told at once. */
export const MOST_FOLLOWED_RUNS = 100;

/** What a window asks to be trained, what it may choose from, and how far a run is between two epochs. */

import { z } from 'zod';

export const DeviceChoice = z.object({
  /** `cpu`, `cuda:0`, `webgpu`. */
  device: z.string(),
  /** What it lacks on this machine, in words; null where nothing is known to be missing. */
  problem: z.string().nullable(),
});
export type DeviceChoice = z.infer<typeof DeviceChoice>;

export const WeightsChoice = z.object({
  /** In the library of this machine. */
  name: z.string(),
  model: z.string(),
  title: z.string(),
  licence: z.string().nullable(),
});
export type WeightsChoice = z.infer<typeof WeightsChoice>;

export const TrainingChoices = z.object({
  devices: z.array(DeviceChoice),
  /** For a model the first of its own is the one to take where nobody chooses. */
  weights: z.array(WeightsChoice),
});
export type TrainingChoices = z.infer<typeof TrainingChoices>;

const LONGEST_TEXT = 200;
const name = z.string().min(1).max(LONGEST_TEXT);

export const TrainingRequest = z.object({
  model: name,
  /** Hyperparameters that differ from their defaults. */
  params: z.record(name, z.union([z.number(), z.string().max(LONGEST_TEXT)])),
  device: name,
  /** The name of weights in the library; null trains from scratch. */
  weights: name.nullable(),
});
export type TrainingRequest = z.infer<typeof TrainingRequest>;

/** Units: loss in nats per image; remaining_ms of the whole run. */
export const RunProgress = z.object({
  epoch: z.int().positive(),
  epochs: z.int().positive(),
  phase: z.enum(['training', 'evaluating']),
  step: z.int().nonnegative(),
  steps: z.int().nonnegative(),
  loss: z.number().nullable(),
  images_per_second: z.number().nullable(),
  remaining_ms: z.number().nullable(),
});
export type RunProgress = z.infer<typeof RunProgress>;

/** Where a bundle was written: `folder` is absolute, on the engine's machine. */
export const WrittenBundle = z.object({ folder: z.string(), model: z.string(), labels: z.int().positive() });
export type WrittenBundle = z.infer<typeof WrittenBundle>;

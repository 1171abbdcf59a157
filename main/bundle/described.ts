/** What `bundle.json` says alike of every model. */

import { z } from 'zod';
import { RunThresholds } from '../../preload/contract/run.ts';

/** A stranger's bundle must not make us allocate at will. */
export const LARGEST_SIDE_PX = 8192;

export const triple = z.tuple([z.number(), z.number(), z.number()]);
export const side = z.int().positive().max(LARGEST_SIDE_PX);
/** A name inside the bundle: no folders above it. */
export const inside = z.string().regex(/^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/);

/** Where the run came from, whatever it learned. */
const bundledRun = z.object({
  project: z.string(),
  id: z.string(),
  epoch: z.int().positive(),
  params: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.number().nullable()),
  thresholds: RunThresholds.nullable(),
  train_images: z.int(),
  validation_images: z.int(),
  weights: z.record(z.string(), z.unknown()).nullable(),
  notes: z.array(z.string()),
});

/** The last fields of the file: where its model comes from, and what its files are to hold. */
export const origin = {
  run: bundledRun,
  /** SHA-256 over the ids, contents and labels of the training and validation images. */
  data_fingerprint: z.string(),
  licences: z.array(z.object({ part: z.string(), licence: z.string() })),
  made_by: z.string(),
  made_at: z.string(),
  sha256: z.record(z.string(), z.string()),
};

/**
 * `bundle.json`: everything a program needs to use a model without us, and to tell where it comes from.
 * A bundle is input from a stranger: what is read here is checked field by field.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { InputConvention } from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { ClassificationTask, ObjectTask } from '../../preload/contract/tasks.ts';
import { inside, origin, side, triple } from './described.ts';
import { ObjectBundle } from './object-description.ts';

const FILE = 'bundle.json';

export const BundleDescription = z.object({
  format: z.literal(2),
  task: ClassificationTask,
  model: z.string(),
  /** How its strided convolutions pad; with the name all it takes to build the network for another size. */
  strided_padding: z.enum(['symmetric', 'same-upper']),
  /** Index = class id, as in `labels.json`. */
  labels: z.array(z.string()).min(1),
  /** What may be set anew at scoring. Source: product specification, section 17. */
  model_settings: z.object({ valid_resize_size: side, valid_crop_size: side }),
  preprocessing: z.object({
    colour: z.literal('RGB'),
    resize: z.literal('shorter side to valid_resize_size'),
    interpolation: z.literal('bilinear, antialiased'),
    crop: z.literal('square of valid_crop_size from the middle'),
    scale: z.literal('1/255'),
    mean: triple,
    std: triple,
    layout: z.literal('NCHW'),
  }),
  /** What makes probabilities of logits. */
  postprocessing: z.enum(['softmax', 'sigmoid']),
  /**
   * From which probability on a class counts as there, in the order of the labels, where an image may have any number of
   * them; null where it has one, the most probable.
   */
  thresholds: z.array(z.number().min(0).max(1)).nullable(),
  files: z.object({
    /** Input `input1` float32 [N,3,crop,crop], preprocessed; output `output1` [N,classes], logits. */
    model: inside,
    /** Input `pixels` uint8 [N,crop,crop,3]; output `probabilities` [N,classes]. */
    model_pixels: inside,
  }),
  golden: z.object({
    count: z.int().positive(),
    tolerance: z.number().positive(),
    /** Raw little-endian arrays; shapes follow from `count`, the crop and the number of labels. */
    input1: inside,
    output1: inside,
    pixels: inside,
    probabilities: inside,
    images: z.array(z.string()),
  }),
  ...origin,
});
export type BundleDescription = z.infer<typeof BundleDescription>;

export const DESCRIPTION_FILE = FILE;

/** How the bundle's model wants pixels and padding. */
export function conventionOfBundle({ preprocessing, strided_padding }: BundleDescription): InputConvention {
  return { mean: preprocessing.mean, deviation: preprocessing.std, stridedPadding: strided_padding };
}

/** Errors: bundle-invalid, naming the field, what was expected and what came. */
export function readDescription(folder: string): BundleDescription {
  const read = readAnyDescription(folder);
  if ('canvas' in read) throw invalid(folder, 'field task: expected classes of images, this model finds objects');
  return read;
}

/** Of whatever a model does. Errors: as `readDescription`. */
export function readAnyDescription(folder: string): BundleDescription | ObjectBundle {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, FILE), 'utf8'));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error;
    throw invalid(folder, isMissing ? 'there is no such file; is this a bundle?' : 'is not JSON', error);
  }
  const isOfObjects = typeof json === 'object' && json !== null && 'task' in json && isObjectTask(json.task);
  const result = isOfObjects ? ObjectBundle.safeParse(json) : BundleDescription.safeParse(json);
  if (result.success) {
    const description = result.data;
    const { labels } = description;
    if ('canvas' in description || description.thresholds === null) return description;
    if (description.thresholds.length === labels.length) return description;
    throw invalid(folder, `field thresholds: ${description.thresholds.length} numbers for ${labels.length} labels`);
  }
  const [issue] = result.error.issues;
  throw invalid(folder, `field ${issue!.path.join('.') || '(whole file)'}: ${issue!.message}`);
}

const isObjectTask = (task: unknown): boolean => ObjectTask.safeParse(task).success;

function invalid(folder: string, problem: string, cause?: unknown): AppError {
  const file = join(folder, FILE);
  return new AppError('bundle-invalid', `${file}: ${problem}`, { file }, { cause });
}

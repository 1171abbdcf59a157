/** Runs the model file of a bundle that finds objects on images. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ImageScore, ObjectScoreJob } from '../train/protocol.ts';
import { type ObjectBundle, transformOf } from './object-description.ts';
import type { UnreadImage } from './score-bundle.ts';
import { ScoringProcess } from './scoring-process.ts';

/** Reply for one image; boxes in fractions of its sides, best first. Source: product specification, section 16.5. */
export interface FoundInImage {
  readonly filename: string;
  readonly boxes: readonly {
    readonly box: Readonly<Record<'topX' | 'topY' | 'bottomX' | 'bottomY', number>>;
    readonly label: string;
    readonly score: number;
  }[];
}

export interface ObjectScoreOptions {
  readonly threads: number;
  /** By name, as text: `box_score_thresh`, not below the bundle's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told in the order of the images. */
  readonly onScore?: (reply: FoundInImage | UnreadImage) => void;
}

/**
 * One reply per image, in order; an image that cannot be read has its reason instead.
 * Errors: bundle-invalid; bad-hyperparameter for settings that cannot be.
 */
export async function scoreObjects(
  bundle: string,
  description: ObjectBundle,
  images: readonly string[],
  { threads, settings = {}, onScore }: ObjectScoreOptions,
): Promise<(FoundInImage | UnreadImage)[]> {
  const modelFile = join(resolve(bundle), description.files.model_pixels);
  if (!existsSync(modelFile)) {
    throw new AppError('bundle-invalid', `${modelFile} is missing from the bundle`, { file: modelFile });
  }
  const threshold = thresholdOf(description, settings);
  const evaluation = transformOf(description);
  const job: ObjectScoreJob = { kind: 'score-objects', modelFile, evaluation, device: 'cpu', threads };
  const process = new ScoringProcess(job);
  try {
    await process.start();
    const replies: (FoundInImage | UnreadImage)[] = [];
    for (const filename of images) {
      const reply = replyOf(description, filename, await process.score({ path: resolve(filename) }), threshold);
      replies.push(reply);
      onScore?.(reply);
    }
    return replies;
  } finally {
    await process.close();
  }
}

/** What the model file leaves out already cannot be had back. */
function thresholdOf({ model_settings: settings }: ObjectBundle, given: Readonly<Record<string, string>>): number {
  const own = settings.box_score_thresh;
  const other = Object.keys(given).find((name) => name !== 'box_score_thresh');
  if (other !== undefined) throw refused('--set', 'box_score_thresh', other);
  const text = given['box_score_thresh'];
  if (text === undefined) return own;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= own && value <= 1) return value;
  throw refused('box_score_thresh', `a number from ${own}, which the model was exported with, to 1`, text);
}

function refused(field: string, expected: string, got: string): AppError {
  return new AppError('bad-hyperparameter', `${field} must be ${expected}; got ${got}`, { field, expected, got });
}

function replyOf(
  { labels }: ObjectBundle,
  filename: string,
  score: ImageScore,
  threshold: number,
): FoundInImage | UnreadImage {
  if ('error' in score) return { filename, error: { code: score.error.code, message: score.error.message } };
  assert('objects' in score, 'a job of objects answered with probabilities');
  const boxes = score.objects.flatMap(({ label, score: own, fractions: [topX, topY, bottomX, bottomY] }) =>
    own > threshold ? [{ box: { topX, topY, bottomX, bottomY }, label: labels[label]!, score: own }] : [],
  );
  return { filename, boxes };
}

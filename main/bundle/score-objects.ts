/** Runs the model file of a bundle that finds objects on images. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { polygonInFractions } from '../images/objects/mask-polygon.ts';
import type { ImageScore, ObjectScoreJob } from '../train/protocol.ts';
import type { ObjectBundle } from './object-description.ts';
import { type GivenObjectSettings, type ObjectSettings, objectSettingsOf } from './object-settings.ts';
import type { UnreadImage } from './score-bundle.ts';
import { ScoringProcess } from './scoring-process.ts';

/** Reply for one image; boxes in fractions of its sides, best first. Source: product specification, section 16.5. */
export interface FoundInImage {
  readonly filename: string;
  readonly boxes: readonly {
    readonly box: Readonly<Record<'topX' | 'topY' | 'bottomX' | 'bottomY', number>>;
    readonly label: string;
    readonly score: number;
    /** Of models that find masks: outlines, x and y in turn, in fractions; one inside another is a hole. */
    readonly polygon?: readonly (readonly number[])[];
  }[];
}

export interface ObjectScoreOptions {
  readonly threads: number;
  readonly settings?: GivenObjectSettings;
  /** Told in the order of the images. */
  readonly onScore?: (reply: FoundInImage | UnreadImage) => void;
}

/** A bundle whose model finds objects, with how it is to score. */
export interface OpenedObjectBundle {
  readonly description: ObjectBundle;
  readonly settings: ObjectSettings;
  readonly job: ObjectScoreJob;
}

/** Errors: bundle-invalid; bad-hyperparameter for settings that cannot be. */
export function openObjectBundle(
  bundle: string,
  description: ObjectBundle,
  given: GivenObjectSettings,
  threads: number,
): OpenedObjectBundle {
  const modelFile = join(resolve(bundle), description.files.model_pixels);
  if (!existsSync(modelFile)) {
    throw new AppError('bundle-invalid', `${modelFile} is missing from the bundle`, { file: modelFile });
  }
  const settings = objectSettingsOf(description, given);
  const { viewing, remade } = settings;
  return { description, settings, job: { kind: 'score-objects', modelFile, remade, viewing, device: 'cpu', threads } };
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
  const opened = openObjectBundle(bundle, description, settings, threads);
  const process = new ScoringProcess(opened.job);
  try {
    await process.start();
    const replies: (FoundInImage | UnreadImage)[] = [];
    for (const filename of images) {
      const reply = foundReply(opened, filename, await process.score({ path: resolve(filename) }));
      replies.push(reply);
      onScore?.(reply);
    }
    return replies;
  } finally {
    await process.close();
  }
}

/** What is said of an image, by what was found in it. */
export function foundReply(
  { description: { labels }, settings: { scoreThreshold, polygonPoints } }: OpenedObjectBundle,
  filename: string,
  score: ImageScore,
): FoundInImage | UnreadImage {
  if ('error' in score) return { filename, error: { code: score.error.code, message: score.error.message } };
  assert('objects' in score, 'a job of objects answered with probabilities');
  const boxes = score.objects.flatMap(({ label, score: own, fractions: [topX, topY, bottomX, bottomY], mask }) => {
    if (own <= scoreThreshold) return [];
    const polygon = mask === null ? {} : { polygon: polygonInFractions(mask, polygonPoints) };
    return [{ box: { topX, topY, bottomX, bottomY }, label: labels[label]!, score: own, ...polygon }];
  });
  return { filename, boxes };
}

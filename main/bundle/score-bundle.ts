/** Runs a bundle's own model file on images. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import type { Method } from '../../native-models/explain/methods.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ExplanationOrder, ImageScore, ScoreJob } from '../train/protocol.ts';
import { type BundleDescription, conventionOfBundle, readDescription } from './description.ts';
import { explanationOrder } from './explanation-order.ts';
import { ScoringProcess } from './scoring-process.ts';
import { type BundleSettings, type GivenSettings, settingsOf } from './settings.ts';

/** Reply for one image. Source: product specification, section 16.5. */
export interface ScoredImage {
  readonly filename: string;
  readonly probs: readonly number[];
  readonly labels: readonly string[];
  /** Beyond the specification, where an image may have any number of classes: those whose threshold is reached. */
  readonly predicted?: readonly string[];
  /** Where they were asked for: of the most probable class, or of all predicted ones. */
  readonly explanations?: readonly ScoredExplanation[];
}

export interface ScoredExplanation {
  readonly label: string;
  readonly probability: number;
  readonly method: Method;
  /** A PNG file, where it was asked for. */
  readonly picture: Uint8Array | null;
  /** Shapes: [3, crop, crop], where it was asked for. */
  readonly attribution: Float32Array | null;
}

export interface UnreadImage {
  readonly filename: string;
  readonly error: { readonly code: string | null; readonly message: string };
}

export type Reply = ScoredImage | UnreadImage;

/** A bundle with how it is to score. */
export interface OpenedBundle {
  readonly description: BundleDescription;
  readonly settings: BundleSettings;
  readonly job: ScoreJob;
}

/** Errors: bundle-invalid; bad-hyperparameter for settings that cannot be. */
export function openBundle(bundle: string, given: GivenSettings, threads: number): OpenedBundle {
  const folder = resolve(bundle);
  const description = readDescription(folder);
  const modelFile = join(folder, description.files.model);
  if (!existsSync(modelFile)) {
    throw new AppError('bundle-invalid', `${modelFile} is missing from the bundle`, { file: modelFile });
  }
  const settings = settingsOf(description, given);
  const job: ScoreJob = {
    kind: 'score',
    modelFile,
    model: description.model,
    isRemade: settings.cropSize !== description.model_settings.valid_crop_size,
    classes: description.labels,
    activation: description.postprocessing,
    resizeSize: settings.resizeSize,
    cropSize: settings.cropSize,
    convention: conventionOfBundle(description),
    device: 'cpu',
    threads,
  };
  return { description, settings, job };
}

export interface ScoreOptions {
  readonly threads: number;
  readonly settings?: GivenSettings;
  /** Parameters of explanations by name; absent for scores alone. */
  readonly explain?: Readonly<Record<string, unknown>>;
  /** Told in the order of the images. */
  readonly onScore?: (reply: Reply) => void;
}

/**
 * One reply per image, in order; an image that cannot be read has its reason instead.
 * Errors: bundle-invalid; bad-hyperparameter for settings that cannot be, bad-argument for explanations.
 */
export async function scoreBundle(
  bundle: string,
  images: readonly string[],
  { threads, settings = {}, explain, onScore }: ScoreOptions,
): Promise<Reply[]> {
  const opened = openBundle(bundle, settings, threads);
  const order = explain === undefined ? null : explanationOrder(opened.description, opened.settings, explain);
  const process = new ScoringProcess(opened.job);
  try {
    await process.start();
    const replies: Reply[] = [];
    for (const filename of images) {
      const reply = replyOf(opened, filename, await process.score({ path: resolve(filename) }, order), order);
      replies.push(reply);
      onScore?.(reply);
    }
    return replies;
  } finally {
    await process.close();
  }
}

/** What is said of an image, by its score. */
export function replyOf(
  { description: { labels }, settings: { thresholds } }: OpenedBundle,
  filename: string,
  score: ImageScore,
  order: ExplanationOrder | null,
): Reply {
  if ('error' in score) return { filename, error: { code: score.error.code, message: score.error.message } };
  assert('probabilities' in score, 'a job of classes answered with objects');
  const { probabilities: probs } = score;
  const predicted = thresholds === null ? null : labels.filter((_, i) => probs[i]! >= thresholds[i]!);
  const explanations = score.explanations.map(({ classIndex, picture, attribution }) => ({
    label: labels[classIndex]!,
    probability: probs[classIndex]!,
    method: order!.method,
    picture,
    attribution,
  }));
  return {
    filename,
    probs,
    labels,
    ...(predicted === null ? {} : { predicted }),
    ...(order === null ? {} : { explanations }),
  };
}

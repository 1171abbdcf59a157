/** Runs a bundle's own model file on images. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { runInChild } from '../train/host.ts';
import type { ImageScore } from '../train/protocol.ts';
import { readDescription } from './description.ts';
import { type BundleSettings, type GivenSettings, settingsOf } from './settings.ts';

/** Reply for one image. Source: product specification, section 16.5. */
export interface ScoredImage {
  readonly filename: string;
  readonly probs: readonly number[];
  readonly labels: readonly string[];
  /** Beyond the specification, where an image may have any number of classes: those whose threshold is reached. */
  readonly predicted?: readonly string[];
}

export interface ScoreOptions {
  readonly threads: number;
  readonly settings?: GivenSettings;
  readonly onScore?: (reply: ScoredImage | UnreadImage) => void;
}

export interface UnreadImage {
  readonly filename: string;
  readonly error: { readonly code: string | null; readonly message: string };
}

/**
 * One reply per image, in order; an image that cannot be read has its reason instead.
 * Errors: bundle-invalid; bad-hyperparameter for settings that cannot be.
 */
export async function scoreBundle(
  bundle: string,
  images: readonly string[],
  { threads, settings: given = {}, onScore }: ScoreOptions,
): Promise<(ScoredImage | UnreadImage)[]> {
  const folder = resolve(bundle);
  const description = readDescription(folder);
  const modelFile = join(folder, description.files.model);
  if (!existsSync(modelFile)) {
    throw new AppError('bundle-invalid', `${modelFile} is missing from the bundle`, { file: modelFile });
  }
  const replies: (ScoredImage | UnreadImage)[] = [];
  const settings = settingsOf(description, given);
  const { preprocessing, labels } = description;
  await runInChild(
    {
      kind: 'score',
      modelFile,
      remakeAs: settings.cropSize === description.model_settings.valid_crop_size ? null : description.model,
      classes: labels,
      activation: description.postprocessing,
      resizeSize: settings.resizeSize,
      cropSize: settings.cropSize,
      convention: {
        mean: preprocessing.mean,
        deviation: preprocessing.std,
        stridedPadding: description.strided_padding,
      },
      images: images.map((path) => resolve(path)),
      device: 'cpu',
      threads,
    },
    {
      onMessage: (message) => {
        if (message.type !== 'image-score') return;
        const reply = replyOf(images[replies.length]!, message.score, labels, settings.thresholds);
        replies.push(reply);
        onScore?.(reply);
      },
    },
  );
  return replies;
}

function replyOf(
  filename: string,
  score: ImageScore,
  labels: readonly string[],
  thresholds: BundleSettings['thresholds'],
): ScoredImage | UnreadImage {
  if ('error' in score) return { filename, error: { code: score.error.code, message: score.error.message } };
  const { probabilities: probs } = score;
  const reply = { filename, probs, labels };
  if (thresholds === null) return reply;
  return { ...reply, predicted: labels.filter((_, i) => probs[i]! >= thresholds[i]!) };
}

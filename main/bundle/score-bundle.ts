/** Runs a bundle's own model file on images. */

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { runInChild } from '../train/host.ts';
import type { ImageScore } from '../train/protocol.ts';
import { type BundleDescription, readDescription } from './description.ts';

/** Reply for one image. Source: product specification, section 16.5. */
export interface ScoredImage {
  readonly filename: string;
  readonly probs: readonly number[];
  readonly labels: readonly string[];
}

export interface UnreadImage {
  readonly filename: string;
  readonly error: { readonly code: string | null; readonly message: string };
}

/**
 * One reply per image, in order; an image that cannot be read has its reason instead.
 * Errors: bundle-invalid.
 */
export async function scoreBundle(
  bundle: string,
  images: readonly string[],
  threads: number,
  onScore: (reply: ScoredImage | UnreadImage) => void = () => {},
): Promise<(ScoredImage | UnreadImage)[]> {
  const folder = resolve(bundle);
  const description = readDescription(folder);
  const modelFile = join(folder, description.files.model);
  if (!existsSync(modelFile)) {
    throw new AppError('bundle-invalid', `${modelFile} is missing from the bundle`, { file: modelFile });
  }
  const replies: (ScoredImage | UnreadImage)[] = [];
  const { preprocessing, labels } = description;
  await runInChild(
    {
      kind: 'score',
      modelFile,
      classes: labels,
      activation: description.postprocessing,
      resizeSize: preprocessing.resize_shorter_side,
      cropSize: preprocessing.centre_crop,
      convention: { mean: preprocessing.mean, deviation: preprocessing.std },
      images: images.map((path) => resolve(path)),
      device: 'cpu',
      threads,
    },
    {
      onMessage: (message) => {
        if (message.type !== 'image-score') return;
        const reply = replyOf(images[replies.length]!, message.score, description);
        replies.push(reply);
        onScore(reply);
      },
    },
  );
  return replies;
}

function replyOf(filename: string, score: ImageScore, { labels }: BundleDescription): ScoredImage | UnreadImage {
  if ('probabilities' in score) return { filename, probs: score.probabilities, labels };
  return { filename, error: { code: score.error.code, message: score.error.message } };
}

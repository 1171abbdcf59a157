/** A bundle of either kind, for what scores images whatever the model says of them. */

import { resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { ImageScore } from '../train/protocol.ts';
import { readAnyDescription } from './description.ts';
import { type OpenedBundle, openBundle, type Reply, replyOf } from './score-bundle.ts';
import { type FoundInImage, foundReply, type OpenedObjectBundle, openObjectBundle } from './score-objects.ts';

export type AnyOpenedBundle = OpenedBundle | OpenedObjectBundle;
export type AnyReply = Reply | FoundInImage;

/** As a command line has them. */
export interface GivenAnySettings {
  /** By name, as text. */
  readonly set: Readonly<Record<string, string>>;
  /** Of classes of whole images. */
  readonly threshold: readonly string[];
}

/** Errors: bundle-invalid; bad-hyperparameter for settings that cannot be; bad-argument for thresholds of classes. */
export function openAnyBundle(folder: string, { set, threshold }: GivenAnySettings, threads: number): AnyOpenedBundle {
  const description = readAnyDescription(resolve(folder));
  if (!('canvas' in description)) return openBundle(folder, { sizes: set, thresholds: threshold }, threads);
  refuseThresholds(threshold);
  return openObjectBundle(folder, description, set, threads);
}

/** Errors: bad-argument. */
export function refuseThresholds(threshold: readonly string[]): void {
  if (threshold.length === 0) return;
  const message = `--threshold is ${OF_CLASSES}, and takes --set box_score_thresh=P`;
  throw new AppError('bad-argument', message, { threshold });
}

/** Errors: bad-argument. Source: product specification, section 19: explanations are not for detectors. */
export function refuseExplaining(): never {
  throw new AppError('bad-argument', `an explanation is ${OF_CLASSES}`, {});
}

const OF_CLASSES = 'for models that tell classes of whole images; this one finds objects';

export const findsObjects = (bundle: AnyOpenedBundle): bundle is OpenedObjectBundle =>
  bundle.job.kind === 'score-objects';

/** What is said of an image, by its score. */
export function anyReply(bundle: AnyOpenedBundle, filename: string, score: ImageScore): AnyReply {
  return findsObjects(bundle) ? foundReply(bundle, filename, score) : replyOf(bundle, filename, score, null);
}

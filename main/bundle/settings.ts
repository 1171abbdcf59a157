/**
 * What may be set anew when a bundle scores: sizes, and from which probability on a class counts as there. Without
 * anything given they are the bundle's own, those the model was judged with.
 * Source: product specification, section 17.
 */

import { canonicalName } from '../../native-models/catalog/aliases.ts';
import { findClassifier } from '../../native-models/catalog.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { LARGEST_SIDE_PX } from './described.ts';
import type { BundleDescription } from './description.ts';

export interface BundleSettings {
  readonly resizeSize: number;
  readonly cropSize: number;
  /** In the order of the labels; null where an image has one class, the most probable one. */
  readonly thresholds: readonly number[] | null;
}

export interface GivenSettings {
  /** By name, as text: `valid_resize_size`, `valid_crop_size`. */
  readonly sizes?: Readonly<Record<string, string>>;
  /** `0.4` for every class, or `label=0.4` for one; later ones count. */
  readonly thresholds?: readonly string[];
}

const isSize = (name: string): boolean => SIZES.some((known) => known === name);
const SIZES = ['valid_resize_size', 'valid_crop_size'] as const;

/** Errors: bad-hyperparameter, naming what is allowed. */
export function settingsOf(description: BundleDescription, given: GivenSettings = {}): BundleSettings {
  const { valid_resize_size: resizeSize, valid_crop_size: cropSize } = {
    ...description.model_settings,
    ...parseSizes(given.sizes ?? {}),
  };
  if (resizeSize < cropSize) {
    const reason = 'the crop is taken from the resized image';
    throw refused('valid_resize_size', `at least valid_crop_size, which is ${cropSize}: ${reason}`, resizeSize);
  }
  if (cropSize !== description.model_settings.valid_crop_size) refuseUnfitCrop(description, cropSize);
  return { resizeSize, cropSize, thresholds: thresholdsOf(description, given.thresholds ?? []) };
}

/** For another size than the bundle's own the network is made anew, so it must be known here. */
function refuseUnfitCrop(
  { model, model_settings: { valid_crop_size: own } }: BundleDescription,
  cropSize: number,
): void {
  const card = findClassifier(model);
  if (card === null) throw refused('valid_crop_size', `${own}: this version does not know ${model}`, cropSize);
  if (card.patchPx === null || cropSize % card.patchPx === 0) return;
  throw refused('valid_crop_size', `a multiple of ${card.patchPx} for ${model}`, cropSize);
}

function parseSizes(given: Readonly<Record<string, string>>): Partial<Record<(typeof SIZES)[number], number>> {
  const entries = Object.entries(given).map(([given, text]) => {
    const name = canonicalName(given, isSize);
    if (!isSize(name)) throw refused('--set', `one of ${SIZES.join(', ')}`, name);
    const size = /^[0-9]+$/.test(text) ? Number(text) : 0;
    if (size >= 1 && size <= LARGEST_SIDE_PX) return [name, size] as const;
    throw refused(name, `a whole number from 1 to ${LARGEST_SIDE_PX}`, text);
  });
  return Object.fromEntries(entries);
}

function thresholdsOf(
  { thresholds, labels, postprocessing }: BundleDescription,
  given: readonly string[],
): readonly number[] | null {
  if (postprocessing === 'softmax') {
    if (given.length === 0) return null;
    const message = '--threshold is for models of several classes an image; here the most probable class is predicted';
    throw new AppError('bad-hyperparameter', message, { field: '--threshold' });
  }
  const values = [...(thresholds ?? labels.map(() => USUAL_THRESHOLD))];
  for (const text of given) {
    const at = text.lastIndexOf('=');
    const value = text.slice(at + 1).trim();
    const threshold = value === '' ? Number.NaN : Number(value);
    if (!(threshold >= 0 && threshold <= 1)) throw refused('--threshold', 'a number from 0 to 1', value);
    if (at < 0) values.fill(threshold);
    else values[indexOf(labels, text.slice(0, at))] = threshold;
  }
  return values;
}

/** What metrics are computed at, for a bundle that says nothing else. Source: product specification, section 9.1. */
const USUAL_THRESHOLD = 0.5;

function indexOf(labels: readonly string[], label: string): number {
  const index = labels.indexOf(label);
  if (index >= 0) return index;
  throw refused('--threshold', `for one of the labels ${labels.join(', ')}`, label);
}

function refused(field: string, expected: string, got: string | number): AppError {
  return new AppError('bad-hyperparameter', `${field} must be ${expected}; got ${got}`, { field, expected, got });
}

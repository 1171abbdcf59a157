/**
 * What may be set anew when a bundle finds objects: a higher score threshold, and tiling, which may also be switched on for
 * a model that was trained without it. Without anything given they are the bundle's own, those the model was judged with.
 * Source: product specification, sections 14.1 and 17.
 */

import { canonicalName } from '../../native-models/catalog/aliases.ts';
import { resolveHyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { TILING, tileGridOf, viewMergingOf } from '../../native-models/catalog/tiling.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { MOST_DETECTIONS } from '../train/object-transforms.ts';
import type { Viewing } from '../train/view-detections.ts';
import { type ObjectBundle, transformOf } from './object-description.ts';

export interface ObjectSettings {
  /** Detections have a score above it. */
  readonly scoreThreshold: number;
  readonly viewing: Viewing;
}

/** By name, as text. */
export type GivenObjectSettings = Readonly<Record<string, string>>;

const SCORE = 'box_score_thresh';
const NAMES = [SCORE, ...TILING.map(({ name }) => name)];
/** In place of a grid: images are seen whole. */
const OFF = 'none';

/** Errors: bad-hyperparameter, naming what is allowed. */
export function objectSettingsOf(description: ObjectBundle, given: GivenObjectSettings = {}): ObjectSettings {
  const named = Object.entries(given).map(([name, text]) => {
    const canonical = canonicalName(name, (known) => NAMES.includes(known));
    if (!NAMES.includes(canonical)) throw refused('--set', `one of ${NAMES.join(', ')}`, name);
    return [canonical, text] as const;
  });
  const { [SCORE]: score, ...tiling } = Object.fromEntries(named);
  return { scoreThreshold: thresholdOf(description, score), viewing: viewingOf(description, tiling) };
}

function viewingOf(description: ObjectBundle, given: GivenObjectSettings): Viewing {
  const { model_settings: own } = description;
  const isOff = given['tile_grid_size']?.trim() === OFF;
  const all = Object.entries({ ...own, ...given, ...(isOff ? { tile_grid_size: null } : {}) });
  const asked = all.filter(([name, value]) => name !== SCORE && NAMES.includes(name) && value !== null);
  const { values, problems } = resolveHyperparameters(TILING, Object.fromEntries(asked));
  if (problems.length > 0) {
    const message = problems.map((problem) => problem.message).join('\n');
    throw new AppError('bad-hyperparameter', message, { model: description.model, problems });
  }
  return {
    transform: { ...transformOf(description), tiles: tileGridOf(values) },
    merging: viewMergingOf(values, 'img_size' in own ? MOST_DETECTIONS : own.box_detections_per_img),
  };
}

/** What the model file leaves out already cannot be had back. */
function thresholdOf({ model_settings: settings }: ObjectBundle, text: string | undefined): number {
  const own = settings.box_score_thresh;
  if (text === undefined) return own;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= own && value <= 1) return value;
  throw refused(SCORE, `a number from ${own}, which the model was exported with, to 1`, text);
}

function refused(field: string, expected: string, got: string): AppError {
  return new AppError('bad-hyperparameter', `${field} must be ${expected}; got ${got}`, { field, expected, got });
}

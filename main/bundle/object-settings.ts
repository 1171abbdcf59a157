/**
 * What may be set anew when a bundle finds objects: a higher score threshold; of a model that finds boxes tiling, which may
 * also be switched on where it was trained without it; of one that finds masks what becomes of these. Without anything given they are the bundle's own, those the model was judged with.
 * Source: product specification, sections 14.1 and 17.
 */

import { canonicalName } from '../../native-models/catalog/aliases.ts';
import {
  type Hyperparameter,
  type Hyperparameters,
  resolveHyperparameters,
} from '../../native-models/catalog/hyperparameters.ts';
import { MASKS } from '../../native-models/catalog/mask-settings.ts';
import { TILING, tileGridOf, viewMergingOf } from '../../native-models/catalog/tiling.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { MOST_DETECTIONS } from '../train/object-transforms.ts';
import { numberOf } from '../train/plan.ts';
import type { Viewing } from '../train/view-detections.ts';
import { type ObjectBundle, transformOf } from './object-description.ts';

export interface ObjectSettings {
  /** Detections have a score above it. */
  readonly scoreThreshold: number;
  readonly viewing: Viewing;
  /** Corners of an outline, beyond which it is made simpler. */
  readonly polygonPoints: number;
}

/** By name, as text. */
export type GivenObjectSettings = Readonly<Record<string, string>>;

const SCORE = 'box_score_thresh';
const OF_TILING = TILING.map(({ name }) => name);
const OF_MASKS = MASKS.map(({ name }) => name);
/** In place of a grid: images are seen whole. */
const OFF = 'none';

/** Errors: bad-hyperparameter, naming what is allowed. */
export function objectSettingsOf(description: ObjectBundle, given: GivenObjectSettings = {}): ObjectSettings {
  const names = [SCORE, ...(hasMasks(description) ? OF_MASKS : OF_TILING)];
  const named = Object.entries(given).map(([name, text]) => {
    const canonical = canonicalName(name, (known) => names.includes(known));
    if (!names.includes(canonical)) throw refused('--set', `one of ${names.join(', ')}`, name);
    return [canonical, text] as const;
  });
  const { [SCORE]: score, ...others } = Object.fromEntries(named);
  const masks = resolved(description, MASKS, hasMasks(description) ? others : {});
  return {
    scoreThreshold: thresholdOf(description, score),
    viewing: {
      ...seenIn(description, hasMasks(description) ? {} : others),
      maskThreshold: hasMasks(description) ? numberOf(masks, 'mask_pixel_score_threshold') : null,
    },
    polygonPoints: numberOf(masks, 'max_number_of_polygon_points'),
  };
}

const hasMasks = ({ task }: ObjectBundle): boolean => task === 'image-instance-segmentation';

function seenIn(description: ObjectBundle, given: GivenObjectSettings): Pick<Viewing, 'transform' | 'merging'> {
  const { model_settings: own } = description;
  const isOff = given['tile_grid_size']?.trim() === OFF;
  const values = resolved(description, TILING, { ...given, ...(isOff ? { tile_grid_size: null } : {}) });
  return {
    transform: { ...transformOf(description), tiles: tileGridOf(values) },
    merging: viewMergingOf(values, 'img_size' in own ? MOST_DETECTIONS : own.box_detections_per_img),
  };
}

/** The rows' values: those that are given, else the bundle's own. */
function resolved(
  { model, model_settings: own }: ObjectBundle,
  rows: readonly Hyperparameter[],
  given: Readonly<Record<string, string | null>>,
): Hyperparameters {
  const names = rows.map(({ name }) => name);
  const asked = Object.entries({ ...own, ...given }).filter(([name, value]) => names.includes(name) && value !== null);
  const { values, problems } = resolveHyperparameters(rows, Object.fromEntries(asked));
  if (problems.length === 0) return values;
  const message = problems.map((problem) => problem.message).join('\n');
  throw new AppError('bad-hyperparameter', message, { model, problems });
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

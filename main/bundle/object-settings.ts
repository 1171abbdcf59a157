/**
 * What may be set anew when a bundle finds objects: sizes, thresholds and limits, for which the network is made anew unless
 * the score threshold is merely raised; of a model that finds boxes tiling, which may also be switched on where it was
 * trained without it; of one that finds masks what becomes of these. Without anything given they are the bundle's own, those
 * the model was judged with.
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
import { findDetector, resolveFor } from '../../native-models/catalog.ts';
import { canvasFor, scaledSize } from '../../native-models/detection/canvas.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { EvaluationTransform } from '../images/objects/object-views.ts';
import { MOST_DETECTIONS, thresholdsOf } from '../train/object-transforms.ts';
import { numberOf } from '../train/plan.ts';
import type { RemadeDetector } from '../train/remade-detector.ts';
import type { Viewing } from '../train/view-detections.ts';
import { type ObjectBundle, transformOf } from './object-description.ts';

export interface ObjectSettings {
  /** Detections have a score above it. */
  readonly scoreThreshold: number;
  readonly viewing: Viewing;
  /** Null: the model file does as it is. */
  readonly remade: RemadeDetector | null;
  /** Corners of an outline, beyond which it is made simpler. */
  readonly polygonPoints: number;
}

/** By name, as text. */
export type GivenObjectSettings = Readonly<Record<string, string>>;

const SCORE = 'box_score_thresh';
/** What a model file is exported for, beside the score threshold; a model has those it takes. */
const EXPORTED = ['img_size', 'box_iou_thresh', 'min_size', 'max_size', 'box_nms_thresh', 'box_detections_per_img'];
const OF_TILING = TILING.map(({ name }) => name);
const OF_MASKS = MASKS.map(({ name }) => name);
/** In place of a grid: images are seen whole. */
const OFF = 'none';

/** Errors: bad-hyperparameter, naming what is allowed. */
export function objectSettingsOf(description: ObjectBundle, given: GivenObjectSettings = {}): ObjectSettings {
  const exported = EXPORTED.filter((name) => name in description.model_settings);
  const names = [SCORE, ...exported, ...(hasMasks(description) ? OF_MASKS : OF_TILING)];
  const named = Object.entries(given).map(([name, text]) => {
    const canonical = canonicalName(name, (known) => names.includes(known));
    if (!names.includes(canonical)) throw refused('--set', `one of ${names.join(', ')}`, name);
    return [canonical, text] as const;
  });
  const asked = Object.fromEntries(named);
  const masks = resolved(description, MASKS, hasMasks(description) ? asked : {});
  const { values, isAnew } = exportedWith(description, [SCORE, ...exported], asked);
  return {
    scoreThreshold: numberOf(values, SCORE),
    remade: isAnew ? remadeFor(description, values) : null,
    viewing: {
      ...seenIn(description, values, hasMasks(description) ? {} : asked),
      maskThreshold: hasMasks(description) ? numberOf(masks, 'mask_pixel_score_threshold') : null,
    },
    polygonPoints: numberOf(masks, 'max_number_of_polygon_points'),
  };
}

const hasMasks = ({ task }: ObjectBundle): boolean => task === 'image-instance-segmentation';

/** Sizes, thresholds and limits as they are to be, and whether the model file is of others. */
function exportedWith(description: ObjectBundle, names: readonly string[], given: GivenObjectSettings) {
  const card = findDetector(description.model);
  const rows = (card?.hyperparameters ?? []).filter(({ name }) => names.includes(name));
  const own: Readonly<Record<string, unknown>> = description.model_settings;
  if (card === null) {
    const [other] = Object.keys(given).filter((name) => names.includes(name));
    if (other !== undefined)
      throw refused('--set', `left alone: this version does not know ${description.model}`, other);
    return { values: own as Hyperparameters, isAnew: false };
  }
  const values = resolved(description, rows, given);
  const problem = resolveFor(card, values).problems.find(({ name }) => names.includes(name));
  if (problem !== undefined) throw new AppError('bad-hyperparameter', problem.message, { model: description.model });
  const isRaised = (name: string) => name === SCORE && numberOf(values, SCORE) > Number(own[SCORE]);
  return { values, isAnew: names.some((name) => values[name] !== own[name] && !isRaised(name)) };
}

/** Errors: bundle-invalid where the run's own settings cannot be. */
function remadeFor(description: ObjectBundle, values: Hyperparameters): RemadeDetector {
  const { model, labels, run, preprocessing } = description;
  const { mean, std: deviation } = preprocessing;
  const card = findDetector(model)!;
  const { model_size } = run.params;
  const { values: params, problems } = resolveFor(card, {
    ...values,
    ...(model_size === undefined ? {} : { model_size }),
  });
  const [problem] = problems;
  if (problem !== undefined) throw new AppError('bundle-invalid', `run.params: ${problem.message}`, { model });
  const thresholds = thresholdsOf(params, card);
  return { model, classes: labels.length, params, convention: { mean, deviation }, thresholds };
}

/** How pictures come onto the canvas, of which there is another for other sizes: of the same proportions. */
function transformWith(description: ObjectBundle, values: Hyperparameters): EvaluationTransform {
  const own = transformOf(description);
  if (own.kind === 'letterbox') {
    const side = numberOf(values, 'img_size');
    return { ...own, canvas: { width: side, height: side } };
  }
  const [minSizePx, maxSizePx] = [numberOf(values, 'min_size'), numberOf(values, 'max_size')];
  if (minSizePx === own.minSizePx && maxSizePx === own.maxSizePx) return own;
  return { ...own, minSizePx, maxSizePx, canvas: canvasFor([scaledSize(own.canvas, minSizePx, maxSizePx)]) };
}

function seenIn(
  description: ObjectBundle,
  exported: Hyperparameters,
  given: GivenObjectSettings,
): Pick<Viewing, 'transform' | 'merging'> {
  const { model_settings: own } = description;
  const isOff = given['tile_grid_size']?.trim() === OFF;
  const values = resolved(description, TILING, { ...given, ...(isOff ? { tile_grid_size: null } : {}) });
  return {
    transform: { ...transformWith(description, exported), tiles: tileGridOf(values) },
    merging: viewMergingOf(values, 'img_size' in own ? MOST_DETECTIONS : numberOf(exported, 'box_detections_per_img')),
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

function refused(field: string, expected: string, got: string): AppError {
  return new AppError('bad-hyperparameter', `${field} must be ${expected}; got ${got}`, { field, expected, got });
}

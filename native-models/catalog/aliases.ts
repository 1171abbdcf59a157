/**
 * Names that later generations of the product gave to hyperparameters, and to values of theirs: they are read, and what
 * is written down has the canonical name.
 * Source: product specification, section 4.2.
 */

import { readGrid, writeGrid } from './tile-grid.ts';

/** Canonical names of each; of several the model has one. */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  validation_size: ['split_ratio'],
  validation_data_size: ['split_ratio'],
  gradient_accumulation_step: ['grad_accumulation_step'],
  learning_rate_scheduler: ['lr_scheduler'],
  ams_gradient: ['amsgrad'],
  validation_resize_size: ['valid_resize_size'],
  validation_crop_size: ['valid_crop_size'],
  training_crop_size: ['train_crop_size'],
  image_size: ['img_size'],
  box_score_threshold: ['box_score_thresh'],
  nms_iou_thresh: ['box_nms_thresh', 'box_iou_thresh'],
  nms_iou_threshold: ['box_nms_thresh', 'box_iou_thresh'],
  box_detections_per_image: ['box_detections_per_img'],
  tile_predictions_nms_threshold: ['tile_predictions_nms_thresh'],
};

/** By canonical name. */
const VALUE_ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  model_size: { extra_large: 'xlarge' },
};

/** The canonical name that is known for a name of any generation; the name itself where there is none. */
export function canonicalName(name: string, isKnown: (name: string) => boolean): string {
  if (isKnown(name) || !Object.hasOwn(ALIASES, name)) return name;
  return ALIASES[name]!.find(isKnown) ?? name;
}

/** What a value of a later generation was called first; of a grid of tiles also what a list of two numbers means. */
export function canonicalValue(name: string, value: unknown): unknown {
  const grid = name === 'tile_grid_size' ? readGrid(value) : null;
  if (grid !== null) return writeGrid(grid);
  const values = VALUE_ALIASES[name] ?? {};
  return typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value;
}

/** How else a hyperparameter is called. */
export function aliasesOf(name: string): string[] {
  return Object.entries(ALIASES).flatMap(([alias, canonical]) => (canonical.includes(name) ? [alias] : []));
}

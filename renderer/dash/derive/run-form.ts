/** The form of a new run, made from the catalogue: which fields there are, what counts when nothing is typed, what is wrong. */

import { describe, type Hyperparameter } from '../../../native-models/catalog/hyperparameters.ts';
import { findModel, hyperparametersOf, MODELS, resolveFor } from '../../../native-models/catalog.ts';

export interface ModelOption {
  readonly name: string;
  readonly title: string;
}

/** Models that do a task, in the order of the catalogue. */
export function modelsFor(task: string): ModelOption[] {
  return MODELS.filter(({ tasks }) => tasks.includes(task)).map(({ name, title }) => ({ name, title }));
}

export interface FormField {
  readonly name: string;
  readonly kind: 'text' | 'flag' | 'choice';
  /** Of a choice. */
  readonly values: readonly string[];
  /** What counts when nothing is given; empty for off. */
  readonly default: string;
  readonly meaning: string;
  /** `a number from 0 to 1`. */
  readonly range: string;
}

export interface FormGroup {
  readonly title: string;
  readonly fields: readonly FormField[];
}

/** What people set most, then the rest by subject; a hyperparameter that no line names comes with the last. */
const GROUPS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Essentials', ['number_of_epochs', 'training_batch_size', 'learning_rate', 'optimizer', 'layers_to_freeze']],
  [
    'Images',
    [
      'train_crop_size',
      'valid_crop_size',
      'valid_resize_size',
      'model_size',
      'img_size',
      'multi_scale',
      'min_size',
      'max_size',
      'weighted_loss',
      'split_ratio',
    ],
  ],
  [
    'Tiles, for small objects',
    ['tile_grid_size', 'tile_overlap_ratio', 'tile_predictions_nms_thresh', 'tile_predictions_nms_per_class'],
  ],
  [
    'Detections and how they are judged',
    [
      'box_score_thresh',
      'box_nms_thresh',
      'box_iou_thresh',
      'box_detections_per_img',
      'mask_pixel_score_threshold',
      'max_number_of_polygon_points',
      'validation_metric_type',
      'validation_iou_threshold',
    ],
  ],
  [
    'Learning rate over time',
    ['lr_scheduler', 'warmup_cosine_lr_warmup_epochs', 'warmup_cosine_lr_cycles', 'step_lr_gamma', 'step_lr_step_size'],
  ],
  ['Stopping early', ['early_stopping', 'early_stopping_patience', 'early_stopping_delay']],
  [
    'Optimizer',
    [
      'momentum',
      'nesterov',
      'weight_decay',
      'beta1',
      'beta2',
      'amsgrad',
      'gradient_clip_norm',
      'weight_average_decay',
      'grad_accumulation_step',
    ],
  ],
];
const REST = 'Machine and records';

export function formGroups(model: string, task: string): FormGroup[] {
  const card = findModel(model);
  if (card === null) return [];
  const fields = new Map(hyperparametersOf(card, task).map((entry) => [entry.name, fieldOf(entry)]));
  const named = new Set(GROUPS.flatMap(([, names]) => names));
  const rest = [...fields.keys()].filter((name) => !named.has(name));
  return [...GROUPS, [REST, rest] as const]
    .map(([title, names]) => ({ title, fields: names.flatMap((name) => fields.get(name) ?? []) }))
    .filter((group) => group.fields.length > 0);
}

function fieldOf({ name, domain, default: value, meaning }: Hyperparameter): FormField {
  const kind = domain.kind === 'flag' || domain.kind === 'choice' ? domain.kind : 'text';
  const values = domain.kind === 'choice' ? domain.values.map(String) : [];
  return { name, kind, values, default: value === null ? '' : String(value), meaning, range: describe(domain) };
}

/** What is wrong with what was typed, by name; nothing typed is never wrong. */
export function problemsOf(
  model: string,
  task: string,
  given: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const card = findModel(model);
  if (card === null) return new Map();
  return new Map(resolveFor(card, settings(given), task).problems.map(({ name, message }) => [name, message]));
}

/** What differs from the defaults: what was typed. */
export function settings(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .map(([name, text]) => [name, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  );
}

/** The settings of an earlier run, as they would have to be typed for a model and task. */
export function givenLike(
  params: Readonly<Record<string, unknown>>,
  model: string,
  task: string,
): Record<string, string> {
  const fields = formGroups(model, task).flatMap((group) => group.fields);
  return Object.fromEntries(
    fields.flatMap(({ name, default: usual }) => {
      const value = params[name];
      const text = value === null || value === undefined ? '' : String(value);
      return text === usual || text === '' ? [] : [[name, text]];
    }),
  );
}

/**
 * Hyperparameters: names, ranges, defaults and meaning.
 * Source: product specification, sections 6.1 and 6.2; choices on open points from its section 22.
 */

import { assert } from '../core/assert.ts';
import { canonicalName, canonicalValue } from './aliases.ts';
import { readGrid, writeGrid } from './tile-grid.ts';

export type HyperparameterValue = number | string;

export type Domain =
  | { readonly kind: 'integer'; readonly min: number; readonly max?: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly HyperparameterValue[] }
  /** Tiles along width and height, as text: `(3, 2)`. */
  | { readonly kind: 'grid'; readonly most: number };

export interface Hyperparameter {
  readonly name: string;
  readonly domain: Domain;
  /** Null: off unless given. */
  readonly default: HyperparameterValue | null;
  readonly meaning: string;
}

export const positive: Domain = { kind: 'integer', min: 1 };
const natural: Domain = { kind: 'integer', min: 0 };
export const fraction: Domain = { kind: 'number', min: 0, max: 1 };
export const flag: Domain = { kind: 'flag' };

export const row = (
  name: string,
  domain: Domain,
  value: HyperparameterValue | null,
  meaning: string,
): Hyperparameter => ({
  name,
  domain,
  default: value,
  meaning,
});

/** What every model takes. */
export const COMMON: readonly Hyperparameter[] = [
  row('number_of_epochs', positive, 15, 'training epochs'),
  row('training_batch_size', positive, 78, 'images per batch; at most the number of training images'),
  row('validation_batch_size', positive, 78, 'images per evaluation step'),
  row(
    'grad_accumulation_step',
    positive,
    1,
    'batches whose gradients are averaged before one weight update; the rest at the end of an epoch makes one as well',
  ),
  row(
    'synchronize_batch_norm',
    flag,
    0,
    'batch norm sees all batches of an update as one, so that it is that of one large batch; on the CPU',
  ),
  row(
    'freeze_batch_norm',
    flag,
    0,
    'batch norm normalises by the statistics it starts with; its scale and bias still train',
  ),
  row('early_stopping', flag, 1, 'stop when the primary metric no longer improves'),
  row('early_stopping_patience', positive, 5, 'evaluations without improvement before the run stops'),
  row('early_stopping_delay', positive, 5, 'evaluations before improvement is tracked; their best is the baseline'),
  row('learning_rate', fraction, 0.01, 'initial learning rate'),
  row('lr_scheduler', { kind: 'choice', values: ['warmup_cosine', 'step'] }, 'warmup_cosine', 'schedule'),
  row('step_lr_gamma', fraction, 0.5, 'factor of the step schedule'),
  row('step_lr_step_size', positive, 5, 'epochs between steps of the step schedule'),
  row('warmup_cosine_lr_cycles', fraction, 0.45, 'share of a full cosine cycle; 0.5 ends at zero'),
  row('warmup_cosine_lr_warmup_epochs', natural, 2, 'epochs of linear warm-up; 0 for none'),
  row('optimizer', { kind: 'choice', values: ['sgd', 'adam', 'adamw'] }, 'sgd', 'optimizer'),
  row('momentum', fraction, 0.9, 'momentum of sgd; 0 for none'),
  row('weight_decay', fraction, 1e-4, 'L2 penalty of sgd and adam, decoupled weight decay of adamw'),
  row('nesterov', flag, 1, 'Nesterov form of the momentum of sgd'),
  row('beta1', fraction, 0.9, 'decay of the mean gradient of adam and adamw; below 1'),
  row('beta2', fraction, 0.999, 'decay of the mean squared gradient of adam and adamw; below 1'),
  row('amsgrad', flag, 0, 'adam and adamw divide by the largest mean squared gradient so far'),
  row('gradient_clip_norm', { kind: 'number', min: 0, max: 1e6 }, 0, 'longest gradient of an update; 0: not clipped'),
  row('weight_average_decay', fraction, 0, 'final decay of a moving average of the weights, which is kept; 0 for none'),
  row('half_precision', flag, 0, 'on a CUDA card: products in float16, parameters and losses in float32'),
  row('evaluation_frequency', positive, 1, 'evaluate every n-th epoch, and the last'),
  row('checkpoint_frequency', positive, null, 'also keep every n-th epoch; without it only the best one is kept'),
  row('split_ratio', fraction, 0.2, 'validation share of images that have no split of their own'),
  row('layers_to_freeze', natural, null, 'number of leading layer groups that do not train; 0 for none'),
  row('random_seed', natural, 0, 'seed of split, order, augmentation and initial weights'),
  row('number_of_workers', positive, 2, 'threads that decode and augment images'),
];

/** What classification models take besides. */
export const CLASSIFICATION: readonly Hyperparameter[] = [
  row(
    'weighted_loss',
    { kind: 'choice', values: [0, 1, 2] },
    0,
    '0 plain, 1 by sqrt of class weights, 2 by class weights (largest class count / class count)',
  ),
  row('valid_resize_size', positive, 256, 'shorter side before the centre crop, in pixels; at least valid_crop_size'),
  row('valid_crop_size', positive, 224, 'side of the network input in evaluation, in pixels'),
  row('train_crop_size', positive, 224, 'side of the network input in training, in pixels'),
];

/** The rows with other defaults; a name that has no row is a bug. */
export function withDefaults(
  rows: readonly Hyperparameter[],
  defaults: Readonly<Record<string, HyperparameterValue>>,
): readonly Hyperparameter[] {
  for (const name of Object.keys(defaults))
    assert(
      rows.some((row) => row.name === name),
      `no hyperparameter "${name}"`,
    );
  return rows.map((row) => ({ ...row, default: defaults[row.name] ?? row.default }));
}

export type Hyperparameters = Readonly<Record<string, HyperparameterValue | null>>;

export interface Problem {
  readonly name: string;
  readonly message: string;
}

/**
 * Every hyperparameter with its value; or what is wrong, one entry per name. Text is read as a number where one is due, and
 * names of later generations as the canonical ones.
 */
export function resolveHyperparameters(
  table: readonly Hyperparameter[],
  given: Readonly<Record<string, unknown>>,
): { readonly values: Hyperparameters; readonly problems: readonly Problem[] } {
  const known = new Map(table.map((entry) => [entry.name, entry]));
  const problems: Problem[] = [];
  const values = new Map<string, HyperparameterValue | null>(table.map((entry) => [entry.name, entry.default]));
  const givenAs = new Map<string, string>();
  for (const [name, raw] of Object.entries(given)) {
    const canonical = canonicalName(name, (other) => known.has(other));
    const entry = known.get(canonical);
    const value = entry === undefined ? null : parse(entry.domain, canonicalValue(canonical, raw));
    const twin = givenAs.get(canonical);
    givenAs.set(canonical, name);
    if (entry === undefined)
      problems.push({ name, message: `unknown hyperparameter "${name}"${suggestion(name, known)}` });
    else if (twin !== undefined)
      problems.push({ name, message: `${name} and ${twin} are the same hyperparameter: give it once` });
    else if (value === null)
      problems.push({ name, message: `${name} must be ${describe(entry.domain)}, got ${JSON.stringify(raw)}` });
    else values.set(canonical, value);
  }
  return { values: Object.fromEntries(values), problems: [...problems, ...conflicts(values)] };
}

function conflicts(values: ReadonlyMap<string, HyperparameterValue | null>): Problem[] {
  return [...betaConflicts(values), ...sizeConflicts(values), ...tileConflicts(values)];
}

/** Source: product specification, conflict C3. */
function tileConflicts(values: ReadonlyMap<string, HyperparameterValue | null>): Problem[] {
  if (values.get('tile_overlap_ratio') !== 1) return [];
  const message = 'tile_overlap_ratio must be below 1: at 1 every tile would be the whole image';
  return [{ name: 'tile_overlap_ratio', message }];
}

/** The specification's range ends at 1, where a mean takes in nothing and its correction divides by zero. */
function betaConflicts(values: ReadonlyMap<string, HyperparameterValue | null>): Problem[] {
  const optimizer = values.get('optimizer');
  if (optimizer !== 'adam' && optimizer !== 'adamw') return [];
  return ['beta1', 'beta2']
    .filter((name) => values.get(name) === 1)
    .map((name) => ({ name, message: `${name} must be below 1 for ${optimizer}: at 1 no gradient would count` }));
}

function sizeConflicts(values: ReadonlyMap<string, HyperparameterValue | null>): Problem[] {
  const [resize, crop] = [Number(values.get('valid_resize_size')), Number(values.get('valid_crop_size'))];
  if (resize >= crop || !values.has('valid_resize_size')) return [];
  const message = `valid_resize_size ${resize} must be at least valid_crop_size ${crop}: the crop is taken from the resized image`;
  return [{ name: 'valid_resize_size', message }];
}

/** In words, for messages and tables. */
export function describe(domain: Domain): string {
  switch (domain.kind) {
    case 'integer':
      return domain.max === undefined
        ? `a whole number from ${domain.min}`
        : `a whole number from ${domain.min} to ${domain.max}`;
    case 'number':
      return `a number from ${domain.min} to ${domain.max}`;
    case 'flag':
      return '0 or 1';
    case 'choice':
      return `one of ${domain.values.join(', ')}`;
    case 'grid':
      return `two whole numbers from 1 to ${domain.most}, as "(3, 2)"`;
    default:
      return domain satisfies never;
  }
}

/** Whether a value, or a text that is read as one, is in the domain. */
export function takes(domain: Domain, raw: unknown): boolean {
  return parse(domain, raw) !== null;
}

function parse(domain: Domain, raw: unknown): HyperparameterValue | null {
  if (domain.kind === 'choice') return domain.values.find((value) => String(value) === String(raw)) ?? null;
  if (domain.kind === 'grid') return parseGrid(domain.most, raw);
  if (domain.kind === 'flag' && typeof raw === 'string' && /^(true|false)$/i.test(raw))
    return Number(raw.toLowerCase() === 'true');
  const isNumeric =
    typeof raw === 'number' || (typeof raw === 'string' && raw.trim() !== '') || typeof raw === 'boolean';
  const value = isNumeric ? Number(raw) : Number.NaN;
  switch (domain.kind) {
    case 'integer':
      return Number.isSafeInteger(value) && value >= domain.min && value <= (domain.max ?? Number.MAX_SAFE_INTEGER)
        ? value
        : null;
    case 'number':
      return value >= domain.min && value <= domain.max ? value : null;
    case 'flag':
      return value === 0 || value === 1 ? value : null;
    default:
      return domain satisfies never;
  }
}

function parseGrid(most: number, raw: unknown): string | null {
  const grid = readGrid(raw);
  return grid !== null && Math.max(grid.columns, grid.rows) <= most ? writeGrid(grid) : null;
}

/** The closest known name, when one is close. */
function suggestion(name: string, known: ReadonlyMap<string, Hyperparameter>): string {
  const ranked = [...known.keys()].map((other) => ({ other, distance: editDistance(name, other) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, name.length / 3) ? `; did you mean ${best.other}?` : '';
}

/** Source: Wagner and Fischer 1974. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + Number(a[i - 1] !== b[j - 1]);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

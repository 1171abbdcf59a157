/** The numbers of one run that its hyperparameters and its data fix. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { viewsOf } from '../../native-models/catalog/tiling.ts';
import type { OptimizerOptions } from '../../native-models/optim/optimizer.ts';
import type { Schedule } from '../../native-models/optim/schedules.ts';
import type { EarlyStoppingRule } from './early-stopping.ts';
import { stepsPerEpoch } from './order.ts';
import type { TrainJob } from './protocol.ts';
import type { Place } from './step-parts.ts';

export interface Plan {
  readonly epochs: number;
  /** What an epoch goes through: every training image, or of each the whole and its tiles. */
  readonly trainingViews: number;
  /** At most the number of training views. */
  readonly batchSize: number;
  /** Batches of an epoch. */
  readonly steps: number;
  /** Batches of an update; an epoch's last update has what is left. */
  readonly accumulation: number;
  /** Batch norm sees all batches of an update as one. */
  readonly isSynchronised: boolean;
  /** Updates of an epoch. */
  readonly updates: number;
  /** What an evaluation goes through. */
  readonly validationViews: number;
  readonly validationBatchSize: number;
  readonly seed: number;
  readonly workers: number;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly optimizer: OptimizerOptions;
  /** Null: gradients are not clipped. */
  readonly clipNorm: number | null;
  /** Null: no moving average of the weights. */
  readonly averageDecay: number | null;
  readonly evaluationFrequency: number;
  /** Null: only the best epoch is kept. */
  readonly checkpointFrequency: number | null;
  /** Null: off. */
  readonly earlyStopping: EarlyStoppingRule | null;
}

export function planOf(job: Pick<TrainJob, 'params' | 'train' | 'validation'>): Plan {
  const { params } = job;
  const { train: trainingViews, validation: validationViews } = viewCounts(job);
  const batchSize = Math.min(numberOf(params, 'training_batch_size'), trainingViews);
  const steps = stepsPerEpoch(trainingViews, batchSize);
  const accumulation = Math.min(numberOf(params, 'grad_accumulation_step'), steps);
  const checkpointFrequency = params['checkpoint_frequency'];
  return {
    epochs: numberOf(params, 'number_of_epochs'),
    trainingViews,
    batchSize,
    steps,
    accumulation,
    isSynchronised: numberOf(params, 'synchronize_batch_norm') === 1,
    updates: Math.ceil(steps / accumulation),
    validationViews,
    validationBatchSize: Math.min(numberOf(params, 'validation_batch_size'), Math.max(1, validationViews)),
    seed: numberOf(params, 'random_seed'),
    workers: numberOf(params, 'number_of_workers'),
    learningRate: numberOf(params, 'learning_rate'),
    schedule: scheduleOf(params),
    optimizer: optimizerOf(params),
    clipNorm: numberOf(params, 'gradient_clip_norm') || null,
    averageDecay: numberOf(params, 'weight_average_decay') || null,
    evaluationFrequency: numberOf(params, 'evaluation_frequency'),
    checkpointFrequency: typeof checkpointFrequency === 'number' ? checkpointFrequency : null,
    earlyStopping: earlyStoppingOf(params),
  };
}

/** How many views there are of a job's images: more than images where each is also seen in tiles. */
export function viewCounts({ params, train, validation }: Pick<TrainJob, 'params' | 'train' | 'validation'>) {
  const views = viewsOf(params);
  return { train: views * train.length, validation: views * validation.length };
}

/** Where batch `step` of an epoch, from 0, stands in its update, and which update of the epoch that is. */
export function placeOf({ steps, accumulation }: Plan, step: number): Place & { readonly update: number } {
  const update = Math.floor(step / accumulation);
  const first = update * accumulation;
  return { update, index: step - first, count: Math.min(accumulation, steps - first) };
}

export const numberOf = (params: Hyperparameters, name: string): number => Number(params[name]);

function optimizerOf(params: Hyperparameters): OptimizerOptions {
  const kind = params['optimizer'];
  const weightDecay = numberOf(params, 'weight_decay');
  if (kind !== 'adam' && kind !== 'adamw') {
    return { kind: 'sgd', momentum: numberOf(params, 'momentum'), nesterov: params['nesterov'] === 1, weightDecay };
  }
  const [beta1, beta2] = [numberOf(params, 'beta1'), numberOf(params, 'beta2')];
  return { kind, beta1, beta2, amsgrad: params['amsgrad'] === 1, weightDecay };
}

function scheduleOf(params: Hyperparameters): Schedule {
  if (params['lr_scheduler'] === 'step') {
    return { kind: 'step', gamma: numberOf(params, 'step_lr_gamma'), stepSize: numberOf(params, 'step_lr_step_size') };
  }
  return {
    kind: 'warmup_cosine',
    cycles: numberOf(params, 'warmup_cosine_lr_cycles'),
    warmupEpochs: numberOf(params, 'warmup_cosine_lr_warmup_epochs'),
  };
}

function earlyStoppingOf(params: Hyperparameters): EarlyStoppingRule | null {
  if (params['early_stopping'] !== 1) return null;
  return {
    delay: numberOf(params, 'early_stopping_delay'),
    patience: numberOf(params, 'early_stopping_patience'),
  };
}

/** What a run's hyperparameters ask of its training step, whatever the loss. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { frozenPrefixes, type ModelCard } from '../../native-models/catalog.ts';
import type { StepOptions } from '../../native-models/training/step.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { type Device, familyOf } from '../devices/device.ts';
import { numberOf, type Plan } from './plan.ts';
import type { TrainJob } from './protocol.ts';

/**
 * Of a CPU: four megabytes and no more lie between one wide layer and the next. The MLPs of a ViT-S/16 step of 8 images run in three
 * parts so, and the step takes 2 to 3 % less time than with 9.7 MB at once. A graphics card wants its products large.
 */
export const ELEMENTS_AT_ONCE = 2 ** 20;

/** Errors: bad-hyperparameter where half precision was asked for and cannot be had. */
export function stepOptions(
  { params, device }: Pick<TrainJob, 'params' | 'device'>,
  card: ModelCard,
  plan: Plan,
): StepOptions {
  const isHalf = numberOf(params, 'half_precision') === 1;
  refuseHalf(params, device, plan.accumulation);
  return {
    ...(isHalf ? { lossScaling: {} } : {}),
    ...(device === 'cpu' ? { elementsAtOnce: ELEMENTS_AT_ONCE } : {}),
    optimizer: plan.optimizer,
    clipNorm: plan.clipNorm,
    averages: plan.averageDecay !== null,
    ...(card.decays ? { decays: card.decays } : {}),
    keepsStatistics: numberOf(params, 'freeze_batch_norm') === 1,
    frozenPrefixes: frozenPrefixes(card, numberOf(params, 'layers_to_freeze')),
  };
}

/**
 * `accumulation`: of the run as it is, which may have come to more than was asked for.
 * Errors: bad-hyperparameter where half precision was asked for and cannot be had.
 */
export function refuseHalf(params: Hyperparameters, device: Device, accumulation: number): void {
  if (numberOf(params, 'half_precision') !== 1) return;
  const fail = (problem: string) =>
    new AppError('bad-hyperparameter', `half_precision ${problem}`, { device, accumulation });
  if (familyOf(device) !== 'cuda') throw fail(`needs a CUDA card, this run is on ${device}`);
  if (accumulation > 1) throw fail(`works with grad_accumulation_step 1, this run has come to ${accumulation}`);
}

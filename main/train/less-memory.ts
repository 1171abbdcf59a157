/**
 * What a run does when memory runs out: it goes on with half the images a batch. Twice the batches then make an update,
 * so the update sees as many images as before; batch norm alone sees the difference, unless it is synchronised.
 */

import { messageOf } from '../../preload/contract/errors.ts';
import type { Device } from '../devices/device.ts';
import { explainDeviceFailure } from '../devices/explain.ts';
import { numberOf, viewCounts } from './plan.ts';
import type { TrainJob } from './protocol.ts';

export type Phase = 'training' | 'evaluating';

/** The hyperparameters that decide how many images are in memory at a time, as a run has come to use them. */
export interface BatchSizes {
  readonly training_batch_size: number;
  readonly grad_accumulation_step: number;
  readonly validation_batch_size: number;
}

export interface LessMemory {
  readonly batches: BatchSizes;
  /** What a person should know of the change. */
  readonly note: string;
}

/** How the runtime, the C++ library and the JavaScript engine say that memory ran out. */
const OUT_OF_MEMORY =
  /failed to allocate memory|bad_alloc|array buffer allocation failed|invalid (typed )?array length|invalid array buffer length|out of memory/i;

/** Whether an error means that memory ran out, in the words of the device or of this process. */
export function isOutOfMemory(error: unknown, device: Device): boolean {
  const text = messageOf(error);
  return explainDeviceFailure(device, text)?.code === 'out-of-memory' || OUT_OF_MEMORY.test(text);
}

/** The batch sizes a job is to begin with. */
export function batchSizesOf(job: Pick<TrainJob, 'params' | 'train' | 'validation'>): BatchSizes {
  const { params } = job;
  const { train, validation } = viewCounts(job);
  return {
    training_batch_size: Math.min(numberOf(params, 'training_batch_size'), train),
    grad_accumulation_step: numberOf(params, 'grad_accumulation_step'),
    validation_batch_size: Math.min(numberOf(params, 'validation_batch_size'), validation),
  };
}

/** The same job with these batch sizes. */
export function withBatchSizes(job: TrainJob, batches: BatchSizes): TrainJob {
  return { ...job, params: { ...job.params, ...batches } };
}

/** Half of what was too much; null when that is a single image already. */
export function halved(batches: BatchSizes, phase: Phase, isSynchronised = false): LessMemory | null {
  const { training_batch_size: training, grad_accumulation_step: steps, validation_batch_size: validation } = batches;
  if (phase === 'evaluating' && validation > 1) {
    const half = Math.ceil(validation / 2);
    const note = `memory ran out while evaluating ${validation} images at a time: goes on with validation_batch_size ${half}`;
    return { batches: { ...batches, validation_batch_size: half }, note };
  }
  if (training === 1) return null;
  const half = Math.ceil(training / 2);
  const note =
    `memory ran out with training_batch_size ${training}: goes on with ${half}, and grad_accumulation_step ` +
    `${2 * steps} in place of ${steps}; batch norm ${isSynchronised ? 'still sees all images of an update' : `sees ${half} images at a time`}`;
  return { batches: { ...batches, training_batch_size: half, grad_accumulation_step: 2 * steps }, note };
}

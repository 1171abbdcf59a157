/**
 * Whether a trial's memory is there. What a trial needs is measured once for all trials that are alike in it, by a very
 * short run in a process of its own; a trial that does not fit waits for others to end, and one that does not fit alone
 * has its batch halved, and its accumulation doubled, until it does.
 * On a graphics card trials run one at a time, and a run that outgrows the card halves its batch itself.
 */

import { AppError } from '../../preload/contract/errors.ts';
import { familyOf } from '../devices/device.ts';
import { DEFAULT_CACHE_BYTES } from '../images/feed.ts';
import { runInChild } from '../train/host.ts';
import { type BatchSizes, batchSizesOf, halved, withBatchSizes } from '../train/less-memory.ts';
import type { TrainJob } from '../train/protocol.ts';

/** Bytes a job needs; null when it ran out of memory or was ended for it. */
export type Measure = (job: TrainJob, signal: AbortSignal) => Promise<number | null>;

export interface Admission {
  /** The batch sizes to begin with; null: those it asks for. */
  readonly batches: BatchSizes | null;
  readonly bytes: number;
  readonly note: string | null;
}

/** Hyperparameters that decide how much memory a run needs, beside its model. */
const OF_MEMORY = [
  'training_batch_size',
  'validation_batch_size',
  'grad_accumulation_step',
  'train_crop_size',
  'valid_crop_size',
  'valid_resize_size',
  'optimizer',
  'amsgrad',
  'weight_average_decay',
  'gradient_clip_norm',
  'layers_to_freeze',
  'number_of_workers',
];

export class MemoryGate {
  private readonly measure: Measure;
  private readonly capacityBytes: number;
  private readonly known = new Map<string, number | null>();

  /** `capacityBytes`: what all trials together may have. */
  constructor(measure: Measure, capacityBytes: number) {
    this.measure = measure;
    this.capacityBytes = capacityBytes;
  }

  /** `takenBytes` by trials that run; null while the job does not fit beside them. */
  async admit(job: TrainJob, takenBytes: number, signal: AbortSignal): Promise<Admission | null> {
    if (familyOf(job.device) !== 'cpu') return { batches: null, bytes: 0, note: null };
    const bytes = await this.bytesOf(job, signal);
    if (bytes !== null && bytes <= this.capacityBytes - takenBytes) return { batches: null, bytes, note: null };
    return takenBytes > 0 ? null : this.smaller(job, signal);
  }

  /** The largest batch that fits; a single image is tried whatever was measured. */
  private async smaller(job: TrainJob, signal: AbortSignal): Promise<Admission> {
    const asked = batchSizesOf(job).training_batch_size;
    let batches = batchSizesOf(job);
    for (;;) {
      const less = halved(batches, 'training');
      const bytes = less === null ? 0 : await this.bytesOf(withBatchSizes(job, less.batches), signal);
      if (less !== null) batches = less.batches;
      if (less !== null && (bytes === null || bytes > this.capacityBytes)) continue;
      const { training_batch_size: size, grad_accumulation_step: steps } = batches;
      const note =
        `training_batch_size ${asked} needs more memory than the ${inGigabytes(this.capacityBytes)} there are: goes on ` +
        `with ${size}, and grad_accumulation_step ${steps}`;
      return { batches, bytes: bytes ?? 0, note };
    }
  }

  private async bytesOf(job: TrainJob, signal: AbortSignal): Promise<number | null> {
    const key = JSON.stringify([job.model, job.threads, ...OF_MEMORY.map((name) => job.params[name])]);
    if (!this.known.has(key)) this.known.set(key, await this.measure(job, signal));
    return this.known.get(key)!;
  }
}

const inGigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Measures in a child; decoded pictures that a long run keeps come on top. Whatever else is wrong, the run itself says. */
export const measureInChild: Measure = async (job, signal) => {
  let peak: number | null = null;
  try {
    await runInChild(
      { kind: 'measure', train: job, device: job.device },
      {
        signal,
        onMessage: (message) => {
          if (message.type === 'measured') peak = message.peakBytes;
        },
      },
    );
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error;
    return isForMemory(error) ? null : 0;
  }
  return peak === null ? null : peak + DEFAULT_CACHE_BYTES;
};

/** The system ends a process without a word when memory runs out. */
const isForMemory = ({ code, details }: AppError): boolean =>
  code === 'out-of-memory' || (code === 'training-process-died' && details['signal'] === 'SIGKILL');

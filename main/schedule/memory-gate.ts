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
import type { MemoryNotes } from './memory-notes.ts';

/** Bytes a job needs; null when it ran out of memory or was ended for it. */
export type Measure = (job: TrainJob, signal: AbortSignal) => Promise<number | null>;

export interface Admission {
  /** The batch sizes to begin with; null: those it asks for. */
  readonly batches: BatchSizes | null;
  readonly bytes: number;
  readonly note: string | null;
}

/** Hyperparameters that change no size of anything; whatever else differs is measured for itself. */
const NOT_OF_MEMORY: ReadonlySet<string> = new Set([
  'number_of_epochs',
  'early_stopping',
  'early_stopping_patience',
  'early_stopping_delay',
  'learning_rate',
  'lr_scheduler',
  'step_lr_gamma',
  'step_lr_step_size',
  'warmup_cosine_lr_cycles',
  'warmup_cosine_lr_warmup_epochs',
  'momentum',
  'weight_decay',
  'nesterov',
  'beta1',
  'beta2',
  'evaluation_frequency',
  'checkpoint_frequency',
  'random_seed',
  'weighted_loss',
]);

export class MemoryGate {
  private readonly measure: Measure;
  private readonly capacityBytes: number;
  private readonly notes: MemoryNotes | null;
  private readonly known = new Map<string, number | null>();

  /** `capacityBytes`: what all trials together may have; `notes`: what was measured before this process. */
  constructor(measure: Measure, capacityBytes: number, notes: MemoryNotes | null = null) {
    this.notes = notes;
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
    const sizes = Object.entries(job.params).filter(([name]) => !NOT_OF_MEMORY.has(name));
    const key = JSON.stringify([job.model, job.threads, ...sizes.sort(([a], [b]) => (a < b ? -1 : 1))]);
    if (!this.known.has(key)) this.known.set(key, this.notes?.get(key) ?? (await this.measured(key, job, signal)));
    return this.known.get(key)!;
  }

  /** What did not fit, or could not be measured, may another time. */
  private async measured(key: string, job: TrainJob, signal: AbortSignal): Promise<number | null> {
    const bytes = await this.measure(job, signal);
    if (bytes !== null && bytes > 0) this.notes?.set(key, bytes);
    return bytes;
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

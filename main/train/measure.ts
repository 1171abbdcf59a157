/** How much memory a run needs, seen by training a very short one: one update, and one batch of validation images. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { viewsOf } from '../../native-models/catalog/tiling.ts';
import { readLast } from './checkpoint.ts';
import { batchSizesOf } from './less-memory.ts';
import type { MeasureJob, TrainJob } from './protocol.ts';
import { type TrainContext, train } from './train.ts';

const KIB = 1024;

/**
 * The most memory this process has had, which has done nothing else; null when memory ran out on the way.
 * Errors: those of `train`.
 */
export async function measure(
  { train: job }: MeasureJob,
  context: Pick<TrainContext, 'checkCancelled' | 'openRunner' | 'cpuWarning'>,
): Promise<number | null> {
  const runFolder = mkdtempSync(join(tmpdir(), 'lightbench-measure-'));
  try {
    const short = shortened(job, runFolder);
    await train(short, { ...context, nowMs: () => performance.now(), send: () => {}, imageCacheBytes: 0 });
    const used = readLast(runFolder).progress.batches;
    const isWhole = used?.training_batch_size === batchSizesOf(short).training_batch_size;
    return isWhole ? process.resourceUsage().maxRSS * KIB : null;
  } finally {
    rmSync(runFolder, { recursive: true, force: true });
  }
}

function shortened(job: TrainJob, runFolder: string): TrainJob {
  const batches = batchSizesOf(job);
  const views = viewsOf(job.params);
  const images = Math.ceil((batches.training_batch_size * Math.min(2, batches.grad_accumulation_step)) / views);
  const short = {
    ...job,
    runFolder,
    resume: false,
    params: { ...job.params, number_of_epochs: 1, evaluation_frequency: 1 },
    train: job.train.slice(0, images),
    validation: job.validation.slice(0, Math.ceil(batches.validation_batch_size / views)),
  };
  return short as TrainJob; // of the same kind of samples
}

/** Trains nothing: a run's curve is a function of its hyperparameters, and a test decides how it goes on and ends. */

import type { Trainer } from '../../main/schedule/trainer.ts';
import { epochsOf, upsertEpoch } from '../../main/store/epochs.ts';
import { finishRun, resumeRun, runById, startRun } from '../../main/store/runs.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { EpochRow } from '../../preload/contract/run.ts';

export interface FakeTrainerOptions {
  /** The primary metric of an epoch, from 1. */
  readonly accuracy?: (params: Readonly<Record<string, unknown>>, epoch: number) => number;
  /** Called before an epoch is told; an error ends the run as failed. */
  readonly beforeEpoch?: (run: string, epoch: number) => void | Promise<void>;
}

/** With the batch size and threads that each run was begun with. */
export interface FakeTrainer extends Trainer {
  readonly begun: { readonly run: string; readonly threads: number; readonly batch: number | null }[];
}

export function fakeTrainer({ accuracy = () => 0.5, beforeEpoch = () => {} }: FakeTrainerOptions = {}): FakeTrainer {
  const begun: { run: string; threads: number; batch: number | null }[] = [];
  const run: Trainer['goOn'] = async (project, id, _threads, listener = {}) => {
    const { db, clock } = project;
    const { params } = runById(db, id);
    try {
      const done = epochsOf(db, id).length;
      for (let epoch = done + 1; epoch <= Number(params['number_of_epochs']); epoch++) {
        await new Promise((resolve) => setImmediate(resolve));
        await beforeEpoch(id, epoch);
        if (listener.signal?.aborted) throw new AppError('cancelled', 'cancelled');
        const row = rowOf(epoch, accuracy(params, epoch));
        upsertEpoch(db, id, { ...row, valid_loss: null });
        listener.onEpoch?.({ row, valid_loss: null, best: null });
      }
      if (listener.signal?.aborted) throw new AppError('cancelled', 'cancelled');
      finishRun(db, id, 'completed', null, clock.nowMs());
    } catch (error) {
      const isCancelled = error instanceof AppError && error.code === 'cancelled';
      finishRun(db, id, isCancelled ? 'cancelled' : 'failed', isCancelled ? null : String(error), clock.nowMs());
      throw error;
    }
  };
  return {
    begun,
    hasBegun: (project, id) => epochsOf(project.db, id).length > 0,
    begin: (project, id, threads, listener, batches) => {
      begun.push({ run: id, threads, batch: batches?.training_batch_size ?? null });
      startRun(project.db, id, project.clock.nowMs());
      return run(project, id, threads, listener);
    },
    goOn: (project, id, threads, listener) => {
      resumeRun(project.db, id);
      return run(project, id, threads, listener);
    },
  };
}

const rowOf = (epoch: number, accuracy: number): EpochRow => ({
  epoch,
  train_loss: 1 / epoch,
  metrics: { accuracy },
  learning_rate: 0.01,
  seconds: 2,
  images_per_second: 10,
  data_wait_seconds: 0,
  per_label_metrics: null,
});

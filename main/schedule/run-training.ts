/**
 * One training run of a project: from what a person asked for to a finished row in the store. The store is written
 * here and nowhere else while the run goes on; the child that trains owns only the run's checkpoint files.
 */

import { mkdirSync } from 'node:fs';
import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { upsertEpoch } from '../store/epochs.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import { addRunNotes, finishRun, type Run, resumeRun, runById, setThresholds, startRun } from '../store/runs.ts';
import { readLast } from '../train/checkpoint.ts';
import { runInChild } from '../train/host.ts';
import { type BatchSizes, withBatchSizes } from '../train/less-memory.ts';
import type { EpochReport, Progress, Scored, TrainJob } from '../train/protocol.ts';
import { labelDigest } from '../train/truth.ts';
import { evaluateRun, writeEvaluation } from './evaluate-run.ts';
import { planRun, type RunRequest } from './plan-run.ts';
import { jobOf } from './run-job.ts';
import { runFolder } from './run-setting.ts';

export interface TrainingRequest extends RunRequest {
  readonly threads: number;
}

export interface TrainingListener {
  readonly onStarted?: (
    run: string,
    facts: { readonly train: number; readonly validation: number; readonly classes: number },
  ) => void;
  readonly onNote?: (text: string) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly onEpoch?: (report: EpochReport) => void;
  /** Aborted with an AppError `cancelled`, its message becomes the run's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Creates a run and trains it to its end. Returns its id.
 * Errors: model-unknown, bad-hyperparameter, too-few-images, weights-invalid before there is a run; afterwards what the
 * run failed with, which its row says too.
 */
export async function trainNew(
  project: WriteProject,
  request: TrainingRequest,
  listener: TrainingListener = {},
): Promise<string> {
  const run = planRun(project, request);
  await trainQueued(project, run, request.threads, listener);
  return run;
}

/**
 * Trains a queued run to its end, with fewer images a batch than it asks for where `batches` says so.
 * Errors: run-not-found, run-wrong-state when it is not queued; run-not-resumable when its images have gone meanwhile;
 * and what the run fails with.
 */
export async function trainQueued(
  project: WriteProject,
  run: string,
  threads: number,
  listener: TrainingListener = {},
  batches: BatchSizes | null = null,
): Promise<void> {
  const { db, clock } = project;
  startRun(db, run, clock.nowMs());
  const plan = () =>
    batches === null ? firstJob(project, run, threads) : withBatchSizes(firstJob(project, run, threads), batches);
  await drive(project, run, plan, listener);
}

/**
 * The job of a run that has not begun.
 * Errors: run-not-found; run-not-resumable when its images have gone or changed.
 */
export function firstJob(project: ReadProject, run: string, threads: number): TrainJob {
  return jobOf(project, runById(project.db, run), { threads, resume: false });
}

/**
 * Goes on with a failed or cancelled run after its last finished epoch, to the curve it would have had.
 * Errors: run-not-found, run-not-resumable (no checkpoint, or its images have changed), and what the run fails with.
 */
export async function trainAgain(
  project: WriteProject,
  run: string,
  threads: number,
  listener: TrainingListener = {},
): Promise<void> {
  const { db } = project;
  const job = unchangedJob(project, run, threads); // before its state changes
  resumeRun(db, run);
  await drive(project, run, () => job, listener);
}

/**
 * The job of a run that can go on as it was.
 * Errors: run-not-found; run-not-resumable without a checkpoint, or when its images or their labels have changed.
 */
export function unchangedJob(project: WriteProject, run: string, threads: number): TrainJob {
  const stored = runById(project.db, run);
  const { progress } = readLast(runFolder(project, run));
  const job = jobOf(project, stored, { threads, resume: true });
  refuseOtherLabels(stored, progress.labels ?? null, labelDigest(job));
  return job;
}

/** A checkpoint of before labels were written down says nothing of them. */
function refuseOtherLabels({ id }: Run, before: string | null, now: string): void {
  if (before === null || before === now) return;
  const message = `run ${id} cannot go on as it was: some of its images have other labels now`;
  throw new AppError('run-not-resumable', message, { run: id });
}

/** Runs the job of a run that is `running` and writes down all it says, its end included. */
async function drive(
  project: WriteProject,
  run: string,
  plan: () => TrainJob,
  listener: TrainingListener,
): Promise<void> {
  const { db, clock } = project;
  const { signal } = listener;
  try {
    const job = plan();
    mkdirSync(job.runFolder, { recursive: true });
    listener.onStarted?.(run, {
      train: job.train.length,
      validation: job.validation.length,
      classes: job.classes.length,
    });
    if (!job.resume) for (const note of runById(db, run).notes) listener.onNote?.(note);
    let scored: Scored | null = null;
    const { reason } = await runInChild(job, {
      ...(signal ? { signal } : {}),
      onMessage: (message) => {
        if (message.type === 'progress') listener.onProgress?.(message.progress);
        if (message.type === 'note') {
          addRunNotes(db, run, [message.text]);
          listener.onNote?.(message.text);
        }
        if (message.type === 'scored') scored = message.scored;
        if (message.type === 'epoch') {
          const { row, valid_loss, thresholds } = message.report;
          db.transaction(() => {
            upsertEpoch(db, run, { ...row, valid_loss });
            if (thresholds !== undefined) setThresholds(db, run, thresholds);
          });
          if (!message.isRepeated) listener.onEpoch?.(message.report);
        }
      },
    });
    await judgeKept(project, run, job, scored);
    finishRun(db, run, 'completed', reason, clock.nowMs());
  } catch (error) {
    const cause = toDiskError(error, project.folder, `train run ${run}`);
    const isCancelled = cause instanceof AppError && cause.code === 'cancelled';
    const reason = messageOf(cause);
    finishRun(db, run, isCancelled ? 'cancelled' : 'failed', isCancelled ? wordsOf(signal) : reason, clock.nowMs());
    throw cause;
  }
}

/** Why it was cancelled, where whoever did it said so. */
const wordsOf = (signal: AbortSignal | undefined): string | null =>
  signal?.reason instanceof AppError ? signal.reason.message : null;

/**
 * Writes the report of the kept model on the validation images. A resumed run may have kept its model in an earlier
 * process; then the images are scored again.
 */
async function judgeKept(project: WriteProject, run: string, job: TrainJob, scored: Scored | null): Promise<void> {
  try {
    if (scored === null) await evaluateRun(project, run, 'validation', job.threads);
    else writeEvaluation(project, run, 'validation', { samples: job.validation, missing: [], scored });
  } catch (error) {
    // The model is trained and kept all the same, and `evaluate` makes the report at any time.
    const reason = messageOf(error);
    addRunNotes(project.db, run, [`the report on the validation images could not be written: ${reason}`]);
  }
}

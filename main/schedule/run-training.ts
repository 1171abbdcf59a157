/**
 * One training run of a project: from what a person asked for to a finished row in the store. The store is written
 * here and nowhere else while the run goes on; the child that trains owns only the run's checkpoint files.
 */

import { mkdirSync } from 'node:fs';
import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { samplesOf } from '../data/training-set.ts';
import { parseDevice } from '../devices/device.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { upsertEpoch } from '../store/epochs.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import { addRunNotes, finishRun, type Run, resumeRun, runById, setThresholds, startRun } from '../store/runs.ts';
import { readLast } from '../train/checkpoint.ts';
import { runInChild } from '../train/host.ts';
import type { EpochReport, Progress, Scores, TrainJob } from '../train/protocol.ts';
import { labelDigest } from '../train/truth.ts';
import { evaluateRun, writeEvaluation } from './evaluate-run.ts';
import { planRun, type RunRequest } from './plan-run.ts';
import { runFolder, settingOf } from './run-setting.ts';

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
 * Trains a queued run to its end.
 * Errors: run-not-found, run-wrong-state when it is not queued; run-not-resumable when its images have gone meanwhile;
 * and what the run fails with.
 */
export async function trainQueued(
  project: WriteProject,
  run: string,
  threads: number,
  listener: TrainingListener = {},
): Promise<void> {
  const { db, clock } = project;
  startRun(db, run, clock.nowMs());
  const stored = runById(db, run);
  await drive(project, run, () => jobOf(project, stored, partsOf(project, stored), threads, false), listener);
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
  const parts = unchangedParts(project, run); // before its state changes
  const job = jobOf(project, runById(db, run), parts, threads, true);
  resumeRun(db, run);
  await drive(project, run, () => job, listener);
}

/**
 * The images of a run that can go on as it was.
 * Errors: run-not-found; run-not-resumable without a checkpoint, or when its images or their labels have changed.
 */
export function unchangedParts(project: WriteProject, run: string): Pick<TrainJob, 'train' | 'validation'> {
  const stored = runById(project.db, run);
  const { progress } = readLast(runFolder(project, run));
  const parts = partsOf(project, stored);
  refuseOtherLabels(stored, progress.labels ?? null, labelDigest(parts));
  return parts;
}

function partsOf(project: WriteProject, run: Run): Pick<TrainJob, 'train' | 'validation'> {
  return { train: sameSamples(project, run, 'train'), validation: sameSamples(project, run, 'validation') };
}

function sameSamples(project: WriteProject, run: Run, part: 'train' | 'validation') {
  const { samples, missing } = samplesOf(project, run.classes, run.split[part]);
  if (missing.length === 0) return samples;
  const message = `run ${run.id} cannot go on as it was: ${missing.length} of its ${part} images are gone or have another label`;
  throw new AppError('run-not-resumable', message, { run: run.id, missing });
}

/** A checkpoint of before labels were written down says nothing of them. */
function refuseOtherLabels({ id }: Run, before: string | null, now: string): void {
  if (before === null || before === now) return;
  const message = `run ${id} cannot go on as it was: some of its images have other labels now`;
  throw new AppError('run-not-resumable', message, { run: id });
}

function jobOf(
  project: ReadProject,
  run: Run,
  parts: Pick<TrainJob, 'train' | 'validation'>,
  threads: number,
  resume: boolean,
): TrainJob {
  return {
    kind: 'train',
    runFolder: runFolder(project, run.id),
    ...settingOf(project, run, threads),
    device: parseDevice(run.device),
    params: run.params as Hyperparameters,
    primaryMetric: run.primary_metric,
    ...parts,
    weightsFile: (run.weights?.['file'] as string | undefined) ?? null,
    resume,
  };
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
    let scores: Scores | null = null;
    const { reason } = await runInChild(job, {
      ...(signal ? { signal } : {}),
      onMessage: (message) => {
        if (message.type === 'progress') listener.onProgress?.(message.progress);
        if (message.type === 'note') {
          addRunNotes(db, run, [message.text]);
          listener.onNote?.(message.text);
        }
        if (message.type === 'scored') scores = message.scores;
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
    await judgeKept(project, run, job, scores);
    finishRun(db, run, 'completed', reason, clock.nowMs());
  } catch (error) {
    const cause = toDiskError(error, project.folder, `train run ${run}`);
    const isCancelled = cause instanceof AppError && cause.code === 'cancelled';
    const reason = cause instanceof Error ? cause.message : String(cause);
    finishRun(db, run, isCancelled ? 'cancelled' : 'failed', isCancelled ? null : reason, clock.nowMs());
    throw cause;
  }
}

/**
 * Writes the report of the kept model on the validation images. A resumed run may have kept its model in an earlier
 * process; then the images are scored again.
 */
async function judgeKept(project: WriteProject, run: string, job: TrainJob, scores: Scores | null): Promise<void> {
  try {
    if (scores === null) await evaluateRun(project, run, 'validation', job.threads);
    else writeEvaluation(project, run, 'validation', { samples: job.validation, missing: [], scores });
  } catch (error) {
    // The model is trained and kept all the same, and `evaluate` makes the report at any time.
    const reason = error instanceof Error ? error.message : String(error);
    addRunNotes(project.db, run, [`the report on the validation images could not be written: ${reason}`]);
  }
}

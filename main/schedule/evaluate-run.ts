/** Judges the kept model of a run on a part of its project's images. */

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import { samplesOf } from '../data/training-set.ts';
import { writeDurably } from '../durable-file.ts';
import type { ReadProject } from '../store/project.ts';
import { runSummary } from '../store/run-summaries.ts';
import { type Run, runById } from '../store/runs.ts';
import { epochCheckpoint } from '../train/checkpoint.ts';
import { runInChild } from '../train/host.ts';
import { reportOf } from '../train/judge.ts';
import type { LabelledSample, Scored, Scores } from '../train/protocol.ts';
import { activationOf } from '../train/truth.ts';
import { classSettingOf, evaluationFile, runFolder } from './run-setting.ts';

/** An evaluation without its curves, which are in the file only. */
export type RunEvaluation = Omit<Evaluation, 'curves'>;

/** The kept model of a run: the epoch with the best primary metric. Errors: run-not-found, run-without-model. */
export function keptModel(project: ReadProject, id: string): { run: Run; epoch: number; file: string } {
  const run = runById(project.db, id);
  const { epoch } = runSummary(project.db, id).primary_metric;
  const file = epoch === null ? null : epochCheckpoint(runFolder(project, id), epoch);
  if (epoch !== null && file !== null && existsSync(file)) return { run, epoch, file };
  const message = file === null ? `run ${id} has no evaluated epoch` : `run ${id}: its model ${file} is gone`;
  throw new AppError('run-without-model', `${message}; it has nothing to evaluate or export`, { run: id });
}

/**
 * Scores every image of the part, and writes `evaluation-<split>.json` and `predictions-<split>.jsonl` into the run's
 * folder.
 * Errors: run-not-found, run-without-model, too-few-images, and those of reading images.
 */
export async function evaluateRun(
  project: ReadProject,
  id: string,
  split: Split,
  threads: number,
): Promise<RunEvaluation> {
  const { run, file } = keptModel(project, id);
  const { samples, missing } = samplesOf(project, run.classes, run.split[split]);
  if (samples.length === 0) {
    throw new AppError('too-few-images', `run ${id} has no ${split} images`, { run: id, split });
  }
  const params = run.params as Record<string, number>;
  let scores: Scores | null = null;
  await runInChild(
    {
      kind: 'evaluate',
      ...classSettingOf(project, run, threads),
      checkpoint: file,
      samples,
      resizeSize: params['valid_resize_size']!,
      cropSize: params['valid_crop_size']!,
      batchSize: Math.min(params['validation_batch_size']!, samples.length),
      workers: params['number_of_workers']!,
    },
    {
      onMessage: (message) => {
        if (message.type === 'scored') scores = classScores(message.scored);
      },
    },
  );
  return writeEvaluation(project, id, split, { samples, missing, scores: scores! as Scores });
}

/** Errors: a bug where the job was to find objects. */
export function classScores(scored: Scored): Scores {
  assert(scored.kind === 'classes', `a job of whole images answered with ${scored.kind}`);
  return scored.scores;
}

/** What the kept model said of a part's images, and the images that are no longer there. */
export interface ScoredPart {
  readonly samples: readonly LabelledSample[];
  readonly missing: readonly unknown[];
  readonly scores: Scores;
}

/** Writes the two files of an evaluation. Errors: run-not-found, run-without-model, disk errors. */
export function writeEvaluation(
  project: ReadProject,
  id: string,
  split: Split,
  { samples, missing, scores: { probabilities, loss } }: ScoredPart,
): RunEvaluation {
  const { run, epoch } = keptModel(project, id);
  const { classes } = run;
  const judged = classSettingOf(project, run, 1);
  const draws = rngFrom(run.seed, 'bootstrap', split);
  const { evaluation, curves } = reportOf(judged, samples, probabilities, { draws });
  const told: RunEvaluation = {
    ...{ run: id, task: judged.task, split, epoch, images: samples.length, classes, loss },
    warnings: missing.length > 0 ? [`${missing.length} images are gone or have another label, and are left out`] : [],
    ...evaluation,
  };
  const rows = samples.map(({ path, labels }, i) =>
    JSON.stringify({
      image: relative(project.folder, path),
      label: activationOf(judged.task) === 'softmax' ? classes[labels[0]!] : labels.map((k) => classes[k]!),
      probs: [...probabilities.subarray(i * classes.length, (i + 1) * classes.length)],
      labels: classes,
    }),
  );
  const folder = runFolder(project, id);
  writeDurably(join(folder, `predictions-${split}.jsonl`), `${rows.join('\n')}\n`);
  const report: Evaluation = { ...told, curves: rounded(curves) };
  writeDurably(join(folder, evaluationFile(split)), JSON.stringify(report));
  return told;
}

/** Far finer than a screen, and half the file. */
const CURVE_DIGITS = 7;

/** The same value with its numbers rounded. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return Number(value.toPrecision(CURVE_DIGITS)) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)])) as T;
}

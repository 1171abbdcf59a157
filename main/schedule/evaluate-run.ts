/** Judges the kept model of a run on a part of its project's images. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { Evaluation } from '../../preload/contract/evaluation.ts';
import type { ObjectEvaluation } from '../../preload/contract/object-evaluation.ts';
import type { Split, Task } from '../../preload/contract/tasks.ts';
import { writeDurably } from '../durable-file.ts';
import type { ReadProject } from '../store/project.ts';
import { runSummary } from '../store/run-summaries.ts';
import { runById } from '../store/runs.ts';
import { epochCheckpoint } from '../train/checkpoint.ts';
import type { LabelledSample, ObjectSample, Scored } from '../train/protocol.ts';
import { classJudging } from './class-judging.ts';
import { type JudgeOptions, type Judging, type KeptModel, scoredInChild } from './judging.ts';
import { objectJudging } from './object-judging.ts';
import { evaluationFile, runFolder } from './run-setting.ts';

/** An evaluation without its curves, which are in the file only. */
export type RunEvaluation = Omit<Evaluation, 'curves'> | Omit<ObjectEvaluation, 'curves' | 'threshold_curves'>;

type AnySample = LabelledSample | ObjectSample;

/** How the runs of a task are judged. */
function judgingOf(task: Task): Judging<AnySample> {
  switch (task) {
    case 'image-classification':
    case 'image-classification-multilabel':
      return classJudging as Judging<AnySample>;
    case 'image-object-detection':
    case 'image-instance-segmentation':
      return objectJudging as Judging<AnySample>;
    default:
      return task satisfies never;
  }
}

/** The kept model of a run: the epoch with the best primary metric. Errors: run-not-found, run-without-model. */
export function keptModel(project: ReadProject, id: string): KeptModel {
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
 * Errors: run-not-found, run-without-model, too-few-images, cancelled, and those of reading images.
 */
export async function evaluateRun(
  project: ReadProject,
  id: string,
  split: Split,
  threads: number,
  options: JudgeOptions = {},
): Promise<RunEvaluation> {
  const kept = keptModel(project, id);
  const judging = judgingOf(project.info.task);
  const { samples, missing } = judging.samples(project, kept.run, split);
  if (samples.length === 0) {
    throw new AppError('too-few-images', `run ${id} has no ${split} images`, { run: id, split });
  }
  const scored = await scoredInChild(judging.job(project, kept, samples, threads), options);
  return writeEvaluation(project, id, split, { samples, missing, scored });
}

/** What the kept model said of a part's images, and the images that are no longer there. */
export interface ScoredPart {
  readonly samples: readonly AnySample[];
  readonly missing: readonly unknown[];
  readonly scored: Scored;
}

/** Writes the two files of an evaluation. Errors: run-not-found, run-without-model, disk errors. */
export function writeEvaluation(
  project: ReadProject,
  id: string,
  split: Split,
  { samples, missing, scored }: ScoredPart,
): RunEvaluation {
  const { run, epoch } = keptModel(project, id);
  const warnings =
    missing.length > 0 ? [`${missing.length} images are gone or have another label, and are left out`] : [];
  const part = { run, epoch, split, samples, warnings };
  const { evaluation, rows } = judgingOf(project.info.task).judged(project, part, scored);
  const folder = runFolder(project, id);
  const lines = rows.map((row) => `${JSON.stringify(row)}\n`);
  writeDurably(join(folder, `predictions-${split}.jsonl`), lines.join(''));
  const parts = Object.entries(evaluation);
  const report = parts.map(([name, value]) => [name, CURVES.includes(name) ? rounded(value as unknown) : value]);
  writeDurably(join(folder, evaluationFile(split)), JSON.stringify(Object.fromEntries(report)));
  return Object.fromEntries(parts.filter(([name]) => !CURVES.includes(name))) as unknown as RunEvaluation;
}

const CURVES = ['curves', 'threshold_curves'];

/** Far finer than a screen, and half the file. */
const CURVE_DIGITS = 7;

/** The same value with its numbers rounded. */
function rounded<T>(value: T): T {
  if (typeof value === 'number') return Number(value.toPrecision(CURVE_DIGITS)) as T;
  if (Array.isArray(value)) return value.map(rounded) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, rounded(part)])) as T;
}

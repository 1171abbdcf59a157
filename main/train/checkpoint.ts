/**
 * What a run leaves on disk. `checkpoints/last.safetensors` holds everything needed to go on as if nothing had
 * happened: parameters, statistics, what the optimizer and the moving average keep, and the curve so far. `checkpoints/epoch-0005.safetensors` holds a model
 * worth keeping, and what is needed to use it anywhere.
 */

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type FloatTensor, parseSafetensors, writeSafetensors } from '../../native-models/weights/safetensors.ts';
import { toFloat32, WeightsFormatError } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { RunThresholds } from '../../preload/contract/run.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { writeDurably } from '../durable-file.ts';
import type { BatchSizes } from './less-memory.ts';
import type { EpochReport, Setting } from './protocol.ts';

const FORMAT = 1;
const LAST = 'last.safetensors';

export const checkpointFolder = (runFolder: string): string => join(runFolder, 'checkpoints');
export const epochCheckpoint = (runFolder: string, epoch: number): string =>
  join(checkpointFolder(runFolder), `epoch-${String(epoch).padStart(4, '0')}.safetensors`);
export const lastCheckpoint = (runFolder: string): string => join(checkpointFolder(runFolder), LAST);

export const hasLast = (runFolder: string): boolean => existsSync(lastCheckpoint(runFolder));

export interface RunProgress {
  readonly history: readonly EpochReport[];
  /** Batch sizes the run has come to use; without them, those it was given. */
  readonly batches?: BatchSizes;
  /** Of the labels it learns from and is judged by; see `labelDigest`. */
  readonly labels?: string;
}

/** Everything the run needs to go on. The file replaces the one of the epoch before in one step. */
export function writeLast(runFolder: string, tensors: ReadonlyMap<string, FloatTensor>, progress: RunProgress): void {
  writeDurably(
    lastCheckpoint(runFolder),
    writeSafetensors(tensors, { lightbench: JSON.stringify({ format: FORMAT, ...progress }) }),
  );
}

/**
 * Errors: run-not-resumable when there is no checkpoint, or it is damaged or of another format.
 */
export function readLast(runFolder: string): { values: Map<string, Float32Array>; progress: RunProgress } {
  const path = lastCheckpoint(runFolder);
  const fail = (problem: string, cause?: unknown) =>
    new AppError('run-not-resumable', `${path}: ${problem}`, { file: path }, { cause });
  if (!existsSync(path)) throw fail('there is no checkpoint; the run ended before its first epoch did');
  try {
    const { metadata, tensors } = parseSafetensors(readFileSync(path));
    const progress = JSON.parse(metadata['lightbench'] ?? '{}') as RunProgress & { format?: number };
    if (progress.format !== FORMAT) throw fail(`format ${progress.format}, this version reads ${FORMAT}`);
    const values = new Map([...tensors].map(([name, tensor]) => [name, toFloat32(name, tensor)] as const));
    return { values, progress };
  } catch (error) {
    if (error instanceof WeightsFormatError || error instanceof SyntaxError) throw fail(error.message, error);
    throw error;
  }
}

/** A model worth keeping: parameters and statistics, with what it takes to use them. */
export function writeModel(
  path: string,
  tensors: ReadonlyMap<string, FloatTensor>,
  { task, model, classes, convention }: Setting<Task>,
  epoch: number,
): void {
  const description = JSON.stringify({ format: FORMAT, task, model, classes, convention, epoch });
  writeDurably(path, writeSafetensors(tensors, { lightbench: description }));
}

/** `thresholds.json`: those of the kept model, for people and programs that read the folder without us. */
export function writeThresholds(runFolder: string, thresholds: RunThresholds): void {
  writeDurably(join(runFolder, 'thresholds.json'), `${JSON.stringify(thresholds, null, 1)}\n`);
}

/** Removes kept models but those of the named epochs. */
export function removeModelsBut(runFolder: string, epochs: readonly number[]): void {
  const kept = new Set(epochs.map((epoch) => epochCheckpoint(runFolder, epoch)));
  for (const name of readdirSync(checkpointFolder(runFolder))) {
    const path = join(checkpointFolder(runFolder), name);
    if (/^epoch-\d+\.safetensors$/.test(name) && !kept.has(path)) rmSync(path, { force: true });
  }
}

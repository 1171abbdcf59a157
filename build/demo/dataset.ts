/** Writes a data set of rendered workshop parts: pictures, labels in the formats Lightbench imports, and the full truth. */

import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { AppError } from '../../preload/contract/errors.ts';
import { boxLines, classificationLines, cocoJson, polygonLines } from './annotations.ts';
import { asFileError } from './file-error.ts';
import type { DatasetKind, Job, JobEvent } from './job.ts';
import { PART_LABELS, type PartLabel } from './render/parts.ts';
import type { ImageTruth } from './truth.ts';

export interface DatasetOptions {
  readonly kind: DatasetKind;
  readonly images: number;
  /** Width of a picture; a classification picture is as high, a detection picture three quarters of it. */
  readonly sidePx: number;
  readonly seed: number;
  /** Threads that render; the pictures do not depend on their number. */
  readonly workers: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface DatasetCounts {
  readonly images: number;
  /** Parts that show in some picture, the clutter of classification pictures included. */
  readonly instances: number;
  /** Pictures per label for classification, parts per label for detection. */
  readonly byLabel: Readonly<Record<PartLabel, number>>;
  /** Files beside `images/`, relative to the folder. */
  readonly files: readonly string[];
}

const SMALLEST_SIDE_PX = 32;

/**
 * Makes the folder with `images/` and, for classification, `annotations.jsonl` and `truth.json` (COCO: the main part and
 * the clutter); for detection `annotations.jsonl` (boxes), `polygons.jsonl` and `coco.json`. All of it is made aside and
 * renamed at the end, so the folder is either whole or not there.
 * Errors: bad-argument; folder-exists when the folder holds anything; folder-unwritable; disk-full.
 */
export async function makeDataset(folder: string, options: DatasetOptions): Promise<DatasetCounts> {
  checkOptions(options);
  const target = resolve(folder);
  await checkIsFree(target);
  const aside = join(dirname(target), `.${basename(target)}.unfinished`);
  try {
    await rm(aside, { recursive: true, force: true });
    await mkdir(join(aside, 'images'), { recursive: true });
    const images = await renderAll(aside, options);
    const files = annotationFiles(options.kind, images);
    for (const [name, text] of Object.entries(files)) await writeFile(join(aside, name), text, { flush: true });
    await rmdir(target).catch(ignoreAbsent);
    await rename(aside, target);
    return count(options.kind, images, Object.keys(files));
  } catch (error) {
    // best effort: what is left aside is in nobody's way, and the next run removes it first
    await rm(aside, { recursive: true, force: true }).catch(() => {});
    throw asFileError(error, target);
  }
}

function checkOptions({ images, sidePx, seed, workers }: DatasetOptions): void {
  const check = (name: string, value: number, least: number) => {
    if (Number.isInteger(value) && value >= least) return;
    throw new AppError('bad-argument', `${name}: expected a whole number of at least ${least}, got ${value}`, {
      name,
      value,
    });
  };
  check('images', images, 1);
  check('side', sidePx, SMALLEST_SIDE_PX);
  check('seed', seed, 0);
  check('workers', workers, 1);
}

/** Nothing that is already there may be lost: the folder must be absent or empty. */
async function checkIsFree(target: string): Promise<void> {
  const entries = await readdir(target).catch((error: unknown) => {
    ignoreAbsent(asFileError(error, target));
    return [];
  });
  if (entries.length === 0) return;
  throw new AppError(
    'folder-exists',
    `${target} already holds ${entries.length} files or folders; name an empty or absent one`,
    {
      path: target,
    },
  );
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}

/** Renders all pictures in threads; the truth comes back in the order of the pictures. */
async function renderAll(folder: string, options: DatasetOptions): Promise<ImageTruth[]> {
  const { kind, images, sidePx, seed } = options;
  const threads = Math.min(options.workers, images);
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const truths = new Array<ImageTruth>(images);
  let done = 0;
  const runs = Array.from({ length: threads }, (_, thread) =>
    runThread({ kind, images, sidePx, seed, folder, thread, threads, stop }, (truth) => {
      truths[truth.index] = truth;
      options.onProgress?.(++done, images);
    }),
  );
  // A thread that fails stops the others before their next picture; all have ended before the folder is touched again.
  const ends = await Promise.allSettled(runs);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return truths;
}

function runThread(job: Job, onImage: (truth: ImageTruth) => void): Promise<void> {
  return new Promise((settle, fail) => {
    const give = (error: unknown) => {
      Atomics.store(job.stop, 0, 1);
      fail(error);
    };
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: job });
    worker.on('message', (event: JobEvent) => {
      if (event.type === 'image') onImage(event.truth);
      else give(event.code ? new AppError(event.code, event.message, { ...event.details }) : new Error(event.message));
    });
    worker.on('error', give);
    worker.on('exit', () => settle());
  });
}

function annotationFiles(kind: DatasetKind, images: readonly ImageTruth[]): Record<string, string> {
  return kind === 'classification'
    ? { 'annotations.jsonl': classificationLines(images), 'truth.json': cocoJson(images) }
    : { 'annotations.jsonl': boxLines(images), 'polygons.jsonl': polygonLines(images), 'coco.json': cocoJson(images) };
}

function count(kind: DatasetKind, images: readonly ImageTruth[], files: readonly string[]): DatasetCounts {
  const parts = images.flatMap((image) => image.parts);
  const labelled = kind === 'classification' ? images : parts;
  const byLabel = Object.fromEntries(
    PART_LABELS.map((label) => [label, labelled.filter((item) => item.label === label).length]),
  ) as Record<PartLabel, number>;
  return { images: images.length, instances: parts.length, byLabel, files };
}

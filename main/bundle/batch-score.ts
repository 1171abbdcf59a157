/**
 * Scores many images into a file, with several processes. An image that kills its process or takes too long is tried again
 * and then put down as failed; the others go on.
 * Source: product specification, section 16.6.
 */

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { ImageScore } from '../train/protocol.ts';
import { type AnyOpenedBundle, anyReply } from './any-bundle.ts';
import type { BatchLines } from './batch-lines.ts';
import { ScoringProcess } from './scoring-process.ts';

export interface BatchOptions {
  readonly processes: number;
  /** For one image. */
  readonly timeoutMs: number;
  /** How often an image is tried again when its process dies. */
  readonly retries: number;
  readonly signal?: AbortSignal;
  readonly onScored?: (done: number, of: number) => void;
}

export interface BatchResult {
  readonly scored: number;
  readonly failed: number;
  /** Had a score in the file already. */
  readonly skipped: number;
}

const EXTENSION = /\.(jpe?g|png|gif|webp|tiff?|bmp|avif)$/i;

/** Image files: those named, and below folders all that look like one, in order. Errors: file-missing. */
export function imagesAt(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const kind = statSync(path, { throwIfNoEntry: false });
    if (kind === undefined) throw new AppError('file-missing', `there is no ${path}`, { file: path });
    if (!kind.isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => EXTENSION.test(name))
      .sort()
      .map((name) => join(path, name));
  });
}

/** Errors: bundle-invalid, bad-hyperparameter; cancelled, after which another call goes on; those of the file. */
export async function batchScore(
  bundle: AnyOpenedBundle,
  images: readonly string[],
  lines: BatchLines,
  { processes, timeoutMs, retries, signal, onScored }: BatchOptions,
): Promise<BatchResult> {
  const left = images.filter((image) => !lines.scored.has(image));
  const threads = Math.max(1, Math.floor(bundle.job.threads / processes));
  const waiting = left[Symbol.iterator]();
  let [scored, failed] = [0, 0];
  const work = async () => {
    const process = new ScoringProcess({ ...bundle.job, threads }, { timeoutMs });
    try {
      await process.start();
      for (const image of waiting) {
        if (signal?.aborted) throw new AppError('cancelled', 'cancelled; the same command goes on');
        const reply = anyReply(bundle, image, await tried(process, image, retries));
        lines.append(reply);
        if ('error' in reply) failed += 1;
        else scored += 1;
        onScored?.(scored + failed, left.length);
      }
    } finally {
      await process.close();
    }
  };
  const workers = Array.from({ length: Math.min(processes, Math.max(1, left.length)) }, work);
  const outcomes = await Promise.allSettled(workers);
  const broken = outcomes.find((outcome) => outcome.status === 'rejected');
  if (broken) throw broken.reason;
  return { scored, failed, skipped: images.length - left.length };
}

/** What becomes of an image whose process may die of it. */
export async function tried(
  process: Pick<ScoringProcess, 'score'>,
  image: string,
  retries: number,
): Promise<ImageScore> {
  for (let left = retries; ; left--) {
    try {
      return await process.score({ path: resolve(image) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (left > 0) continue;
      return { error: { code: error.code, message: `${image}: ${error.message}`, details: error.details } };
    }
  }
}

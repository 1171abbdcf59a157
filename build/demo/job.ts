/** What one rendering thread is told and what it answers. */

import { permutation, rngFrom } from '../../native-models/core/rng.ts';
import type { ErrorCode } from '../../preload/contract/errors.ts';
import { PART_LABELS, type PartLabel } from './render/parts.ts';
import type { SceneOptions } from './render/scene.ts';
import type { ImageTruth } from './truth.ts';

export type DatasetKind = 'classification' | 'detection';

export interface Job {
  readonly kind: DatasetKind;
  readonly images: number;
  readonly sidePx: number;
  readonly seed: number;
  /** Folder that holds `images/`. */
  readonly folder: string;
  /** This thread renders every `threads`-th picture, from number `thread` on. */
  readonly thread: number;
  readonly threads: number;
  /** One number in shared memory; a thread stops before its next picture once it is not 0. */
  readonly stop: Int32Array;
}

export type JobEvent =
  | { readonly type: 'image'; readonly truth: ImageTruth }
  | { readonly type: 'failed'; readonly code: ErrorCode | null; readonly message: string; readonly details: object };

/** `images/part-0001.jpg` for picture 0: numbers are as wide as the last one needs, at least four digits. */
export function imagePath(index: number, images: number): string {
  const digits = Math.max(4, String(images).length);
  return `images/part-${String(index + 1).padStart(digits, '0')}.jpg`;
}

/** The label of every picture of a classification set: all labels equally often, give or take one, in random order. */
export function drawLabels(images: number, seed: number): PartLabel[] {
  const order = permutation(images, rngFrom(seed, 'demo', 'labels'));
  return Array.from(order, (place) => PART_LABELS[place % PART_LABELS.length]!);
}

/** What picture `index` shows: one part in a square, or a bench in a picture three quarters as high as wide. */
export function sceneFor(job: Pick<Job, 'kind' | 'sidePx'>, label: PartLabel): SceneOptions {
  const { sidePx } = job;
  return job.kind === 'classification'
    ? { kind: 'single', label, widthPx: sidePx, heightPx: sidePx }
    : { kind: 'bench', widthPx: sidePx, heightPx: Math.round(0.75 * sidePx) };
}

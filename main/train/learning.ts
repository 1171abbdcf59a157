/** What of a training run depends on what its model is to learn: classes of whole images, or objects in them. */

import type { Network } from '../../native-models/nn/module.ts';
import type { EpochLabel, RunThresholds } from '../../preload/contract/run.ts';
import type { Batch, BatchFeed } from '../images/feed.ts';
import type { Scored } from './protocol.ts';
import type { Feeds } from './runtime.ts';
import type { RunPrograms } from './step-runner.ts';

/** What a model is worth on the validation images. */
export interface Judgement {
  /** Null where none is worked out. */
  readonly loss: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
  /** In order of class; null where there are none. */
  readonly perLabel: EpochLabel[] | null;
  /** Chosen for this model, by class; null where the task has none. */
  readonly thresholds: RunThresholds['classes'] | null;
  /** What it said of the images. */
  readonly scored: Scored;
}

/** Judges one model after another. */
export interface Judge {
  /** `onBatch` hears how many views of images are done, and ends the work by throwing. */
  judge(
    values: ReadonlyMap<string, Float32Array>,
    feed: BatchFeed,
    onBatch: (views: number) => void,
  ): Promise<Judgement>;
  release(): Promise<void>;
}

export interface Learning {
  readonly network: Network;
  /** What a person should know of how it is done. */
  readonly notes: readonly string[];
  /** One program for a whole step, or several where several batches make an update. */
  programs(): RunPrograms;
  /** How an epoch is learnt: as this is, or the same from pictures of another size. */
  inEpoch(epoch: number): Learning;
  /** Keeps decoded pictures up to `cacheBytes`. */
  openTraining(cacheBytes: number): BatchFeed;
  openValidation(cacheBytes: number): BatchFeed;
  /** The images and the truth of a batch, as the programs take them. */
  feedsOf(batch: Batch): Feeds;
  openJudge(): Promise<Judge>;
}

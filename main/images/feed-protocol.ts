/** What travels between the batch feed and its worker threads. Pixels go through shared memory, not through messages. */

import type { ErrorRecord } from './error-record.ts';
import { type ObjectSample, type ObjectTransform, viewsPerPicture } from './objects/object-views.ts';
import type { TargetOrder } from './objects/view-targets.ts';

export interface FeedSample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
}

export type FeedTransform =
  | { readonly kind: 'train'; readonly cropSize: number; readonly seed: number }
  | { readonly kind: 'evaluation'; readonly resizeSize: number; readonly cropSize: number };

/** Pictures a worker is at at once, so that one is augmented here while libvips decodes another. */
export const LANES = 2;
export const NONE = -1;

/** What is seen of which samples: pictures whose class is to be told, or pictures with objects to be found. */
export type FeedContent =
  | { readonly samples: readonly FeedSample[]; readonly transform: FeedTransform }
  | {
      readonly samples: readonly ObjectSample[];
      readonly transform: ObjectTransform;
      /** What a training step is fed of their objects; null where what is true is known from the samples. */
      readonly targets: TargetOrder | null;
    };

/** How many views there are of each sample: views are numbered sample after sample. */
export const viewsOfSample = (content: FeedContent): number =>
  'targets' in content ? viewsPerPicture(content.transform) : 1;

/** Given to a worker once, at its start. */
export interface FeedWorkerSettings {
  readonly content: FeedContent;
  readonly batchSize: number;
  /** One buffer per batch slot. */
  readonly slots: readonly SharedArrayBuffer[];
  readonly cacheBytes: number;
  /** Shared. Which views the worker is making, one a lane; `NONE` where it rests. */
  readonly underWay: Int32Array;
}

/** A worker's share of one batch: view `views[i]` goes to place `positions[i]` of the slot. */
export interface FeedTask {
  readonly job: number;
  readonly slot: number;
  readonly epoch: number;
  readonly views: Int32Array;
  readonly positions: Int32Array;
}

export type FeedRequest = FeedTask | 'close';

export interface FeedReply {
  readonly job: number;
  readonly error: ErrorRecord | null;
  /** Pictures that the worker remembers. */
  readonly kept: number;
}

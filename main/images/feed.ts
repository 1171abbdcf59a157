/**
 * Batches for training and evaluation, made by worker threads ahead of time. Each batch lies in a slot of shared
 * memory that the workers fill and the runtime reads, with no copy in between; while one slot is being read, the others
 * are filled, so a caller that blocks its thread for a whole training step still finds the next batch ready.
 */

import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
// libvips must be loaded by the main thread first, or its libraries are unloaded with the first worker that ends.
import 'sharp';
import { AppError } from '../../preload/contract/errors.ts';
import { fromErrorRecord } from './error-record.ts';
import { checkSizes } from './evaluation.ts';
import {
  type FeedContent,
  type FeedReply,
  type FeedRequest,
  type FeedTask,
  type FeedWorkerSettings,
  LANES,
  NONE,
  viewsOfSample,
} from './feed-protocol.ts';
import { type BatchObjects, FeedSlot } from './feed-slot.ts';

export type { FeedContent, FeedSample, FeedTransform } from './feed-protocol.ts';
export type { BatchObjects } from './feed-slot.ts';

export type FeedOptions = FeedContent & FeedLimits;

export interface FeedLimits {
  readonly batchSize: number;
  /** Threads, at least 1. */
  readonly workers: number;
  /** Batches made ahead of the one being read, at least 1. */
  readonly prefetch?: number;
  /** Room for decoded pictures, over all workers. */
  readonly cacheBytes?: number;
  /** The program the workers run; one that can make targets where some are ordered. */
  readonly entry?: URL;
}

/** Valid until the next batch is asked for: its memory is then filled anew. */
export interface Batch {
  /** Shapes: [count, 3, height, width], 0..255, not normalised. Lies in shared memory. */
  readonly images: Uint8Array;
  /** Of pictures with objects; null of others. Lies in shared memory. */
  readonly objects: BatchObjects | null;
  /** Which of the feed's views they are. Shapes: [count]. */
  readonly indices: Int32Array;
  /** The batch size, or less for the last batch. */
  readonly count: number;
}

const DEFAULT_PREFETCH = 3;
const ENTRY = new URL('./feed-worker.ts', import.meta.url);

/** Room for decoded pictures, over all workers, unless a caller knows better. */
export const DEFAULT_CACHE_BYTES: number = 512 * 1024 * 1024;

interface Job {
  sharesLeft: number;
  error: Error | null;
  readonly settle: (error: Error | null) => void;
}

export class BatchFeed {
  private readonly paths: readonly string[];
  private readonly viewsOfSample: number;
  private readonly batchSize: number;
  private readonly slots: readonly FeedSlot[];
  private readonly workers: readonly Worker[];
  private readonly exits: readonly Promise<void>[];
  private readonly jobs = new Map<number, Job>();
  /** By worker. */
  private readonly keptBy: number[] = [];
  private lastJob = 0;
  private isReading = false;
  private isClosing = false;
  private broken: Error | null = null;

  /** Errors: bad-hyperparameter when the crop would be larger than the resized picture. */
  constructor(options: FeedOptions) {
    const { transform, batchSize, workers } = options;
    const { prefetch = DEFAULT_PREFETCH, cacheBytes = DEFAULT_CACHE_BYTES } = options;
    assert(batchSize >= 1 && workers >= 1 && prefetch >= 1, 'batchSize, workers and prefetch must be at least 1');
    if (transform.kind === 'evaluation') checkSizes(transform.resizeSize, transform.cropSize);
    const content = contentOf(options);
    this.paths = content.samples.map(({ path }) => path);
    this.viewsOfSample = viewsOfSample(content);
    this.batchSize = batchSize;
    this.slots = Array.from({ length: prefetch + 1 }, () => new FeedSlot(content, batchSize));
    const slots = this.slots.map(({ memory }) => memory);
    const settings = { content, batchSize, slots, cacheBytes: cacheBytes / workers };
    this.workers = Array.from({ length: workers }, (_, i) => this.startWorker(i, options.entry ?? ENTRY, settings));
    this.exits = this.workers.map((worker) => new Promise((resolve) => worker.once('exit', () => resolve())));
  }

  /** How many samples need no decoding any more. */
  get kept(): number {
    return this.keptBy.reduce((sum, kept) => sum + kept, 0);
  }

  /**
   * The views `order` names by index, in that order, in batches: samples, or sample after sample what is seen of each
   * where pictures are seen in tiles. Read one epoch to its end, or break off, before the
   * next is begun.
   * Errors: those of decoding, naming the file, when the batch that needs it is reached; image-unreadable also when a
   * worker died of it.
   */
  async *batches(order: Int32Array, epoch: number): AsyncGenerator<Batch, void, undefined> {
    assert(!this.isReading && !this.isClosing, 'one epoch at a time, and none after close');
    this.isReading = true;
    const total = Math.ceil(order.length / this.batchSize);
    const made: Promise<Error | null>[] = [];
    try {
      for (let batch = 0; batch < total; batch++) {
        while (made.length < Math.min(total, batch + this.slots.length)) {
          made.push(this.dispatch(order, made.length, epoch));
        }
        const error = await made[batch]!;
        if (error !== null) throw error;
        yield this.read(order, batch);
      }
    } finally {
      // Nobody may write to a slot that the next epoch hands out.
      await Promise.all(made);
      this.isReading = false;
    }
  }

  /** Ends the workers and waits until they are gone. Closing twice is harmless. */
  async close(): Promise<void> {
    if (!this.isClosing) {
      this.isClosing = true;
      for (const worker of this.workers) worker.postMessage('close' satisfies FeedRequest);
    }
    await Promise.all(this.exits);
  }

  private indicesOf(order: Int32Array, batch: number): Int32Array {
    return order.subarray(batch * this.batchSize, (batch + 1) * this.batchSize);
  }

  private sampleOf(view: number): number {
    return Math.floor(view / this.viewsOfSample);
  }

  private read(order: Int32Array, batch: number): Batch {
    const indices = this.indicesOf(order, batch);
    const slot = this.slots[batch % this.slots.length]!;
    return { ...slot.read(indices.length), indices, count: indices.length };
  }

  /** Resolves with the first error of the batch, or null. Views of a sample always go to one worker, which remembers it. */
  private dispatch(order: Int32Array, batch: number, epoch: number): Promise<Error | null> {
    if (this.broken !== null) return Promise.resolve(this.broken);
    const indices = this.indicesOf(order, batch);
    const shares = this.workers.map(() => ({ views: [] as number[], positions: [] as number[] }));
    indices.forEach((index, position) => {
      const share = shares[this.sampleOf(index) % shares.length]!;
      share.views.push(index);
      share.positions.push(position);
    });
    const job = ++this.lastJob;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    this.jobs.set(job, { sharesLeft: shares.length, error: null, settle: resolve });
    shares.forEach(({ views, positions }, worker) => {
      const task: FeedTask = {
        job,
        slot: batch % this.slots.length,
        epoch,
        views: Int32Array.from(views),
        positions: Int32Array.from(positions),
      };
      this.workers[worker]!.postMessage(task);
    });
    return promise;
  }

  private startWorker(index: number, entry: URL, settings: Omit<FeedWorkerSettings, 'underWay'>): Worker {
    const underWay = new Int32Array(new SharedArrayBuffer(4 * LANES)).fill(NONE);
    const workerData: FeedWorkerSettings = { ...settings, underWay };
    const worker = new Worker(entry, { workerData });
    worker.on('message', (reply: FeedReply) => {
      this.keptBy[index] = reply.kept;
      this.collect(reply);
    });
    worker.on('error', (error: unknown) => this.fail(this.deathOf(underWay, String(error))));
    worker.on('exit', (code) => {
      if (!this.isClosing) this.fail(this.deathOf(underWay, `code ${code}`));
    });
    return worker;
  }

  /** What to say of a worker's end, with the pictures it was at. */
  private deathOf(underWay: Int32Array, how: string): Error {
    const paths = [...underWay].filter((index) => index !== NONE).map((index) => this.paths[this.sampleOf(index)]!);
    if (paths.length === 0) return new Error(`an image worker died (${how})`);
    const message = `${paths.join(' or ')}: an image worker died while decoding it (${how})`;
    return new AppError('image-unreadable', message, { file: paths[0], files: paths, cause: how });
  }

  private collect({ job: id, error }: Omit<FeedReply, 'kept'>): void {
    const job = this.jobs.get(id);
    if (job === undefined) return; // settled already, by a worker that died
    if (error !== null) job.error ??= fromErrorRecord(error);
    job.sharesLeft -= 1;
    if (job.sharesLeft > 0) return;
    this.jobs.delete(id);
    job.settle(job.error);
  }

  /** A worker has died: nothing it owes will come, so everything outstanding ends here. */
  private fail(error: Error): void {
    this.broken ??= error;
    for (const job of this.jobs.values()) job.settle(this.broken);
    this.jobs.clear();
  }
}

/** Without what workers need not know. */
function contentOf(options: FeedContent): FeedContent {
  return 'targets' in options
    ? { samples: options.samples, transform: options.transform, targets: options.targets }
    : { samples: options.samples, transform: options.transform };
}

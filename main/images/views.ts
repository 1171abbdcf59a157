/**
 * Samples to network inputs, with a memory: what decoding gives is kept while there is room, so that later epochs only
 * augment. A kept picture is exactly the one that decoding would give again, so the memory changes times, never values.
 */

import { rngFrom } from '../../native-models/core/rng.ts';
import { augmentForTraining } from './augment.ts';
import { decode, decodeReduced } from './decode.ts';
import { resizeForEvaluation } from './evaluation.ts';
import type { FeedSample, FeedTransform } from './feed-protocol.ts';
import type { Pixels } from './pixels.ts';

/**
 * Training pictures are reduced to no less than this many crop sides on their shorter side as they are decoded. An
 * average crop has sqrt(0.675) = 0.82 of a side, so it is still larger than what the network sees.
 */
const REDUCED_CROP_SIDES = 1.5;

export class ViewMaker {
  private readonly transform: FeedTransform;
  private readonly cacheBytes: number;
  private readonly decoded = new Map<number, Pixels>();
  private readonly finished = new Map<number, Uint8Array>();
  private usedBytes = 0;

  /** `cacheBytes` is never exceeded. Every epoch asks for each picture once, so keeping the first ones beats replacing. */
  constructor(transform: FeedTransform, cacheBytes: number) {
    this.transform = transform;
    this.cacheBytes = cacheBytes;
  }

  /**
   * What the network sees of a sample in an epoch.
   * Shapes: planes [3, cropSize, cropSize].
   * Errors: as `decode`.
   */
  async view(sample: FeedSample, epoch: number): Promise<Uint8Array> {
    const { transform } = this;
    if (transform.kind === 'evaluation') return this.evaluationView(sample, transform);
    const rng = rngFrom(transform.seed, 'augment', epoch, sample.id);
    const pixels = await this.reduced(sample, Math.ceil(transform.cropSize * REDUCED_CROP_SIDES));
    return augmentForTraining(pixels, { cropSize: transform.cropSize, rng });
  }

  /** Pictures that need no decoding any more. */
  get kept(): number {
    return this.decoded.size + this.finished.size;
  }

  private async reduced(sample: FeedSample, shorterSidePx: number): Promise<Pixels> {
    const known = this.decoded.get(sample.id);
    if (known !== undefined) return known;
    const pixels = await decodeReduced(sample.path, shorterSidePx);
    if (!this.decoded.has(sample.id) && this.claim(pixels.data.length)) this.decoded.set(sample.id, pixels);
    return pixels;
  }

  private async evaluationView(
    sample: FeedSample,
    sizes: Extract<FeedTransform, { kind: 'evaluation' }>,
  ): Promise<Uint8Array> {
    const known = this.finished.get(sample.id);
    if (known !== undefined) return known;
    const view = resizeForEvaluation(await decode(sample.path), sizes);
    if (!this.finished.has(sample.id) && this.claim(view.length)) this.finished.set(sample.id, view);
    return view;
  }

  private claim(bytes: number): boolean {
    if (this.usedBytes + bytes > this.cacheBytes) return false;
    this.usedBytes += bytes;
    return true;
  }
}

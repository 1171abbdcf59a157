/** Finds objects in images with a detector whose parameters may change between calls. */

import type { DetectionThresholds, Detector } from '../../native-models/detection/detector.ts';
import type { FoundObject } from '../../native-models/detection/merge-views.ts';
import type { Size } from '../../native-models/geometry/box.ts';
import { type Packing, packings } from '../../native-models/onnx/packing.ts';
import { detectionProgram } from '../../native-models/training/detection.ts';
import type { Batch, BatchFeed } from '../images/feed.ts';
import { viewsPerPicture } from '../images/objects/object-views.ts';
import { backendFor } from './backends.ts';
import { packedFeeds } from './packed-feeds.ts';
import type { FoundObjects, ObjectSample, ObjectSetting } from './protocol.ts';
import { type Feeds, floatTensor, openSession, type Session, Tensor } from './runtime.ts';
import { detectionsAt, type OnCanvas, objectsIn, type Viewing } from './view-detections.ts';

export interface DetectionSizes {
  readonly canvas: Size;
  /** Images that will come at a time, at most. */
  readonly batchSize: number;
  readonly thresholds: DetectionThresholds;
}

/** Pixels of a run: with more of them at a time no image is done sooner. */
const RUN_PIXELS = 8 * 224 * 224;

export class DetectionEvaluator {
  private readonly session: Session;
  private readonly packed: ReadonlyMap<string, Packing>;
  private readonly canvas: Size;
  /** Images of every run. */
  private readonly run: number;
  private weights: Feeds = {};

  private constructor(session: Session, packed: ReadonlyMap<string, Packing>, canvas: Size, run: number) {
    this.session = session;
    this.packed = packed;
    this.canvas = canvas;
    this.run = run;
  }

  static async open(
    network: Detector,
    setting: ObjectSetting,
    { canvas, batchSize, thresholds }: DetectionSizes,
  ): Promise<DetectionEvaluator> {
    const run = Math.min(batchSize, Math.max(1, Math.floor(RUN_PIXELS / (canvas.width * canvas.height))));
    const sizes = { batchSize: run, ...canvas, normalisation: setting.convention };
    const program = detectionProgram(network, sizes, thresholds);
    const backend = await backendFor(program, setting.device);
    const session = await openSession(program, { ...setting, backend });
    return new DetectionEvaluator(session, packings(program, backend).inputs, canvas, run);
  }

  /**
   * Everything that is found in the feed's samples, which `samples` are, in their own pixels. `onBatch` hears after every
   * batch how many views are done, and ends the work by throwing.
   */
  async find(
    values: ReadonlyMap<string, Float32Array>,
    feed: BatchFeed,
    samples: readonly ObjectSample[],
    viewing: Viewing,
    onBatch: (done: number) => void,
  ): Promise<FoundObjects> {
    this.take(values);
    const views = viewsPerPicture(viewing.transform);
    const order = Int32Array.from({ length: views * samples.length }, (_, view) => view);
    const found: (FoundObject & { image: number })[] = [];
    /** Of the image that is looked at. */
    let seen: OnCanvas[] = [];
    let done = 0;
    for await (const batch of feed.batches(order, 0)) {
      for (const view of await this.onCanvas(batch)) {
        seen.push(view);
        done++;
        if (seen.length < views) continue;
        const image = done / views - 1;
        for (const object of objectsIn(seen, samples[image]!.size, viewing)) found.push({ image, ...object });
        seen = [];
      }
      onBatch(done);
    }
    return {
      images: Int32Array.from(found, ({ image }) => image),
      boxes: Float32Array.from(found.flatMap(({ box }) => [...box])),
      labels: Int32Array.from(found, ({ label }) => label),
      scores: Float32Array.from(found, ({ score }) => score),
      masks: viewing.maskThreshold === null ? null : found.map(({ mask }) => mask!),
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private take(values: ReadonlyMap<string, Float32Array>): void {
    this.weights = packedFeeds(this.packed, values);
  }

  private async onCanvas({ images, objects, count }: Batch): Promise<OnCanvas[]> {
    const { run, canvas } = this;
    const bytes = 3 * canvas.width * canvas.height;
    const found: OnCanvas[] = [];
    for (let first = 0; first < count; first += run) {
      const pixels = filledUp(images.subarray(first * bytes, (first + run) * bytes), run * bytes);
      const sizes = new Float32Array(2 * run).fill(1);
      sizes.set(objects!.sizes.subarray(2 * first, 2 * Math.min(count, first + run)));
      const results = await this.session.run({
        ...this.weights,
        images: new Tensor('uint8', pixels, [run, 3, canvas.height, canvas.width]),
        image_sizes: floatTensor([run, 2], sizes),
      });
      for (let i = 0; i < Math.min(run, count - first); i++) found.push(detectionsAt(results, i));
    }
    return found;
  }
}

/** Black pixels behind. */
function filledUp(pixels: Uint8Array, length: number): Uint8Array {
  if (pixels.length === length) return pixels;
  const whole = new Uint8Array(length);
  whole.set(pixels);
  return whole;
}

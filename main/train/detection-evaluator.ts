/** Finds objects in images with a detector whose parameters may change between calls. */

import type { DetectionThresholds, Detector } from '../../native-models/detection/detector.ts';
import type { Size, Xyxy } from '../../native-models/geometry/box.ts';
import { clipBox } from '../../native-models/geometry/box.ts';
import { type Packing, packings } from '../../native-models/onnx/packing.ts';
import { detectionProgram } from '../../native-models/training/detection.ts';
import type { Batch, BatchFeed } from '../images/feed.ts';
import type { Placement } from '../images/objects/canvas-view.ts';
import { type EvaluationTransform, evaluationPlacement } from '../images/objects/object-views.ts';
import { backendFor } from './backends.ts';
import type { FoundObjects, ObjectSample, ObjectSetting } from './protocol.ts';
import { type Feeds, floatTensor, openSession, type Session, Tensor } from './runtime.ts';

export interface DetectionSizes {
  readonly canvas: Size;
  /** Images that will come at a time, at most. */
  readonly batchSize: number;
  readonly thresholds: DetectionThresholds;
}

/** Pixels of a run: with more of them at a time no image is done sooner. */
const RUN_PIXELS = 8 * 224 * 224;

/** Detections of one image, in pixels of its canvas. */
interface OnCanvas {
  readonly boxes: readonly Xyxy[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
}

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
   * Everything that is found in the feed's samples, which `samples` are, in their own pixels. `onBatch` hears of every
   * finished batch, and ends the work by throwing.
   */
  async find(
    values: ReadonlyMap<string, Float32Array>,
    feed: BatchFeed,
    samples: readonly ObjectSample[],
    transform: EvaluationTransform,
    onBatch: (done: number) => void,
  ): Promise<FoundObjects> {
    this.take(values);
    const found: { image: number; box: Xyxy; label: number; score: number }[] = [];
    let done = 0;
    for await (const batch of feed.batches(Int32Array.from(samples.keys()), 0)) {
      for (const { boxes, labels, scores } of await this.onCanvas(batch)) {
        const { size } = samples[done]!;
        const placement = evaluationPlacement(size, transform);
        boxes.forEach((box, i) => {
          const own = clipBox(inPicture(box, placement, size), size);
          found.push({ image: done, box: own, label: labels[i]!, score: scores[i]! });
        });
        done++;
      }
      onBatch(done);
    }
    return {
      images: Int32Array.from(found, ({ image }) => image),
      boxes: Float32Array.from(found.flatMap(({ box }) => [...box])),
      labels: Int32Array.from(found, ({ label }) => label),
      scores: Float32Array.from(found, ({ score }) => score),
    };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private take(values: ReadonlyMap<string, Float32Array>): void {
    const named = [...this.packed].flatMap(([name, { pack, shape }]) => {
      const value = values.get(name);
      return value === undefined ? [] : [[name, new Tensor('float32', pack(value), shape)] as const];
    });
    this.weights = Object.fromEntries(named);
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
      for (let i = 0; i < Math.min(run, count - first); i++) found.push(imageAt(results, i));
    }
    return found;
  }
}

function imageAt(results: Feeds, at: number): OnCanvas {
  const most = results['scores']!.dims[1]!;
  const count = (results['counts']!.data as Int32Array)[at]!;
  const range = Array.from({ length: count }, (_, i) => at * most + i);
  const boxes = results['boxes']!.data as Float32Array;
  return {
    boxes: range.map((i) => [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!]),
    labels: range.map((i) => (results['labels']!.data as Int32Array)[i]!),
    scores: range.map((i) => (results['scores']!.data as Float32Array)[i]!),
  };
}

/** From the canvas back to the picture that lies on it. */
function inPicture([x0, y0, x1, y1]: Xyxy, { paste }: Placement, { width, height }: Size): Xyxy {
  const across = (x: number) => ((x - paste.x) * width) / paste.w;
  const down = (y: number) => ((y - paste.y) * height) / paste.h;
  return [across(x0), down(y0), across(x1), down(y1)];
}

/** Black pixels behind. */
function filledUp(pixels: Uint8Array, length: number): Uint8Array {
  if (pixels.length === length) return pixels;
  const whole = new Uint8Array(length);
  whole.set(pixels);
  return whole;
}

/** A model's logits for any number of images, with weights that may change between calls. */

import type { Module } from '../../native-models/nn/module.ts';
import { type Packing, packings } from '../../native-models/onnx/packing.ts';
import { evaluationProgram, type Normalisation } from '../../native-models/training.ts';
import { backendFor } from './backends.ts';
import { packedFeeds } from './packed-feeds.ts';
import { type Feeds, openSession, type Session, type SessionOptions, Tensor } from './runtime.ts';

export interface ForwardSizes {
  readonly cropSize: number;
  /** Images that will come at a time, at most. */
  readonly batchSize: number;
  readonly classes: number;
  readonly normalisation: Normalisation;
}

interface Parts {
  readonly session: Session;
  readonly packed: ReadonlyMap<string, Packing>;
  readonly sizes: ForwardSizes;
  /** Images of every run; null where a run takes as many as there are. */
  readonly run: number | null;
}

/** Pixels of a run: with more of them at a time no image is done sooner, and the last run has more to throw away. */
const RUN_PIXELS = 8 * 224 * 224;

export class Forward {
  private readonly parts: Parts;
  private weights: Feeds = {};

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Blocked maps are laid out for one number of images, so there every run has as many. */
  static async open(model: Module, sizes: ForwardSizes, options: SessionOptions): Promise<Forward> {
    const { cropSize, batchSize, normalisation } = sizes;
    const program = (images: number) =>
      evaluationProgram(model, { batchSize: images, height: cropSize, width: cropSize, normalisation });
    const run = Math.min(batchSize, Math.max(1, Math.floor(RUN_PIXELS / cropSize ** 2)));
    const backend = await backendFor(program(run), options.device);
    const isFixed = backend.layouts !== null;
    const own = program(isFixed ? run : 1);
    const session = await openSession(own, { ...options, backend, anyBatch: !isFixed });
    return new Forward({ session, packed: packings(own, backend).inputs, sizes, run: isFixed ? run : null });
  }

  /** From now on the model has these parameters. */
  take(values: ReadonlyMap<string, Float32Array>): void {
    this.weights = packedFeeds(this.parts.packed, values);
  }

  /** Shapes: pixels [count,3,H,W] -> [count,classes]. */
  async logits(pixels: Uint8Array, count: number): Promise<Float32Array> {
    const { sizes, run } = this.parts;
    if (run === null) return this.once(pixels, count);
    const logits = new Float32Array(count * sizes.classes);
    const imageBytes = 3 * sizes.cropSize ** 2;
    for (let done = 0; done < count; done += run) {
      const taken = pixels.subarray(done * imageBytes, Math.min(count, done + run) * imageBytes);
      const rows = await this.once(taken.length === run * imageBytes ? taken : filledUp(taken, run * imageBytes), run);
      logits.set(rows.subarray(0, (count - done) * sizes.classes), done * sizes.classes);
    }
    return logits;
  }

  async release(): Promise<void> {
    await this.parts.session.release();
  }

  private async once(pixels: Uint8Array, count: number): Promise<Float32Array> {
    const { session, sizes } = this.parts;
    const images = new Tensor('uint8', pixels, [count, 3, sizes.cropSize, sizes.cropSize]);
    const { logits } = await session.run({ ...this.weights, images });
    return logits!.data as Float32Array;
  }
}

/** Black pixels behind. */
function filledUp(pixels: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(pixels);
  return whole;
}

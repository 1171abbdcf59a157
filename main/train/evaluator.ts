/** Scores images with a model whose parameters may change between calls. */

import type { ModelCard } from '../../native-models/catalog.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { evaluationProgram } from '../../native-models/training.ts';
import type { BatchFeed } from '../images/feed.ts';
import type { ModelSetting, Scores } from './protocol.ts';
import { type Feeds, openSession, type Session, Tensor } from './runtime.ts';

export class Evaluator {
  private readonly session: Session;
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly cropSize: number;
  private readonly classes: number;

  private constructor(
    session: Session,
    shapes: ReadonlyMap<string, readonly number[]>,
    cropSize: number,
    classes: number,
  ) {
    this.session = session;
    this.shapes = shapes;
    this.cropSize = cropSize;
    this.classes = classes;
  }

  static async open(card: ModelCard, setting: ModelSetting, cropSize: number): Promise<Evaluator> {
    const model = card.build(setting.classes.length, setting.convention);
    const sizes = { batchSize: 1, height: cropSize, width: cropSize, normalisation: setting.convention };
    const session = await openSession(evaluationProgram(model, sizes), { ...setting, anyBatch: true });
    const shapes = new Map([...namedParameters(model)].map(([name, { shape }]) => [name, shape] as const));
    return new Evaluator(session, shapes, cropSize, setting.classes.length);
  }

  /**
   * Shapes: probabilities [samples, classes], in the order of the feed's samples.
   * `onBatch` hears of every finished batch, and ends the work by throwing.
   */
  async score(
    values: ReadonlyMap<string, Float32Array>,
    feed: BatchFeed,
    samples: number,
    onBatch: (done: number) => void,
  ): Promise<Scores> {
    const weights = this.weights(values);
    const probabilities = new Float32Array(samples * this.classes);
    const order = Int32Array.from({ length: samples }, (_, i) => i);
    let done = 0;
    let loss = 0;
    for await (const batch of feed.batches(order, 0)) {
      const images = new Tensor('uint8', batch.images, [batch.count, 3, this.cropSize, this.cropSize]);
      const { logits } = await this.session.run({ ...weights, images });
      const rows = logits!.data as Float32Array;
      for (let row = 0; row < batch.count; row++) {
        const scores = rows.subarray(row * this.classes, (row + 1) * this.classes);
        loss -= softmaxInto(scores, probabilities, (done + row) * this.classes, batch.labels[row]!);
      }
      done += batch.count;
      onBatch(done);
    }
    return { probabilities, loss: loss / samples };
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private weights(values: ReadonlyMap<string, Float32Array>): Feeds {
    const feeds = [...this.shapes].map(
      ([name, shape]) => [name, new Tensor('float32', values.get(name)!, shape)] as const,
    );
    return Object.fromEntries(feeds);
  }
}

/** Writes the probabilities of one row; returns the log-probability of the label, in nats. */
function softmaxInto(logits: Float32Array, target: Float32Array, offset: number, label: number): number {
  const peak = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, value) => sum + Math.exp(value - peak), 0);
  logits.forEach((value, k) => {
    target[offset + k] = Math.exp(value - peak) / total;
  });
  return logits[label]! - peak - Math.log(total);
}

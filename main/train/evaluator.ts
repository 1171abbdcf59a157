/** Scores images with a model whose parameters may change between calls. */

import type { ClassifierCard } from '../../native-models/catalog.ts';
import type { Activation } from '../../native-models/training.ts';
import type { BatchFeed } from '../images/feed.ts';
import { Forward } from './forward.ts';
import { crossEntropy, probabilitiesOf } from './probabilities.ts';
import type { LabelledSample, ModelSetting, Scores } from './protocol.ts';
import { activationOf } from './truth.ts';

export class Evaluator {
  private readonly forward: Forward;
  private readonly classes: number;
  private readonly activation: Activation;

  private constructor(forward: Forward, classes: number, activation: Activation) {
    this.forward = forward;
    this.classes = classes;
    this.activation = activation;
  }

  /** For feeds of up to `batchSize` images of `cropSize` pixels a side at a time. */
  static async open(
    card: ClassifierCard,
    setting: ModelSetting,
    { cropSize, batchSize }: { readonly cropSize: number; readonly batchSize: number },
  ): Promise<Evaluator> {
    const { convention: normalisation, task } = setting;
    const classes = setting.classes.length;
    const model = card.build(classes, normalisation, cropSize);
    const forward = await Forward.open(model, { cropSize, batchSize, classes, normalisation }, setting);
    return new Evaluator(forward, classes, activationOf(task));
  }

  /**
   * Shapes: probabilities [samples, classes], in the order of the feed's samples, which `samples` are.
   * `onBatch` hears of every finished batch, and ends the work by throwing.
   */
  async score(
    values: ReadonlyMap<string, Float32Array>,
    feed: BatchFeed,
    samples: readonly LabelledSample[],
    onBatch: (done: number) => void,
  ): Promise<Scores> {
    const { forward, classes, activation } = this;
    forward.take(values);
    const probabilities = new Float32Array(samples.length * classes);
    const order = Int32Array.from(samples.keys());
    let done = 0;
    let loss = 0;
    for await (const batch of feed.batches(order, 0)) {
      const rows = await forward.logits(batch.images, batch.count);
      for (let row = 0; row < batch.count; row++) {
        const scores = rows.subarray(row * classes, (row + 1) * classes);
        probabilities.set(probabilitiesOf(scores, activation), (done + row) * classes);
        loss += crossEntropy(scores, samples[done + row]!.labels, activation);
      }
      done += batch.count;
      onBatch(done);
    }
    return { probabilities, loss: loss / samples.length };
  }

  async release(): Promise<void> {
    await this.forward.release();
  }
}

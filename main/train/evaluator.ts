/** Scores images with a model whose parameters may change between calls. */

import type { ModelCard } from '../../native-models/catalog.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { type Activation, evaluationProgram } from '../../native-models/training.ts';
import type { BatchFeed } from '../images/feed.ts';
import { crossEntropy, probabilitiesOf } from './probabilities.ts';
import type { LabelledSample, ModelSetting, Scores } from './protocol.ts';
import { type Feeds, openSession, type Session, Tensor } from './runtime.ts';
import { activationOf } from './truth.ts';

interface Parts {
  readonly session: Session;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly cropSize: number;
  readonly classes: number;
  readonly activation: Activation;
}

export class Evaluator {
  private readonly parts: Parts;

  private constructor(parts: Parts) {
    this.parts = parts;
  }

  static async open(card: ModelCard, setting: ModelSetting, cropSize: number): Promise<Evaluator> {
    const { convention, task } = setting;
    const classes = setting.classes.length;
    const model = card.build(classes, convention);
    const sizes = { batchSize: 1, height: cropSize, width: cropSize, normalisation: convention };
    const session = await openSession(evaluationProgram(model, sizes), { ...setting, anyBatch: true });
    const shapes = new Map([...namedParameters(model)].map(([name, { shape }]) => [name, shape] as const));
    return new Evaluator({ session, shapes, cropSize, classes, activation: activationOf(task) });
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
    const { session, cropSize, classes, activation } = this.parts;
    const weights = this.weights(values);
    const probabilities = new Float32Array(samples.length * classes);
    const order = Int32Array.from(samples.keys());
    let done = 0;
    let loss = 0;
    for await (const batch of feed.batches(order, 0)) {
      const images = new Tensor('uint8', batch.images, [batch.count, 3, cropSize, cropSize]);
      const { logits } = await session.run({ ...weights, images });
      const rows = logits!.data as Float32Array;
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
    await this.parts.session.release();
  }

  private weights(values: ReadonlyMap<string, Float32Array>): Feeds {
    const feeds = [...this.parts.shapes].map(
      ([name, shape]) => [name, new Tensor('float32', values.get(name)!, shape)] as const,
    );
    return Object.fromEntries(feeds);
  }
}

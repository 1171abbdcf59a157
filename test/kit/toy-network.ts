/** A network with one of everything that makes a training step hard to wrap, small enough to run in milliseconds. */

import { Tensor as Fed, type Feeds, floatTensor } from '../../main/train/runtime.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { initialValues } from '../../native-models/nn/init.ts';
import { BatchNorm2d, Conv2d, Dropout, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../native-models/nn/module.ts';
import {
  accumulationPrograms,
  type TrainingOptions,
  type TrainingProgram,
  trainingProgram,
} from '../../native-models/training.ts';

/** Shapes: [N,3,H,W] -> [N,3]. Residual, strided and depthwise convolution, batch norm, max pooling, dropout. */
class ToyNet extends Module {
  readonly stem = new Conv2d(3, 8, 3, { stride: 2, padding: 1, bias: false });
  readonly bn1 = new BatchNorm2d(8);
  readonly conv = new Conv2d(8, 8, 3, { padding: 1, bias: false });
  readonly bn2 = new BatchNorm2d(8);
  readonly depthwise = new Conv2d(8, 8, 3, { padding: 1, groups: 8 });
  readonly dropout = new Dropout(0.25);
  readonly fc = new Linear(8, 3);

  call(x: Tensor): Tensor {
    const stem = this.bn1.call(this.stem.call(x)).relu().maxPool({ kernel: 3, stride: 2, padding: 1 });
    const block = this.bn2.call(this.conv.call(stem)).add(stem).relu();
    return this.fc.call(this.dropout.call(globalAveragePool(this.depthwise.call(block).clip(0, 6))));
  }
}

export const TOY = { batchSize: 4, height: 16, width: 16, normalisation: null } as const;

const PIXELS = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] } as const;

const TOY_TRAINING = {
  ...TOY,
  normalisation: PIXELS,
  optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
} as const;

/** Its training step, and values to start from. */
export function toy(frozenPrefixes: readonly string[] = [], more: Partial<TrainingOptions> = {}) {
  const model = new ToyNet();
  const program = trainingProgram(model, { ...TOY_TRAINING, frozenPrefixes, ...more });
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 3)] as const),
  );
  return { program, values };
}

/** What a run would feed at step number `step`. */
export function feedsAt(program: TrainingProgram, step: number): Feeds {
  const rng = rngFrom(5, 'feeds', step);
  const pixels = Uint8Array.from({ length: TOY.batchSize * 3 * TOY.height * TOY.width }, () => rng.uniform() * 256);
  const labels = labelsFor(program, rng);
  const noises = program.noises.map(({ name, shape }) => {
    return [
      name,
      floatTensor(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform()),
      ),
    ] as const;
  });
  return {
    images: new Fed('uint8', pixels, [TOY.batchSize, 3, TOY.height, TOY.width]),
    labels,
    learning_rate: floatTensor([], Float32Array.of(0.05 / (1 + step))),
    ...Object.fromEntries(noises),
  };
}

/** One class an image, or any number of them, as the loss takes it. */
function labelsFor({ program }: TrainingProgram, rng: Rng): Fed {
  const input = program.inputs.find(({ source }) => source.kind === 'input' && source.name === 'labels')!;
  if (input.dtype === 'int32') {
    return new Fed(
      'int32',
      Int32Array.from({ length: TOY.batchSize }, () => rng.uniform() * 3),
      [TOY.batchSize],
    );
  }
  const sets = Float32Array.from({ length: sizeOf(input.shape) }, () => Math.round(rng.uniform()));
  return new Fed('float32', sets, input.shape);
}

/** Its training step in two, for updates that wait for several batches. */
export function toyInTwo() {
  return accumulationPrograms(new ToyNet(), TOY_TRAINING);
}

/** A training step small enough to check by hand, run on a device to see whether it can train at all. */

import type { Tensor as GraphTensor } from '../../native-models/core/tensor.ts';
import { Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../native-models/nn/module.ts';
import { startingValue } from '../../native-models/optim/state.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
import { trainingProgram } from '../../native-models/training.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ProbeJob } from './protocol.ts';
import { floatTensor, Tensor } from './runtime.ts';
import { Stepper } from './stepper.ts';
import { fromScratch } from './weights-file.ts';

class ProbeNet extends Module {
  readonly conv1 = new Conv2d(3, 4, 3, { padding: 1 });
  readonly conv2 = new Conv2d(4, 4, 3, { stride: 2, padding: 1 });
  readonly fc = new Linear(4, 2);

  call(x: GraphTensor): GraphTensor {
    return this.fc.call(globalAveragePool(this.conv2.call(this.conv1.call(x).relu()).relu()));
  }
}

const SIDE = 8;
const BATCH = 2;
const TOLERANCE = 1e-4;

/**
 * Compares one step's loss with the reference evaluator's.
 * Errors: device-unavailable when the numbers differ.
 */
export async function probe({ device }: ProbeJob): Promise<void> {
  const model = new ProbeNet();
  const sizes = { batchSize: BATCH, height: SIDE, width: SIDE, normalisation: null };
  const training = trainingProgram(model, {
    ...sizes,
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
  });
  const values = fromScratch(namedParameters(model), 1);
  const images = Float32Array.from({ length: BATCH * 3 * SIDE * SIDE }, (_, i) => Math.sin(i));

  const stepper = await Stepper.open(training, values, { device, threads: 1 });
  const loss = await stepper.step({
    images: new Tensor('float32', images, [BATCH, 3, SIDE, SIDE]),
    labels: new Tensor('int32', Int32Array.of(0, 1), [BATCH]),
    learning_rate: floatTensor([], Float32Array.of(0.1)),
  });
  await stepper.release();

  const array = (shape: readonly number[], data: ArrayLike<number>) => ({ shape, data: Float64Array.from(data) });
  const feeds = new Map([
    ['images', array([BATCH, 3, SIDE, SIDE], images)],
    ['labels', array([BATCH], [0, 1])],
    ['learning_rate', array([], [0.1])],
    ...training.state.map((tensor) => [tensor.name, array(tensor.shape, startingValue(tensor, values))] as const),
  ]);
  const expected = interpret(training.program, feeds).get('loss')!.data[0]!;
  if (Math.abs(loss - expected) <= TOLERANCE) return;
  throw new AppError('device-unavailable', `${device} computes a loss of ${loss} where ${expected} is right`, {
    device,
  });
}

/** A training step small enough to check by hand, run on a device to see whether it can train at all. */

import type { Tensor as GraphTensor } from '../../native-models/core/tensor.ts';
import { Conv2d, globalAveragePool, Linear } from '../../native-models/nn/layers.ts';
import { Module, namedParameters } from '../../native-models/nn/module.ts';
import { NEXT, startingValue } from '../../native-models/optim/state.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
import type { NdArray } from '../../native-models/rules/nd-array.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { type TrainingProgram, trainingProgram } from '../../native-models/training.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { type Device, type Family, familyOf } from '../devices/device.ts';
import { cpuChoice } from './backends.ts';
import { LoopStepper } from './loop-stepper.ts';
import type { FromChild, ProbeJob } from './protocol.ts';
import { floatTensor, type SessionOptions, Tensor } from './runtime.ts';
import { type StepResult, type StepRunner, singleSteps } from './step-runner.ts';
import { ALONE, Stepper } from './stepper.ts';
import { WebgpuStepper } from './webgpu-stepper.ts';
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
const STEPS = 3;
const LEARNING_RATE = 0.1;
/** Of a loss near 1. A card multiplies matrices with ten bits of mantissa by default. */
const TOLERANCE = { cpu: 1e-4, cuda: 5e-3, webgpu: 1e-3 } as const;

type OpenForm = (
  training: TrainingProgram,
  values: ReadonlyMap<string, Float32Array>,
  options: SessionOptions,
) => Promise<StepRunner>;

const oneByOne: OpenForm = async (...given) => singleSteps(await Stepper.open(...given));
const inLoop: OpenForm = (training, values, options) =>
  LoopStepper.open(training, values, { ...options, backend: standardBackend, stepsPerRun: STEPS, nowMs: () => 0 });

/** The ways in which runs on a device may take their steps, by what a message calls them. */
const FORMS: Readonly<Record<Family, Readonly<Record<string, OpenForm>>>> = {
  cpu: { steps: oneByOne, 'steps in a loop': inLoop },
  cuda: { steps: oneByOne, 'steps in a loop': inLoop },
  webgpu: { steps: WebgpuStepper.open },
};

/**
 * Compares the losses of a few steps with the reference evaluator's; from the second on they depend on every gradient.
 * They are run in every way in which the device would train.
 * `send` is told with what a processor computes.
 * Errors: device-unavailable when the numbers differ.
 */
export async function probe({ device }: ProbeJob, send: (message: FromChild) => void): Promise<void> {
  if (device === 'cpu') send({ type: 'note', text: (await cpuChoice()).words });
  const model = new ProbeNet();
  const training = trainingProgram(model, {
    ...{ batchSize: BATCH, height: SIDE, width: SIDE, normalisation: null },
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0 },
  });
  const values = fromScratch(namedParameters(model), 1);
  const images = Float32Array.from({ length: BATCH * 3 * SIDE * SIDE }, (_, i) => Math.sin(i));
  const feeds = {
    images: new Tensor('float32', images, [BATCH, 3, SIDE, SIDE]),
    labels: new Tensor('int32', Int32Array.of(0, 1), [BATCH]),
    learning_rate: floatTensor([], Float32Array.of(LEARNING_RATE)),
  };
  const options = { device, threads: 1 };
  const expected = expectedLosses(training, values, images);

  for (const [what, open] of Object.entries(FORMS[familyOf(device)])) {
    const runner = await open(training, values, options);
    const results: StepResult[] = [];
    for (let index = 0; index < STEPS; index++) results.push(...(await runner.step(feeds, ALONE)));
    results.push(...(await runner.flush()));
    await runner.release();
    compare(
      device,
      what,
      results.map(({ loss }) => loss),
      expected,
    );
  }
}

function compare(device: Device, what: string, losses: readonly number[], expected: readonly number[]): void {
  const isRight = losses.every((loss, i) => Math.abs(loss - expected[i]!) <= TOLERANCE[familyOf(device)]);
  if (isRight && losses.length === expected.length) return;
  const told = (numbers: readonly number[]) => numbers.map((loss) => loss.toFixed(5)).join(', ');
  const message = `${device}: ${what} give losses of ${told(losses)} where ${told(expected)} are right`;
  throw new AppError('device-unavailable', message, { device });
}

function expectedLosses(
  { program, state }: TrainingProgram,
  values: ReadonlyMap<string, Float32Array>,
  images: Float32Array,
): number[] {
  const array = (shape: readonly number[], data: ArrayLike<number>): NdArray => ({
    shape,
    data: Float64Array.from(data),
  });
  const feeds = new Map([
    ['images', array([BATCH, 3, SIDE, SIDE], images)],
    ['labels', array([BATCH], [0, 1])],
    ['learning_rate', array([], [LEARNING_RATE])],
    ...state.map((tensor) => [tensor.name, array(tensor.shape, startingValue(tensor, values))] as const),
  ]);
  return Array.from({ length: STEPS }, () => {
    const results = interpret(program, feeds);
    for (const { name } of state) feeds.set(name, results.get(NEXT + name)!);
    return results.get('loss')!.data[0]!;
  });
}

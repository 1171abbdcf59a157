/** Trains a network for some steps and prints how long they took: `--form flat` step by step, `--form loop` in runs. */

import { parseArgs } from 'node:util';
import { parseDevice } from '../../../main/devices/device.ts';
import { LoopStepper } from '../../../main/train/loop-stepper.ts';
import { type Feeds, floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { type StepRunner, singleSteps } from '../../../main/train/step-runner.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { WebgpuStepper } from '../../../main/train/webgpu-stepper.ts';
import { fromScratch } from '../../../main/train/weights-file.ts';
import { IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { halfBackend } from '../../../native-models/rules/onnx-half.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { trainingProgram } from '../../../native-models/training.ts';
import { CLASSES, network } from '../networks.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    model: { type: 'string', default: 'resnet18' },
    batch: { type: 'string', default: '2' },
    side: { type: 'string', default: '32' },
    form: { type: 'string', default: 'loop' },
    perRun: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    precision: { type: 'string', default: 'float32' },
  },
});
const device = parseDevice(values.device);
const [batch, side, perRun, runs] = [values.batch, values.side, values.perRun, values.runs].map(Number) as [
  number,
  number,
  number,
  number,
];
const isHalf = values.precision === 'half';

const model = network(values.model);
const training = trainingProgram(model, {
  ...{ batchSize: batch, height: side, width: side, normalisation: IMAGENET_CONVENTION },
  optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
  ...(isHalf ? { lossScaling: {} } : {}),
});
const startedMs = performance.now();
const runner = await open();
const createMs = performance.now() - startedMs;

const feeds: Feeds = {
  images: new Tensor('uint8', bytes(batch * 3 * side * side), [batch, 3, side, side]),
  labels: new Tensor(
    'int32',
    Int32Array.from({ length: batch }, (_, i) => i % CLASSES),
    [batch],
  ),
  learning_rate: floatTensor([], Float32Array.of(1e-3)),
  ...Object.fromEntries(
    training.noises.map(({ name, shape }) => [name, floatTensor(shape, new Float32Array(sizeOf(shape)).fill(0.5))]),
  ),
};
const losses: number[] = [];
const stepMs: number[] = [];
for (let run = 0; run < runs; run++) {
  const runMs = performance.now();
  for (let step = 0; step < perRun; step++) {
    for (const { loss } of await runner.step(feeds, { index: 0, count: 1 })) losses.push(loss);
  }
  stepMs.push((performance.now() - runMs) / perRun);
}
await runner.release();
const peakMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(
  `${JSON.stringify({ createMs, stepMs, losses, peakMb, rssMb: process.memoryUsage.rss() / 2 ** 20 })}\n`,
);

async function open(): Promise<StepRunner> {
  const start = fromScratch(namedParameters(model), 0);
  const backend = isHalf ? halfBackend(training.program, standardBackend) : standardBackend;
  const options = { device, threads: 1, backend };
  if (values.form === 'loop') {
    return LoopStepper.open(training, start, { ...options, stepsPerRun: perRun, nowMs: () => performance.now() });
  }
  if (device === 'webgpu') return WebgpuStepper.open(training, start, { device, threads: 1 });
  return singleSteps(await Stepper.open(training, start, options));
}

/** Without a period: equal neighbours make ties in pooling, which every way of computing breaks in its own way. */
function bytes(length: number): Uint8Array {
  const rng = rngFrom(0, 'pixels');
  return Uint8Array.from({ length }, () => rng.uniform() * 256);
}

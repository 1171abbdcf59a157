/** Our side of the step benchmark: one training step for every line `go`, answered by one JSON line. */

import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { floatTensor, Tensor } from '../../main/train/runtime.ts';
import { ELEMENTS_AT_ONCE } from '../../main/train/step-options.ts';
import { Stepper } from '../../main/train/stepper.ts';
import { usedUp } from '../../main/train/used-up.ts';
import { fromScratch } from '../../main/train/weights-file.ts';
import { IMAGENET_CONVENTION } from '../../native-models/catalog.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import type { Detector } from '../../native-models/detection/detector.ts';
import { type Module, namedParameters } from '../../native-models/nn/module.ts';
import { type OptimizerOptions, scalarsAt } from '../../native-models/optim/optimizer.ts';
import { detectorProgram } from '../../native-models/training/detection.ts';
import { trainingProgram } from '../../native-models/training.ts';
import { DETECTORS, detectorFeeds } from './detectors.ts';
import { CLASSES, network } from './networks.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet18' },
    batch: { type: 'string', default: '16' },
    side: { type: 'string', default: '224' },
    width: { type: 'string' },
    threads: { type: 'string', default: '2' },
    optimizer: { type: 'string', default: 'sgd' },
  },
});
const [batch, side, threads] = [values.batch, values.side, values.threads].map(Number) as [number, number, number];
const BYTES = 251; // a prime, so that the made-up picture has no period of the image's width

const width = Number(values.width ?? side);
const makeDetector = DETECTORS[values.model];
const detector = makeDetector?.() ?? null;
const optimizer = optimizerOf(values.optimizer);
const options = {
  batchSize: batch,
  height: side,
  width,
  normalisation: IMAGENET_CONVENTION,
  optimizer,
  elementsAtOnce: ELEMENTS_AT_ONCE,
};
const { model, program } = detector === null ? classifierStep(network(values.model)) : detectorStep(detector);
const weights = fromScratch(namedParameters(model), 0);
const startMs = performance.now();
const stepper = await Stepper.open(program, weights, { device: 'cpu', threads });
usedUp(weights); // as in a run
const parameterCount = [...namedParameters(model).values()]
  .filter(({ role }) => role === 'weight')
  .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
const createMs = performance.now() - startMs;

const noises = program.noises.map(
  ({ name, shape }) => [name, floatTensor(shape, new Float32Array(sizeOf(shape)).fill(0.5))] as const,
);
const feeds = {
  images: new Tensor(
    'uint8',
    Uint8Array.from({ length: batch * 3 * side * width }, (_, i) => (i * 7919) % BYTES),
    [batch, 3, side, width],
  ),
  ...(detector === null ? labelFeeds() : detectorFeeds(detector.targets({ width, height: side }), batch)),
  ...Object.fromEntries(noises),
};

let update = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== 'go') break;
  update++;
  const scalars = Object.entries(scalarsAt(optimizer, 1e-3, update)).map(
    ([name, value]) => [name, floatTensor([], Float32Array.of(value))] as const,
  );
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await stepper.step({ ...feeds, ...Object.fromEntries(scalars) });
  const used = process.cpuUsage(cpu);
  const row = {
    wall_ms: performance.now() - wall,
    cpu_ms: (used.user + used.system) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
    rss_mb: process.memoryUsage.rss() / 2 ** 20,
    create_ms: createMs,
    parameters: parameterCount,
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

function classifierStep(own: Module) {
  return { model: own, program: trainingProgram(own, options) };
}

function detectorStep(own: Detector) {
  return { model: own, program: detectorProgram(own, options) };
}

function labelFeeds() {
  const labels = Int32Array.from({ length: batch }, (_, i) => i % CLASSES);
  return { labels: new Tensor('int32', labels, [batch]) };
}

/** The settings of `peer/step.py`. */
function optimizerOf(name: string): OptimizerOptions {
  if (name === 'sgd') return { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 };
  if (name === 'adamw') return { kind: 'adamw', beta1: 0.9, beta2: 0.999, amsgrad: false, weightDecay: 1e-2 };
  throw new Error(`--optimizer takes sgd or adamw; got "${name}"`);
}

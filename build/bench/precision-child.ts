/** Writes one training step's weights, images and gradients to a file, for the peer to check in float64. */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { floatTensor, Tensor } from '../../main/train/runtime.ts';
import { Stepper } from '../../main/train/stepper.ts';
import { fromScratch } from '../../main/train/weights-file.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { trainingProgram } from '../../native-models/training.ts';
import { type FloatTensor, writeSafetensors } from '../../native-models/weights/safetensors.ts';
import { CLASSES, network } from './networks.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'resnet18' },
    batch: { type: 'string', default: '8' },
    side: { type: 'string', default: '64' },
    seed: { type: 'string', default: '0' },
    out: { type: 'string', default: 'gradients.safetensors' },
  },
});
const [batch, side, seed] = [values.batch, values.side, values.seed].map(Number) as [number, number, number];

const model = network(values.model);
const weights = fromScratch(namedParameters(model), seed);
openHeads();
const rng = rngFrom(seed, 'images');
const images = Float32Array.from({ length: batch * 3 * side * side }, () => rng.normal());
const program = trainingProgram(model, {
  batchSize: batch,
  height: side,
  width: side,
  normalisation: null,
  // From zero velocity and without decay, the velocity after one step is the gradient.
  optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
});
const stepper = await Stepper.open(program, weights, { device: 'cpu', threads: 2 });
const shape = [batch, 3, side, side];
const all = program.noises.map((noise) => {
  return [noise.name, floatTensor(noise.shape, new Float32Array(sizeOf(noise.shape)).fill(1))] as const;
});
await stepper.step({
  images: floatTensor(shape, images),
  labels: new Tensor(
    'int32',
    Int32Array.from({ length: batch }, (_, i) => i % CLASSES),
    [batch],
  ),
  learning_rate: floatTensor([], Float32Array.of(0)),
  ...Object.fromEntries(all),
});

/** A head that starts at zero lets no gradient through to anything before it. */
function openHeads(): void {
  const random = rngFrom(seed, 'heads');
  for (const [name, { shape }] of namedParameters(model)) {
    const values = weights.get(name)!;
    if (shape.length > 1 && values.every((value) => value === 0))
      weights.set(
        name,
        values.map(() => 0.02 * random.normal()),
      );
  }
}

const after = stepper.values();
const tensors = new Map<string, FloatTensor>([['images', { shape, data: images }]]);
for (const [name, parameter] of namedParameters(model)) {
  tensors.set(name, { shape: [...parameter.shape], data: weights.get(name)! });
  const gradient = after.get(`velocity:${name}`);
  if (gradient) tensors.set(`gradient:${name}`, { shape: [...parameter.shape], data: gradient });
}
writeFileSync(values.out, writeSafetensors(tensors));

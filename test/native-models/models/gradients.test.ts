import { expect, test } from 'vitest';
import { floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { VITS, VisionTransformer, type ViTName } from '../../../native-models/models/vit.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import { trainingProgram } from '../../../native-models/training.ts';
import { type GradientsEntry, gradientsFixtures } from '../../kit/fixture-training.ts';
import { fixtureDirection, fixtureTensor, fixtureWeights } from '../../kit/fixture-weights.ts';

const CLASSES = 10;
/** Blocks of the wider vision transformers in the fixture: the others are the same again. */
const DEPTHS: Readonly<Record<string, number>> = { vitb16r224: 2, vitl16r224: 2 };
const TIMEOUT_MS = 180_000; // a deep network takes half a minute where other tests run beside it

function modelOf(name: string, sidePx: number): Module {
  if (!(name in VITS)) return findClassifier(name)!.build(CLASSES, IMAGENET_CONVENTION);
  const size = VITS[name as ViTName];
  const depth = DEPTHS[name] ?? size.depth;
  return new VisionTransformer({ ...size, depth, classes: CLASSES, sidePx });
}

function startOf(model: Module, quartered: string | null): Map<string, Float32Array> {
  const shapes = [...namedParameters(model)].map(([name, { shape }]) => ({ name, shape }));
  const isQuartered = (name: string) => quartered !== null && name.startsWith('layer') && name.endsWith(quartered);
  return new Map(
    [...fixtureWeights(shapes)].map(([name, { data }]) => [name, isQuartered(name) ? data.map((v) => v / 4) : data]),
  );
}

/** Without decay and from zero velocity, the velocity after one step is the gradient. */
async function firstStep(model: Module, { input, labels, quartered }: GradientsEntry) {
  const [batchSize, , height, width] = input.shape as [number, number, number, number];
  const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
  const program = trainingProgram(model, { batchSize, height, width, normalisation: null, optimizer });
  const stepper = await Stepper.open(program, startOf(model, quartered), { device: 'cpu', threads: 2 });
  const images = fixtureTensor(input.name, input.shape, input.scale, input.offset);
  const loss = await stepper.step({
    images: floatTensor(images.dims, images.data),
    labels: new Tensor('int32', Int32Array.from(labels), [batchSize]),
    learning_rate: floatTensor([], Float32Array.of(0)),
  });
  const values = stepper.values();
  await stepper.release();
  return { loss, gradientOf: (name: string) => values.get(`velocity:${name}`)! };
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** As in torch-parity.test.ts: a multiple of torch's own distance from float64, not below what rounding alone does. */
const bar = (distance: number, floor: number) => Math.max(floor, 6 * distance);

const cases = Object.entries(gradientsFixtures());

test.each(cases)("%s has torch's loss and gradients", { timeout: TIMEOUT_MS }, async (name, recorded) => {
  const { median: middle, largest } = recorded.float32_distances;

  const { loss, gradientOf } = await firstStep(modelOf(name, recorded.input.shape[2]!), recorded);

  expect(Math.abs(loss - recorded.loss) / recorded.loss).toBeLessThan(bar(middle, 1e-5));
  const expected = Object.entries(recorded.gradients);
  const scale = Math.max(...expected.map(([, [length]]) => length));
  const errors = expected.map(([parameter, [length, dot]]) => {
    const gradient = gradientOf(parameter);
    const direction = fixtureDirection(parameter, [gradient.length]).data;
    const own = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    const error = Math.max(Math.abs(norm(gradient) - length), Math.abs(own - dot)) / Math.max(length, 1e-2 * scale);
    expect(error, parameter).toBeLessThan(bar(largest, 1e-2));
    return error;
  });
  expect(median(errors), 'median').toBeLessThan(bar(middle, 1e-3));
});

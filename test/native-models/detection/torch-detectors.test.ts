/** Whole detectors against torch: forward, matching, loss and the gradient of every parameter. */

import { expect, test } from 'vitest';
import { type Feeds, floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Targets } from '../../../native-models/detection/truth.ts';
import { YoloV5 } from '../../../native-models/models/yolov5.ts';
import { YoloXNano } from '../../../native-models/models/yolox.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import { detectorProgram } from '../../../native-models/training/detection.ts';
import { type DetectorEntry, detectorFixtures, truthOf } from '../../kit/fixture-detectors.ts';
import { fixtureDirection, fixtureTensor, fixtureWeights } from '../../kit/fixture-weights.ts';

const SLOTS = 5;

const detectors: Readonly<Record<string, (classes: number) => YoloV5 | YoloXNano>> = {
  'yolov5-small': (classes) => new YoloV5({ size: 'small', classes, slots: SLOTS }),
  yolox_nano: (classes) => new YoloXNano({ classes, slots: SLOTS }),
};

function startOf(model: Module, scales: DetectorEntry['scales']): Map<string, Float32Array> {
  const shapes = [...namedParameters(model)].map(([name, { shape }]) => ({ name, shape }));
  return new Map(
    [...fixtureWeights(shapes)].map(([name, { data }]) => {
      const [, factor = 1] = Object.entries(scales).find(([prefix]) => name.startsWith(prefix)) ?? [];
      return [name, data.map((value) => value * factor)] as const;
    }),
  );
}

/** What each picture's truth becomes, one after the other. */
function targetFeeds(targets: Targets, truth: DetectorEntry['truth'], images: number): Feeds {
  const perImage = Array.from({ length: images }, (_, image) => targets.of(truthOf(truth, image), rngFrom(0, 'none')));
  const feeds = targets.fed.map(({ name, dtype, shape }) => {
    const values = perImage.flatMap((of) => [...of.get(name)!]);
    const data = dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values);
    return [name, new Tensor(dtype, data, [images, ...shape])] as const;
  });
  return Object.fromEntries(feeds);
}

/** Without decay and from zero velocity, the velocity after one step is the gradient. */
async function firstStep(name: string, { input, classes, truth, scales }: DetectorEntry) {
  const detector = detectors[name]!(classes);
  const [batchSize, , height, width] = input.shape as [number, number, number, number];
  const optimizer = { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const;
  const program = detectorProgram(detector, { batchSize, height, width, normalisation: null, optimizer });
  const stepper = await Stepper.open(program, startOf(detector, scales), { device: 'cpu', threads: 2 });
  const pixels = fixtureTensor(input.name, input.shape, input.scale, input.offset).data;
  const loss = await stepper.step({
    images: floatTensor(input.shape, detector instanceof YoloXNano ? redFirst(pixels, height * width) : pixels),
    image_sizes: floatTensor(
      [batchSize, 2],
      Float32Array.from({ length: 2 * batchSize }, (_, i) => [width, height][i % 2]!),
    ),
    ...targetFeeds(detector.targets({ width, height }), truth, batchSize),
    learning_rate: floatTensor([], Float32Array.of(0)),
  });
  const values = stepper.values();
  await stepper.release();
  return { loss, gradientOf: (parameter: string) => values.get(`velocity:${parameter}`)! };
}

/** The recorded input is blue first, as the network takes it; batches come red first. */
function redFirst(pixels: Float32Array, area: number): Float32Array {
  return pixels.map((_, i) => {
    const plane = Math.floor(i / area);
    const image = Math.floor(plane / 3);
    return pixels[(image * 3 + 2 - (plane % 3)) * area + (i % area)]!;
  });
}

const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test.each(Object.entries(detectorFixtures()))("%s has torch's loss and gradients", async (name, recorded) => {
  const { loss, gradientOf } = await firstStep(name, recorded);

  const total = Object.values(recorded.terms).reduce((sum, term) => sum + term, 0);
  expect(Math.abs(loss - total) / total).toBeLessThan(1e-5);
  const expected = Object.entries(recorded.gradients);
  const scale = Math.max(...expected.map(([, [length]]) => length));
  for (const [parameter, [length, dot]] of expected) {
    const gradient = gradientOf(parameter);
    const direction = fixtureDirection(parameter, [gradient.length]).data;
    const own = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
    const error = Math.max(Math.abs(norm(gradient) - length), Math.abs(own - dot)) / Math.max(length, 1e-2 * scale);
    expect(error, parameter).toBeLessThan(6 * recorded.float32_distances.largest);
  }
});

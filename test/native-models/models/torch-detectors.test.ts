/** Detectors with torchvision's parameters, losses, gradients and detections. */

import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cpuBackend } from '../../../main/train/backends.ts';
import { type Feeds, floatTensor, openSession } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import type { Program } from '../../../native-models/core/program.ts';
import type { Detector } from '../../../native-models/detection/detector.ts';
import { type PastedPart, pastedPart } from '../../../native-models/detection/paste-mask.ts';
import { boxNumbers, type Size } from '../../../native-models/geometry/box.ts';
import { FasterRcnn } from '../../../native-models/models/faster-rcnn.ts';
import { RetinaNet } from '../../../native-models/models/retinanet.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { packings } from '../../../native-models/onnx/packing.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { startingValue } from '../../../native-models/optim/state.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import type { Backend } from '../../../native-models/rules/emitter.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { bind } from '../../../native-models/training/bind.ts';
import { batchInput, detectionProgram, detectorProgram, LOSS } from '../../../native-models/training/detection.ts';
import { exportDetectorProgram } from '../../../native-models/training/detection-export.ts';
import type { ModelOptions } from '../../../native-models/training/images.ts';
import { valuesOf } from '../../../native-models/weights/match.ts';
import {
  detectorFixture,
  IMAGENET,
  imageFeeds,
  matchOfPublished,
  noiseFeeds,
  summaryOf,
  type TwoStageFixture,
  targetFeeds,
  truthsOf,
} from '../../kit/fixture-detection.ts';

const CPU = { device: 'cpu', threads: 2 } as const;
/** With hardly any momentum and a rate of 0, the velocity after a step is its gradient, step after step. */
const PROBE = { kind: 'sgd', momentum: 1e-30, nesterov: false, weightDecay: 0 } as const;
const RATE = { learning_rate: floatTensor([], Float32Array.of(0)) };
/** Of float32 against torch's float64, relative to the largest number. */
const TOLERANCE = 2e-4;
const BOX_TOLERANCE_PX = 2e-2;

const twoStage =
  (masks: boolean) =>
  ({ classes, limits }: TwoStageFixture) =>
    new FasterRcnn({ backbone: 'resnet18', classes, norm: 'frozen', masks, mostTruths: limits.mostTruths, limits });

const detectors: Readonly<Record<string, (fixture: TwoStageFixture) => Detector>> = {
  retinanet: ({ classes }) => new RetinaNet({ classes, norm: 'frozen' }),
  fasterrcnn: twoStage(false),
  maskrcnn: twoStage(true),
};

/** What the network itself says, before boxes are made of it. */
function networkProgram(model: Detector, options: ModelOptions): Program {
  const { graph } = bind(model, { training: false });
  const { batch, inputs } = batchInput(graph, options);
  return prune(model.raw(batch), inputs);
}

/** Runs a program that changes nothing. */
async function evaluated(program: Program, given: Feeds, backend: Backend) {
  const layouts = packings(program, backend).inputs;
  const session = await openSession(program, { ...CPU, backend });
  const taken = [...layouts].map(([name, { layout, shape, pack }]) => {
    const tensor = given[name]!;
    return [name, layout === 'plain' ? tensor : floatTensor(shape, pack(tensor.data as Float32Array))] as const;
  });
  const results = await session.run(Object.fromEntries(taken));
  await session.release();
  return new Map(Object.entries(results).map(([name, { data }]) => [name, [...(data as Float32Array)]] as const));
}

/** Shapes: -> [height, width], row by row. */
function wholeImage({ xyxy: [x0, y0, x1], values }: PastedPart, { width, height }: Size): number[] {
  const image = new Array<number>(width * height).fill(0);
  values.forEach((value, i) => {
    image[(y0 + Math.floor(i / (x1 - x0))) * width + x0 + (i % (x1 - x0))] = value;
  });
  return image;
}

function expectSummary(name: string, data: ArrayLike<number>, [norm, dot]: readonly [number, number], least = 0): void {
  const [ownNorm, ownDot] = summaryOf(name, data);
  const scale = Math.max(norm, least);
  expect(Math.abs(ownNorm - norm) / scale, `${name}: norm`).toBeLessThan(TOLERANCE);
  expect(Math.abs(ownDot - dot) / scale, `${name}: direction`).toBeLessThan(TOLERANCE);
}

describe.each(Object.entries(detectors))("%s, with torch's numbers", (name, make) => {
  const fixture = detectorFixture<TwoStageFixture>(name);
  const model = make(fixture);
  const { canvas, sizes, thresholds } = fixture;
  const options = { batchSize: sizes.length, ...canvas, normalisation: IMAGENET };
  const training = detectorProgram(model, { ...options, optimizer: PROBE });
  const published = matchOfPublished(model, fixture, name);
  const weights = valuesOf(published);
  const parameters = Object.fromEntries(
    [...namedParameters(model)].map(([parameter, { shape }]) => [
      parameter,
      floatTensor(shape, weights.get(parameter)!),
    ]),
  );
  const images = imageFeeds(fixture);
  let stepper: Stepper;

  beforeAll(async () => {
    stepper = await Stepper.open(training, weights, CPU);
  });
  afterAll(async () => stepper.release());

  test('has the same parameters', () => {
    const ours = [...namedParameters(model)].map(([parameter, { shape }]) => [parameter, shape] as const);

    expect(Object.fromEntries(ours)).toEqual(fixture.parameters);
  });

  test('its weights come out of a published file whole, under the names they have here', () => {
    expect(Object.keys(fixture.parameters).filter((parameter) => !weights.has(parameter))).toEqual([]);
    expect(published).toMatchObject({ naming: 'torchvision-detectors-1', problems: [], unused: [] });
  });

  describe.each(fixture.cases.map((recorded, i) => [i, recorded] as const))('on batch %i', (at, recorded) => {
    const truths = truthsOf(fixture.truths[at]!, fixture);
    const targets = targetFeeds(model.targets(canvas), truths, fixture.samples?.[at] ?? null);
    const feeds = { ...images, ...targets, ...noiseFeeds(training.noises), ...RATE };

    const testOnce = at === 0 ? test : () => {}; // later batches are held to the sum of the losses
    testOnce('each loss is the same', async () => {
      const terms = new Map([...training.program.outputs].filter(([output]) => output.startsWith(LOSS)));
      const state = [...training.state, ...training.fixed].map(
        (tensor) => [tensor.name, floatTensor(tensor.shape, startingValue(tensor, weights))] as const,
      );

      const losses = await evaluated(prune(terms), { ...feeds, ...Object.fromEntries(state) }, standardBackend);

      expect([...losses.keys()].toSorted()).toEqual(
        Object.keys(recorded.losses)
          .map((term) => LOSS + term)
          .toSorted(),
      );
      for (const [term, expected] of Object.entries(recorded.losses)) {
        expect(losses.get(LOSS + term)![0]! / expected, term).toBeCloseTo(1, 4);
      }
    });

    test('a step has their sum and the same gradients', async () => {
      const loss = await stepper.step(feeds);
      const state = stepper.values();

      const sum = Object.values(recorded.losses).reduce((total, value) => total + value, 0);
      expect(loss / sum).toBeCloseTo(1, 4);
      const largest = Math.max(...Object.values(recorded.gradients).map(([norm]) => norm));
      for (const [parameter, expected] of Object.entries(recorded.gradients)) {
        expectSummary(parameter, state.get(`velocity:${parameter}`)!, expected, 1e-2 * largest);
      }
    });
  });

  test('says the same of the images', async () => {
    const results = await evaluated(networkProgram(model, options), { ...images, ...parameters }, await cpuBackend());

    expect([...results.keys()].toSorted()).toEqual(Object.keys(fixture.raw).toSorted());
    for (const [output, expected] of Object.entries(fixture.raw)) expectSummary(output, results.get(output)!, expected);
  });

  test('its exported file hands out a row for each object that is found, in the order of the specification', async () => {
    const order = name === 'retinanet' ? 'scores-labels' : 'labels-scores';
    const { program, counted } = exportDetectorProgram(model, canvas, thresholds, order);
    const session = await ort.InferenceSession.create(writeOnnx(program, standardBackend, { name, weights, counted }));
    const { width, height } = canvas; // the first image fills it
    const pixels = (images.images.data as Uint8Array).subarray(0, 3 * width * height);
    const input = Float32Array.from(pixels, (value, i) => {
      const channel = Math.floor(i / (width * height));
      return (value / 255 - IMAGENET.mean[channel]!) / IMAGENET.deviation[channel]!;
    });

    const found = await session.run({ input: new ort.Tensor('float32', input, [1, 3, height, width]) });

    const { boxes, labels, scores } = fixture.detections[0]!;
    const named = order === 'scores-labels' ? ['boxes_0', 'scores_0', 'labels_0'] : ['boxes_0', 'labels_0', 'scores_0'];
    expect(session.outputNames.slice(0, 3)).toEqual(named);
    expect(found['boxes_0']!.dims).toEqual([labels.length, 4]);
    expect([...(found['labels_0']!.data as Int32Array)]).toEqual(labels);
    expect([...(found['scores_0']!.data as Float32Array)]).toEqual(scores.map((score) => expect.closeTo(score, 3)));
    expect([...(found['boxes_0']!.data as Float32Array)]).toEqual(boxes.map((side) => expect.closeTo(side, 1)));
    await session.release();
  });

  test.each(['plain', 'blocked'])('finds the same objects over %s maps', async (layout) => {
    const backend = layout === 'plain' ? standardBackend : await cpuBackend();
    const program = detectionProgram(model, options, thresholds);
    const results = await evaluated(program, { ...images, ...parameters }, backend);

    fixture.detections.forEach((expected, image) => {
      const count = results.get('counts')![image]!;
      const of = (output: string, each = 1) =>
        results
          .get(output)!
          .slice(image * thresholds.most * each)
          .slice(0, count * each);
      expect(of('labels')).toEqual(expected.labels);
      const error = (own: readonly number[], theirs: readonly number[]) =>
        theirs.map((value, i) => Math.abs(value - own[i]!)).reduce((most, distance) => Math.max(most, distance), 0);
      expect(error(of('scores'), expected.scores), 'scores').toBeLessThan(TOLERANCE);
      expect(error(of('boxes', 4), expected.boxes), 'boxes').toBeLessThan(BOX_TOLERANCE_PX);
      if (expected.pasted === undefined) return;
      const [all, boxes] = [of('masks', 784), of('boxes', 4)];
      const masks = expected.labels.flatMap((_, i) => {
        const box = boxNumbers(boxes, 4 * i);
        return wholeImage(pastedPart(all.slice(784 * i, 784 * (i + 1)), box, sizes[image]!), sizes[image]!);
      });
      expectSummary('pasted', masks, expected.pasted);
    });
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { floatTensor, openSession } from '../../../main/train/runtime.ts';
import { fromFile } from '../../../main/train/weights-file.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { YOLOV5S, YoloV5, type YoloV5Size } from '../../../native-models/models/yolov5.ts';
import { YoloXNano } from '../../../native-models/models/yolox.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { evaluationProgram } from '../../../native-models/training.ts';
import { fixtureTensor } from '../../kit/fixture-weights.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

const CPU = { device: 'cpu', threads: 2 } as const;
const YOLOX = 'data/weights/yolox_nano_coco.safetensors';
const YOLOX_ONNX = 'data/weights/yolox_nano.onnx';
const COCO_CLASSES = 80;
const YOLOX_SIDE = 416;

/** Source: the table published with the family, for 80 classes, in millions. */
test.each([
  ['small', 7.2],
  ['medium', 21.2],
  ['large', 46.5],
  ['xlarge', 86.7],
] as const)('yolov5 %s has as many parameters as published', (size, millions) => {
  const parameters = [...namedParameters(new YoloV5({ size, classes: COCO_CLASSES, slots: 1 })).values()];
  const trained = parameters.filter(({ role }) => role === 'weight');

  const count = trained.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

  expect(Math.abs(count / 1e6 - millions)).toBeLessThan(0.1);
});

test.each(Object.keys(YOLOV5S) as YoloV5Size[])('the backbone of yolov5 %s is model.0. to model.9.', (size) => {
  const names = [...namedParameters(new YoloV5({ size, classes: 3, slots: 1 })).keys()];

  const groups = new Set(names.map((name) => name.match(/^model\.\d+\./)?.[0] ?? name.split('.')[0]));

  const backbone = Array.from({ length: 10 }, (_, i) => `model.${i}.`);
  expect([...groups]).toEqual([...backbone, 'neck', 'head']);
});

test('every picture of 64 by 96 pixels has 3 anchors at the cells of three maps', () => {
  const program = evaluationProgram(new YoloV5({ size: 'small', classes: 2, slots: 1 }), {
    batchSize: 2,
    height: 64,
    width: 96,
    normalisation: null,
  });

  expect([...program.outputs.values()][0]!.shape).toEqual([2, 3 * (8 * 12 + 4 * 6 + 2 * 3), 7]);
});

describeWithShared('yolox_nano with published COCO weights', [YOLOX, YOLOX_ONNX], () => {
  test('gives the numbers of the published ONNX file', async () => {
    const model = new YoloXNano({ classes: COCO_CLASSES, slots: 1 });
    const parameters = namedParameters(model);
    const { values, notes } = fromFile(sharedPath(YOLOX), parameters, { headPrefixes: [] }, 0);
    const size = { batchSize: 1, height: YOLOX_SIDE, width: YOLOX_SIDE, normalisation: null };
    const ours = await openSession(evaluationProgram(model, size), CPU);
    const theirs = await openSession(readFileSync(sharedPath(YOLOX_ONNX)), CPU);
    const images = floatTensor([1, 3, YOLOX_SIDE, YOLOX_SIDE], blobs());

    const tensors = [...parameters].map(([name, { shape }]) => [name, floatTensor(shape, values.get(name)!)] as const);
    const [raw] = Object.values(await ours.run({ images, ...Object.fromEntries(tensors) }));
    const [expected] = Object.values(await theirs.run({ images }));
    await Promise.all([ours.release(), theirs.release()]);

    expect(notes).toEqual([]);
    expect(raw!.dims).toEqual(expected!.dims);
    const largest = largestDifference(raw!.data as Float32Array, expected!.data as Float32Array);
    expect(largest).toBeLessThan(1e-3);
  });
});

/** A picture with large and small shapes, so that the network finds something to say: smooth noise, 0 to 255. */
function blobs(): Float32Array {
  const coarse = fixtureTensor('blobs', [3, 13, 13], 127, 128).data;
  return Float32Array.from({ length: 3 * YOLOX_SIDE ** 2 }, (_, i) => {
    const [channel, row, column] = [Math.floor(i / YOLOX_SIDE ** 2), Math.floor(i / YOLOX_SIDE), i % YOLOX_SIDE];
    const place = (channel * 13 + Math.floor((row % YOLOX_SIDE) / 32)) * 13 + Math.floor(column / 32);
    return coarse[place]!;
  });
}

/** The file holds sigmoids of objects and classes, the model what goes into them. */
function largestDifference(raw: Float32Array, expected: Float32Array): number {
  const values = 5 + COCO_CLASSES;
  return raw.reduce((largest, value, i) => {
    const own = i % values < 4 ? value : 1 / (1 + Math.exp(-value));
    return Math.max(largest, Math.abs(own - expected[i]!));
  }, 0);
}

import { describe, expect, test } from 'vitest';
import type { Rng } from '../../../native-models/core/rng.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { ShapeError } from '../../../native-models/core/shape.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { roiAlign } from '../../../native-models/nn/roi-align.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { portableBackend } from '../../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { newGraph, randomArray } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

type Inputs = readonly Tensor[];

describePrimitives({
  'the largest three of each row': { shapes: [[2, 3, 7]], build: ([x]: Inputs) => x!.topK(3)[0] },
  'the largest of a vector': { shapes: [[300]], build: ([x]: Inputs) => x!.topK(1)[0] },
  'all of a row, sorted': { shapes: [[4, 5]], build: ([x]: Inputs) => x!.topK(5)[0] },
});

/** Boxes of a pyramid of two maps, the finer one wide enough to be worked on in strips. */
const BOXES = [
  [3, 2, 300, 20],
  [250, 1, 252, 30],
  [-30, -9, 500, 40],
  [120, 4, 131, 9],
  [0, 0, 9, 9],
  [260, 3, 410, 31],
];
const aligned =
  (levels: number[], aligned: boolean) =>
  ([fine, coarse]: Inputs) => {
    const { graph } = fine!;
    const count = BOXES.length;
    const boxes = graph.constant(BOXES.flat(), [count, 4]);
    const images = graph.constant([0, 1, 1, 0, 1, 0], [count], 'int32');
    const options = { size: [2, 3], samplingRatio: 2, scales: [0.5, 0.25], aligned } as const;
    return roiAlign([fine!, coarse!], boxes, images, graph.constant(levels, [count], 'int32'), options);
  };
const PYRAMID = [
  [2, 2, 9, 201],
  [2, 2, 5, 101],
];

describePrimitives({
  'boxes of two maps': { shapes: PYRAMID, build: aligned([0, 0, 1, 0, 1, 0], false) },
  'all boxes of one of two maps, pixel centres at half': { shapes: PYRAMID, build: aligned([1, 1, 1, 1, 1, 1], true) },
});

const BACKENDS = [standardBackend, portableBackend];

test.each(BACKENDS)('$name: of equal numbers the first comes first', async (backend) => {
  const graph = newGraph();
  const [values, places] = graph.input('x', 'float32', [2, 6]).topK(4);
  const program = prune(
    new Map([
      ['values', values],
      ['places', places],
    ]),
  );
  const feeds = new Map([['x', { shape: [2, 6], data: Float64Array.of(1, 3, 2, 3, 3, 0, 5, 5, 5, 5, 5, 5) }]]);

  for (const results of [interpret(program, feeds), await runOnnx(program, backend, feeds)]) {
    expect([...results.get('values')!.data]).toEqual([3, 3, 3, 2, 5, 5, 5, 5]);
    expect([...results.get('places')!.data]).toEqual([1, 3, 4, 2, 0, 1, 2, 3]);
  }
});

test('more than there are cannot be asked for', () => {
  expect(() => newGraph().input('x', 'float32', [2, 3]).topK(4)).toThrow(ShapeError);
});

function suppressed(images: number, classes: number, count: number, scoreThreshold: number) {
  const graph = newGraph();
  const boxes = graph.input('boxes', 'float32', [images, count, 4]);
  const scores = graph.input('scores', 'float32', [images, classes, count]);
  return prune(new Map([['kept', boxes.nonMaxSuppression(scores, { iouThreshold: 0.5, scoreThreshold })]]));
}

/** Corners on a coarse grid, so that many boxes are equal, share sides or have no area. */
function boxesOf(shape: readonly number[], rng: Rng) {
  const { data } = randomArray(shape, rng, (r) => r.integer(6));
  for (let i = 0; i < data.length; i += 4) {
    data[i + 2]! += data[i]!;
    data[i + 3]! += data[i + 1]!;
  }
  return { shape, data };
}

describe.each(BACKENDS)('$name: boxes are kept as the evaluator keeps them', (backend) => {
  test.each([
    [1, 1, 40, 0.15],
    [2, 3, 25, 0.45],
    [2, 2, 12, 5],
  ])('%i images, %i classes, %i boxes, scores above %f', async (images, classes, count, threshold) => {
    const program = suppressed(images, classes, count, threshold);
    const rng = rngFrom(3, 'boxes', count);
    const feeds = new Map([
      ['boxes', boxesOf([images, count, 4], rng)],
      ['scores', randomArray([images, classes, count], rng, (r) => r.integer(10) / 10)],
    ]);

    const expected = interpret(program, feeds).get('kept')!;
    const actual = (await runOnnx(program, backend, feeds, 2)).get('kept')!;

    expect([...actual.data]).toEqual([...expected.data]);
    expect(Math.max(...expected.data)).toBe(threshold < 1 ? 1 : 0);
  });
});

test('boxes that do not fit their scores are refused', () => {
  const graph = newGraph();
  const boxes = graph.input('boxes', 'float32', [1, 5, 4]);
  const scores = graph.input('scores', 'float32', [1, 2, 6]);

  expect(() => boxes.nonMaxSuppression(scores, { iouThreshold: 0.5, scoreThreshold: 0 })).toThrow(ShapeError);
});

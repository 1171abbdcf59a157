import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { candidatesOf } from '../../../native-models/detection/candidates.ts';
import { cornersOf, decodeAll, decodeBoxes, detectionsOf, placesOf } from '../../../native-models/detection/decode.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { newGraph } from '../../kit/programs.ts';

const ANCHORED = candidatesOf({ width: 32, height: 16 }, [
  {
    stride: 8,
    anchors: [
      [10, 13],
      [16, 30],
    ],
  },
]);
const FREE = candidatesOf({ width: 32, height: 16 }, [{ stride: 16, anchors: null }]);

describePrimitives({
  'boxes of anchors': {
    shapes: [[2, ANCHORED.count, 4]],
    build: ([raw]: readonly Tensor[]) => cornersOf(decodeBoxes(raw!, placesOf(raw!, ANCHORED), 'anchors')),
  },
  'boxes without anchors': {
    shapes: [[2, FREE.count, 4]],
    build: ([raw]: readonly Tensor[]) => cornersOf(decodeBoxes(raw!, placesOf(raw!, FREE), 'free')),
  },
});

/** What a graph makes of one picture's rows, 6 numbers each. */
function evaluated(rows: readonly number[], build: (raw: Tensor) => ReadonlyMap<string, Tensor>) {
  const graph = newGraph();
  const shape = [1, rows.length / 6, 6];
  const raw = graph.input('raw', 'float32', shape);
  const results = interpret(prune(build(raw)), new Map([['raw', { shape, data: Float64Array.from(rows) }]]));
  return (name: string) => [...results.get(name)!.data].map((value) => Math.round(value * 1e4) / 1e4);
}

test('an anchor of zeros lies in the middle of its cell and has its own size', () => {
  const rows = new Array<number>(6 * ANCHORED.count).fill(0);

  const said = evaluated(rows, (raw) => new Map([['said', decodeAll(raw, ANCHORED, 'anchors')]]))('said');

  expect(said.slice(0, 6)).toEqual([4, 4, 10, 13, 0.5, 0.5]);
  expect(said.slice(-6)).toEqual([28, 12, 16, 30, 0.5, 0.5]);
});

test('a candidate without anchor counts from the corner of its cell, in strides', () => {
  const said = evaluated([0, 0, 0, 0, 0, 0, 0.5, 0.25, Math.log(3), Math.log(2), 0, 0], (raw) => {
    return new Map([['said', decodeAll(raw, FREE, 'free')]]);
  })('said');

  expect(said).toEqual([0, 0, 16, 16, 0.5, 0.5, 24, 4, 48, 32, 0.5, 0.5]);
});

test('detections are objects above the threshold whose product with the class is, too, without worse ones over them', () => {
  // cx, cy, w, h, object, class: a good one, a worse one on it, one elsewhere, one whose product is too small, no object.
  const rows = [
    [20, 20, 20, 20, 0.9, 0.9],
    [22, 20, 20, 20, 0.8, 0.9],
    [70, 70, 10, 20, 0.5, 0.5],
    [70, 20, 10, 20, 0.2, 0.4],
    [20, 70, 10, 20, 0.1, 1],
  ].flat();

  const thresholds = { score: 0.1, overlap: 0.5, most: 4 };
  const found = evaluated(rows, (said) => new Map(Object.entries(detectionsOf(said, thresholds))));

  expect(found('counts')).toEqual([2]);
  expect(found('scores')).toEqual([0.81, 0.25, 0, 0]);
  expect(found('boxes').slice(0, 8)).toEqual([10, 10, 30, 30, 65, 60, 75, 80]);
});

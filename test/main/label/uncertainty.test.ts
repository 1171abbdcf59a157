import { expect, test } from 'vitest';
import { closeness01, disagreement01, entropy01 } from '../../../main/label/uncertainty.ts';
import type { Found } from '../../../main/store/predictions.ts';

const classes = (...probabilities: number[]): Found => ({
  kind: 'classes',
  classes: probabilities.map((probability, i) => ({ class_name: 'abc'[i]!, probability })),
});
const objects = (...list: [string, number, number][]): Found => ({
  kind: 'objects',
  objects: list.map(([class_name, score, x]) => ({ class_name, score, xyxy: [x, 0, x + 10, 10], polygon: null })),
});

test('a certain answer is 0, an even one 1, of either kind', () => {
  expect([entropy01(classes(1, 0, 0)), closeness01(classes(1, 0, 0))]).toEqual([0, 0]);
  expect(entropy01(classes(1 / 3, 1 / 3, 1 / 3))).toBeCloseTo(1, 12);
  expect(closeness01(classes(0.5, 0.5, 0))).toBe(1);
  expect([entropy01(objects(['a', 1, 0])), closeness01(objects(['a', 0.5, 0], ['a', 0.9, 20]))]).toEqual([0, 1]);
  expect([entropy01(objects()), closeness01(objects())]).toEqual([0, 0]);
});

test('where an image may have several classes, the least certain of them counts', () => {
  expect(closeness01(classes(0.9, 0.5, 0.02))).toBe(1);
  expect(entropy01(classes(0.99, 0.98, 0.01))).toBeCloseTo(-(0.98 * Math.log2(0.98) + 0.02 * Math.log2(0.02)), 12);
});

test('two models disagree by what one says and the other does not', () => {
  expect(disagreement01(classes(0.7, 0.3), classes(0.2, 0.8))).toBeCloseTo(0.5, 12);
  expect(disagreement01(classes(1, 0), classes(1, 0))).toBe(0);
  expect(disagreement01(objects(['a', 0.9, 0], ['a', 0.9, 50]), objects(['a', 0.8, 1]))).toBeCloseTo(1 / 3, 12);
  expect(disagreement01(objects(['a', 0.9, 0]), objects(['b', 0.9, 0]))).toBe(1);
  expect(disagreement01(objects(['a', 0.4, 0]), objects())).toBe(0);
  expect(disagreement01(objects(), classes(1, 0))).toBeNull();
});

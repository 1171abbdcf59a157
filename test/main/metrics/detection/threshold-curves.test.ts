import { expect, test } from 'vitest';
import { evaluateCoco } from '../../../../main/metrics/detection/coco.ts';
import { overlapOf } from '../../../../main/metrics/detection/overlap.ts';
import { thresholdCurves } from '../../../../main/metrics/detection/threshold-curves.ts';
import { setOf } from '../../../kit/detection-cases.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Class 0: a find that overlaps by 0.8, one by 0.6, and a false alarm between; class 1: one truth, missed; class 2: none. */
const SET = setOf(
  [{ xywh: [0, 0, 10, 10] }, { image: 1, xywh: [0, 0, 10, 10] }, { class: 1, xywh: [50, 50, 9, 9] }],
  [
    { xywh: [0, 0, 10, 8], score: 0.9 },
    { image: 1, xywh: [70, 70, 5, 5], score: 0.8 },
    { image: 1, xywh: [0, 0, 10, 6], score: 0.7 },
    { class: 2, xywh: [1, 1, 5, 5], score: 0.6 },
  ],
);

test('the mean of each line is the average precision at its overlap', () => {
  const overlap = overlapOf(SET, 'boxes');
  const { numbers, classes } = evaluateCoco(SET, overlap);

  const curves = thresholdCurves(SET, overlap);

  expect(curves.map((curve) => curve.overlap)).toEqual([0.5, 0.75, null]);
  (['AP50', 'AP75', 'AP'] as const).forEach((name, i) => {
    expect(mean(curves[i]!.mean!)).toBeCloseTo(numbers[name], 12);
    curves[i]!.classes.forEach((line, k) => {
      expect(line === null ? -1 : mean(line)).toBeCloseTo(classes[k]![name], 12);
    });
  });
});

test('a line is 1 up to the first false alarm, then what is left, then nothing', () => {
  const [atHalf, atThreeQuarters] = thresholdCurves(SET, overlapOf(SET, 'boxes'));

  const places = (line: readonly number[]) => [0, 50, 51, 100].map((i) => Number(line[i]!.toFixed(9)));
  expect(places(atHalf!.classes[0]!)).toEqual([1, 1, 0.666666667, 0.666666667]);
  expect(places(atThreeQuarters!.classes[0]!)).toEqual([1, 1, 0, 0]);
  expect(atHalf!.classes[1]).toEqual(new Array(101).fill(0));
  expect(atHalf!.classes[2]).toBeNull();
});

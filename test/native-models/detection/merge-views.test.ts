import { describe, expect, test } from 'vitest';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { type FoundObject, mergeViews } from '../../../native-models/detection/merge-views.ts';
import { boxIou, type Xyxy } from '../../../native-models/geometry/box.ts';

const found = (box: Xyxy, label: number, score: number): FoundObject => ({ box, label, score, mask: null });
const MERGING = { overlap: 0.25, isPerClass: true, most: 100 };

describe('what is found in a picture and in its tiles', () => {
  test('a whole object drops the part of it that another tile shows, and an object beside it stays', () => {
    const whole = found([10, 10, 50, 30], 0, 0.9);
    const part = found([30, 10, 50, 30], 0, 0.7); // overlaps by a half
    const beside = found([48, 10, 88, 30], 0, 0.6);

    expect(mergeViews([part, beside, whole], MERGING)).toEqual([whole, beside]);
  });

  test('an overlap of just the threshold is allowed', () => {
    const pair = [found([0, 0, 40, 10], 0, 0.9), found([0, 0, 10, 10], 0, 0.8)];

    expect(mergeViews(pair, MERGING)).toEqual(pair);
    expect(mergeViews(pair, { ...MERGING, overlap: 0.249 })).toEqual(pair.slice(0, 1));
  });

  test('classes are merged each on its own, or together where that is asked for', () => {
    const pair = [found([0, 0, 40, 10], 0, 0.9), found([0, 0, 40, 10], 1, 0.8)];

    expect(mergeViews(pair, MERGING)).toEqual(pair);
    expect(mergeViews(pair, { ...MERGING, isPerClass: false })).toEqual(pair.slice(0, 1));
  });

  test('no more are kept than a picture may have, the best ones', () => {
    const apart = [0.3, 0.9, 0.5].map((score, i) => found([100 * i, 0, 100 * i + 10, 10], i, score));

    expect(mergeViews(apart, { ...MERGING, most: 2 }).map(({ score }) => score)).toEqual([0.9, 0.5]);
  });

  test('what lay beside a tile and has no area any more is left out', () => {
    expect(mergeViews([found([5, 0, 5, 10], 0, 0.9)], MERGING)).toEqual([]);
  });

  test('of any detections none overlap that are kept, and each that is not overlaps a better one', () => {
    const rng = rngFrom(3, 'merge');
    const all = Array.from({ length: 400 }, () => {
      const [x, y] = [200 * rng.uniform(), 200 * rng.uniform()];
      return found([x, y, x + 5 + 40 * rng.uniform(), y + 5 + 40 * rng.uniform()], rng.integer(3), rng.uniform());
    });

    const kept = mergeViews(all, { ...MERGING, most: 400 });

    const drops = (a: FoundObject, b: FoundObject) => a.label === b.label && boxIou(a.box, b.box) > MERGING.overlap;
    for (const one of all) {
      const better = kept.filter((other) => other.score > one.score && drops(other, one));
      expect(kept.includes(one)).toBe(better.length === 0);
    }
    expect(kept.length).toBeLessThan(all.length);
  });
});

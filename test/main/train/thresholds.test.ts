import { expect, test } from 'vitest';
import { tuneThresholds } from '../../../main/train/thresholds.ts';

/** One class: the scores of images that have it, and of those that do not. */
function tuned(positives: readonly number[], negatives: readonly number[]) {
  const truth = [...positives.map(() => 1), ...negatives.map(() => 0)];
  const [only] = tuneThresholds(['can'], [...positives, ...negatives], truth);
  return only;
}

test('a class that scores low gets a lower threshold, halfway between the scores it parts', () => {
  const found = tuned([0.4, 0.375, 0.35, 0.3, 0.25], [0.125, 0.1, 0.1, 0.05, 0.05]);

  expect(found).toEqual({ label: 'can', threshold: 0.1875, f1: 1, positives: 5, is_tuned: true });
});

test('one half stays where nothing else is better', () => {
  expect(tuned([0.9, 0.8, 0.9, 0.7, 0.8], [0.2, 0.1, 0.3, 0.2, 0.1])).toMatchObject({
    threshold: 0.5,
    is_tuned: false,
  });
});

test('of equally good cuts the one nearest to one half is taken', () => {
  // Above 0.85 are 4 of 6 and nothing else: F1 8/10. Above 0.66 are all 6 with 3 others: F1 12/15.
  const found = tuned([0.9, 0.9, 0.9, 0.9, 0.74, 0.72], [0.8, 0.78, 0.76, 0.6, 0.6]);

  expect(found).toMatchObject({ threshold: expect.closeTo(0.66, 12), f1: 0.8 });
});

test('with fewer than five images with the class, or without it, nothing is tuned', () => {
  const few = tuned([0.4, 0.4, 0.4, 0.4], Array(20).fill(0.1));
  const fewNegatives = tuned(Array(20).fill(0.4), [0.1, 0.1, 0.1, 0.1]);
  const none = tuned([], Array(20).fill(0.1));

  expect(few).toEqual({ label: 'can', threshold: 0.5, f1: 0, positives: 4, is_tuned: false });
  expect(fewNegatives).toMatchObject({ threshold: 0.5, is_tuned: false });
  expect(none).toEqual({ label: 'can', threshold: 0.5, f1: 0, positives: 0, is_tuned: false });
});

test('a class that the scores cannot tell is not said of every image', () => {
  const same = tuned(Array(6).fill(0.2), Array(6).fill(0.2));
  const upside = tuned([0.1, 0.2, 0.3, 0.15, 0.25], [0.4, 0.35, 0.45, 0.42, 0.31]);

  expect(same).toMatchObject({ threshold: 0.5, is_tuned: false });
  expect(upside!.threshold).toBeGreaterThan(0.1);
});

test('classes are tuned each by itself, in their order', () => {
  const truth = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0].flatMap((isTrue) => [isTrue, 1 - isTrue]);
  const scores = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0].flatMap((isTrue) => [isTrue ? 0.4 : 0.2, isTrue ? 0.6 : 0.8]);

  expect(tuneThresholds(['a', 'b'], Float32Array.from(scores), Uint8Array.from(truth))).toMatchObject([
    { label: 'a', threshold: expect.closeTo(0.3, 6), f1: 1 },
    { label: 'b', threshold: expect.closeTo(0.7, 6), f1: 1 },
  ]);
});

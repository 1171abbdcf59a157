import { describe, expect, test } from 'vitest';
import { sortColumn } from '../../../main/metrics/sorted-column.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const NEXT_AFTER_ONE = 1 + 2 ** -52;

function lists(): Record<string, number[]> {
  const rng = rngFrom(11, 'thresholds');
  const draw = (count: number, make: () => number) => Array.from({ length: count }, make);
  return {
    empty: [],
    one: [0.5],
    'all equal': [0.3, 0.3, 0.3],
    spread: draw(3000, () => rng.uniform()),
    'crowded at one end': draw(200, () => 1 - rng.uniform() ** 12),
    'with repetitions': draw(200, () => Math.floor(rng.uniform() * 20) / 20),
    'neighbouring numbers': [1, NEXT_AFTER_ONE, 0.5, 1 + 2 ** -23],
    'almost nothing apart': [5e-324, 0, 1e-323, 1e-45],
    'the largest': [1.001, 1, 0, Number.MAX_VALUE],
  };
}

describe.each([Float32Array, Float64Array])('a sorted column of %o', (Scores) => {
  test.each(Object.entries(lists()))('ascends, of equal scores the negatives first: %s', (_, values) => {
    const scores = Scores.from(values);
    const rng = rngFrom(12, 'truth');
    const truth = Uint8Array.from(values, () => rng.integer(2));
    const inOrder = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]! || truth[a]! - truth[b]! || a - b);

    expect(sortColumn({ scores, truth })).toEqual({
      samples: Int32Array.from(inOrder),
      scores: Scores.from(inOrder.map((at) => scores[at]!)),
      truth: Uint8Array.from(inOrder, (at) => truth[at]!),
      positives: Scores.from(inOrder.filter((at) => truth[at] === 1).map((at) => scores[at]!)),
    });
  });

  test('may be a part of a larger table', () => {
    const table = Scores.of(9, 3, 1, 2, 9);

    expect([...sortColumn({ scores: table.subarray(1, 4), truth: Uint8Array.of(0, 0, 1) }).samples]).toEqual([1, 2, 0]);
  });
});

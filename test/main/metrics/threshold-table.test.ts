import { describe, expect, test } from 'vitest';
import { ThresholdTable } from '../../../main/metrics/threshold-table.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const NEXT_AFTER_ONE = 1 + 2 ** -52;

function lists(): Record<string, number[]> {
  const rng = rngFrom(11, 'thresholds');
  const draw = (count: number, make: () => number) => Array.from({ length: count }, make);
  return {
    empty: [],
    one: [0.5],
    'all equal': [0.3, 0.3, 0.3],
    spread: draw(200, () => rng.uniform()),
    'crowded at one end': draw(200, () => 1 - rng.uniform() ** 12),
    'with repetitions': draw(200, () => Math.floor(rng.uniform() * 20) / 20),
    'neighbouring numbers': [1, NEXT_AFTER_ONE, 0.5],
    'minus zero': [-0, 0.5, 0.25],
    'almost nothing apart': [5e-324, 0, 1e-323],
  };
}

describe.each([Float32Array, Float64Array])('a threshold table of %o', (Scores) => {
  test.each(Object.entries(lists()))('places scores as a scan does: %s', (_, values) => {
    const scores = Scores.from(values.map((value) => value + 0));
    const table = new ThresholdTable(scores.toSorted());
    const unique = [...new Set(scores)].sort((a, b) => a - b);
    const rng = rngFrom(12, 'queries');
    const queries = Scores.from([...scores, 0, 1, 2, ...Array.from({ length: 500 }, () => rng.uniform())]);

    expect([...table.thresholds]).toEqual(unique);
    expect([...table.placesOf(queries)]).toEqual(
      Array.from(queries, (query) => 2 * unique.filter((value) => value < query).length + +unique.includes(query)),
    );
  });
});

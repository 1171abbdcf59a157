import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { canResample, resampledPositions } from '../../../native-models/models/vit-positions.ts';
import { fixtureTensor } from '../../kit/fixture-weights.ts';

interface Case {
  readonly name: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly values: readonly number[];
}

const path = join(ROOT, 'test', 'fixtures', 'torch', 'positions.json');
const cases = JSON.parse(readFileSync(path, 'utf8')) as readonly Case[];

describe('positions of another grid', () => {
  test.each(cases)("$name: as torch's antialiased bicubic interpolation", ({ name, from, to, values }) => {
    const table = resampledPositions(fixtureTensor(name, from).data, from, to);

    const largest = Math.max(...values.map((value, i) => Math.abs(table[i]! - value)));
    expect(table).toHaveLength(values.length);
    expect(largest).toBeLessThan(1e-6);
  });

  test('of the same grid are the same numbers', () => {
    const { data } = fixtureTensor('same', [1, 1 + 49, 4]);

    expect(resampledPositions(data, [1, 50, 4], [1, 50, 4])).toEqual(data);
  });

  test('that are no square grid, or of another width, are left alone', () => {
    expect(canResample([1, 50, 4], [1, 26, 4])).toBe(true);
    expect(canResample([1, 50, 4], [1, 49, 4])).toBe(false);
    expect(canResample([1, 49, 4], [1, 50, 4])).toBe(false);
    expect(canResample([1, 50, 4], [1, 50, 8])).toBe(false);
    expect(canResample([50, 4], [1, 50, 4])).toBe(false);
  });
});

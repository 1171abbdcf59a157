import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { Scattered } from '../../../main/data/scattered.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { tempFolder } from '../../kit/folders.ts';

const MEBIBYTE = 1024 * 1024;

/** Records of any length, some longer than what is written at once, in groups that lie mixed. */
function records(count: number): { group: number; value: { at: number; text: string } }[] {
  const rng = rngFrom(3, 'records');
  return Array.from({ length: count }, (_, at) => {
    const length = at % 97 === 0 ? MEBIBYTE + rng.integer(1000) : rng.integer(30_000);
    return { group: rng.integer(40), value: { at, text: 'ü'.repeat(at % 3) + 'x'.repeat(length) } };
  });
}

test.each([0, 2, 20])(
  'records of which %i MB may be in memory come back by group, each as it was, in order',
  (megabytes) => {
    const folder = tempFolder();
    const scattered = new Scattered<{ at: number; text: string }>(folder, 'records', {
      mostInMemoryBytes: megabytes * MEBIBYTE,
    });
    onTestFinished(() => scattered.close());
    const all = records(300);

    for (const { group, value } of all) scattered.add(group, value);
    const found = [...scattered.keys()].map((group) => ({ group, values: scattered.of(group) }));

    const groups = [...new Set(all.map(({ group }) => group))];
    const expected = groups.map((group) => ({
      group,
      values: all.filter((record) => record.group === group).map(({ value }) => value),
    }));
    expect(found).toEqual(expected);
  },
);

test('small data sets leave the disk alone', () => {
  const folder = tempFolder();
  const scattered = new Scattered<number>(folder, 'records');

  for (let i = 0; i < 1000; i++) scattered.add(`image ${i % 7}`, i);
  const found = scattered.of('image 3');
  scattered.close();

  expect(found).toEqual(Array.from({ length: 143 }, (_, i) => 7 * i + 3));
  expect(readdirSync(folder)).toEqual([]);
});

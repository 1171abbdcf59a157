import { expect, test } from 'vitest';
import { groupsAlike, MOST_BITS } from '../../../main/data/alike.ts';
import { judged } from '../../../main/data/look-alikes.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const random = (seed: number): bigint => {
  const rng = rngFrom(seed, 'fingerprint');
  return Array.from({ length: 64 }).reduce<bigint>((bits) => (bits << 1n) | (rng.uniform() < 0.5 ? 0n : 1n), 0n);
};
const text = (bits: bigint): string => bits.toString(16).padStart(16, '0');
const flipped = (bits: bigint, places: readonly number[]): bigint =>
  places.reduce((value, place) => value ^ (1n << BigInt(place)), bits);
const bitCount = (bits: bigint): number => [...bits.toString(2)].filter((digit) => digit === '1').length;

test('groups are those that comparing each with each finds', async () => {
  const rng = rngFrom(1, 'flips');
  const centres = Array.from({ length: 60 }, (_, i) => random(i));
  const all = centres.flatMap((centre) =>
    Array.from({ length: 4 }, () =>
      flipped(
        centre,
        Array.from({ length: Math.floor(rng.uniform() * 12) }, () => Math.floor(rng.uniform() * 64)),
      ),
    ),
  );
  const group = all.map((_, i) => i);
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < all.length; i++) {
      for (let j = 0; j < all.length; j++) {
        if (group[i]! < group[j]! && bitCount(all[i]! ^ all[j]!) <= MOST_BITS) {
          group[j] = group[i]!;
          changed = true;
        }
      }
    }
  }
  const expected = [...new Set(group)].map((root) => group.flatMap((g, i) => (g === root ? [i] : [])));

  const found = await groupsAlike(all.map(text), () => 0);

  const sorted = (groups: number[][]) => groups.map((ids) => ids.toSorted((a, b) => a - b).join()).toSorted();
  expect(sorted(found)).toEqual(sorted(expected.filter(({ length }) => length > 1)));
  expect(found.length).toBeGreaterThan(20);
});

test('a hundred thousand equal fingerprints are one group at once', async () => {
  const [group, ...others] = await groupsAlike(
    Array.from({ length: 100_000 }, () => text(5n)),
    () => 0,
  );

  expect([group!.length, others.length]).toEqual([100_000, 0]);
});

test('a group leaks when its images are in several parts, and conflicts when labelled differently', () => {
  const image = { id: 1, bits: '', split: 'train', labels: '[1]' } as const;

  expect(judged([image, { ...image, id: 2 }])).toEqual({ ids: [1, 2], is_leak: false, is_conflict: false });
  expect(judged([image, { ...image, split: 'test', labels: null }])).toMatchObject({
    is_leak: true,
    is_conflict: false,
  });
  expect(judged([image, { ...image, split: null, labels: '[2]' }])).toMatchObject({
    is_leak: false,
    is_conflict: true,
  });
});

import { expect, test } from 'vitest';
import { KeptSights } from '../../../../main/train/imported/kept-sights.ts';

test('as much is kept as the limit allows, the least lately used goes first, the newest stays whatever its size', () => {
  const kept = new KeptSights<{ readonly bytes: number }>(10);
  const here = () => ['a', 'b', 'c', 'd'].filter((key) => kept.get(key) !== null);
  kept.put('a', { bytes: 4 });
  kept.put('b', { bytes: 4 });
  expect(kept.get('a')).toEqual({ bytes: 4 });

  kept.put('c', { bytes: 4 });
  expect(here()).toEqual(['a', 'c']);
  kept.put('c', { bytes: 6 });
  expect(here()).toEqual(['a', 'c']);
  kept.put('d', { bytes: 99 });
  expect(here()).toEqual(['d']);
});

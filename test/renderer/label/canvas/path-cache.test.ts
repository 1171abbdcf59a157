import { expect, test } from 'vitest';
import { NO_FLAGS } from '../../../../preload/contract/annotation-flags.ts';
import type { Annotation } from '../../../../preload/contract/labelling.ts';
import { type ClassPath, PathCache } from '../../../../renderer/label/canvas/path-cache.ts';

/** Counts the shapes that it is given. */
class Counted {
  static made = 0;
  rects = 0;
  constructor() {
    Counted.made++;
  }
  moveTo(): void {
    this.rects++;
  }
  lineTo(): void {}
  closePath(): void {}
  rect(): void {
    this.rects++;
  }
}

const ALL = [0, 0, 1e6, 1e6] as const;
const NONE: ReadonlySet<number> = new Set();
const box = (id: number, x = id): Annotation => ({
  ...NO_FLAGS,
  id,
  class_name: id % 2 === 0 ? 'nut' : 'bolt',
  shape: { kind: 'box', xyxy: [x, 0, x + 1, 1] },
});
const many = (count: number) => Array.from({ length: count }, (_, i) => box(i + 1));
const drawn = (paths: readonly ClassPath<Counted>[]) => paths.reduce((sum, { path }) => sum + path.rects, 0);

function cache() {
  Counted.made = 0;
  return new PathCache(() => new Counted());
}

test('every object is in one path of its class, and a frame without a change traces nothing', () => {
  const paths = cache();
  const objects = many(2000);

  expect(drawn(paths.paths(objects, NONE, ALL, 1))).toBe(2000);
  const { made } = Counted;
  expect(drawn(paths.paths(objects, NONE, ALL, 1))).toBe(2000);
  expect(made).toBe(16);
  expect(Counted.made).toBe(made);
});

test('one object more, less or elsewhere traces one chunk', () => {
  const paths = cache();
  const objects = many(2000);
  paths.paths(objects, NONE, ALL, 1);
  const without = objects.filter(({ id }) => id !== 600);
  const moved = without.map((one) => (one.id === 1500 ? box(1500, 9000) : one));
  const more = [...moved, box(2001)];

  for (const [list, count] of [
    [without, 1999],
    [moved, 1999],
    [more, 2000],
    [objects, 2000],
  ] as const) {
    const { made } = Counted;
    expect(drawn(paths.paths(list, NONE, ALL, 1))).toBe(count);
    expect(Counted.made - made).toBeLessThanOrEqual(list === objects ? 6 : 2);
  }
});

test('what a gesture changes is left out at once, and comes back', () => {
  const paths = cache();
  const objects = many(600);
  paths.paths(objects, NONE, ALL, 1);

  expect(drawn(paths.paths(objects, new Set([3, 500]), ALL, 1))).toBe(598);
  expect(drawn(paths.paths(objects, NONE, ALL, 1))).toBe(600);
});

test('nearer, chunks are traced anew between frames, and those out of view are not', () => {
  const paths = cache();
  const objects = many(2000);
  paths.paths(objects, NONE, ALL, 0.4);
  const { made } = Counted;

  expect(drawn(paths.paths(objects, NONE, [0, 0, 10, 10], 2))).toBe(250);
  expect(Counted.made).toBe(made);
  expect(paths.isBehind).toBe(true);
  while (paths.isBehind) paths.catchUp();

  expect(Counted.made - made).toBe(2);
  expect(drawn(paths.paths(objects, NONE, [0, 0, 10, 10], 2))).toBe(250);
  expect(paths.isBehind).toBe(false);
});

test('of more objects than one frame may take the rest follows', () => {
  const paths = cache();
  const objects = many(15_000);

  const first = drawn(paths.paths(objects, NONE, ALL, 1));
  expect(first).toBeGreaterThanOrEqual(10_000);
  expect(first).toBeLessThan(15_000);
  while (paths.isBehind) paths.catchUp();
  expect(drawn(paths.paths(objects, NONE, ALL, 1))).toBe(15_000);
  expect(paths.paths([], NONE, ALL, 1)).toEqual([]);
});

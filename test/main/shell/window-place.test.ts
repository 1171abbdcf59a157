import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundedPlace, keepPlace, readPlace } from '../../../main/shell/window-place.ts';
import { tempFolder } from '../../kit/folders.ts';

const LEFT = { x: 0, y: 0, width: 1920, height: 1080 };
const RIGHT = { x: 1920, y: 0, width: 1280, height: 1024 };
const place = (x: number, y: number, size = { width: 900, height: 600 }) => ({
  at: { x, y },
  ...size,
  isMaximized: false,
});

test('a window comes back where it was, on the second screen too', () => {
  expect(boundedPlace(place(2000, 40), [LEFT, RIGHT])).toEqual(place(2000, 40));
});

test('one whose screen has gone, or whose title no hand could reach, goes where the system puts it', () => {
  expect(boundedPlace(place(2000, 40), [LEFT]).at).toBeNull();
  expect(boundedPlace(place(100, -50), [LEFT]).at).toBeNull();
  expect(boundedPlace(place(100, 1070), [LEFT]).at).toBeNull();
  expect(boundedPlace(place(1900, 100), [LEFT]).at).toBeNull();
});

test('none is larger than the largest screen, nor smaller than can be used', () => {
  expect(boundedPlace(place(0, 0, { width: 9000, height: 9000 }), [LEFT, RIGHT])).toMatchObject({
    ...{ width: 1920, height: 1080 },
  });
  expect(boundedPlace(place(0, 0, { width: 10, height: 10 }), [LEFT])).toMatchObject({ width: 760, height: 480 });
});

test.each([null, 7, {}, { at: { x: 'left' }, width: 900, height: 600, isMaximized: false }, { width: Number.NaN }])(
  'what is no place (%j) is the usual one',
  (stored) => {
    expect(boundedPlace(stored, [LEFT])).toEqual({ at: null, width: 1360, height: 860, isMaximized: false });
  },
);

test('a place is kept and read; a damaged file is none', () => {
  const path = join(tempFolder(), 'window.json');
  expect(readPlace(path, [LEFT]).at).toBeNull();

  keepPlace(path, { ...place(10, 20), isMaximized: true });
  expect(readPlace(path, [LEFT])).toEqual({ ...place(10, 20), isMaximized: true });

  writeFileSync(path, '{"at":');
  expect(readPlace(path, [LEFT]).width).toBe(1360);
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BuildStep, built } from '../../build/built.ts';
import { ROOT } from '../../build/source-files.ts';

const WORK = `.cache/built-test-${process.pid}`;
const path = (...parts: string[]) => join(ROOT, WORK, ...parts);

let runs: number;
const step: BuildStep = {
  output: `${WORK}/out`,
  inputs: [`${WORK}/in`],
  run: async (folder) => {
    runs++;
    writeFileSync(join(folder, 'result.txt'), readFileSync(path('in', 'source.txt')));
  },
};

beforeEach(() => {
  runs = 0;
  mkdirSync(path('in'), { recursive: true });
  writeFileSync(path('in', 'source.txt'), 'one');
});
afterEach(() => rmSync(path(), { recursive: true, force: true }));

test('a second build of the same input does nothing', async () => {
  expect(await built(step)).toBe(path('out'));
  await built(step);

  expect(runs).toBe(1);
});

test('a changed, added or renamed input is built again, and old results are gone', async () => {
  await built(step);
  writeFileSync(path('out', 'left-over.txt'), '');
  writeFileSync(path('in', 'source.txt'), 'two');
  await built(step);
  expect(readdirSync(path('out')).sort()).toEqual(['built-from.txt', 'result.txt']);
  expect(readFileSync(path('out', 'result.txt'), 'utf8')).toBe('two');

  writeFileSync(path('in', 'other.txt'), '');
  await built(step);

  expect(runs).toBe(3);
});

test('other settings are another build', async () => {
  await built(step);
  await built({ ...step, settings: 'other' });

  expect(runs).toBe(2);
});

test('a build that fails leaves what was there, and nothing half done', async () => {
  await built(step);
  writeFileSync(path('in', 'source.txt'), 'two');
  const broken = async () => {
    throw new Error('no disk');
  };

  await expect(built({ ...step, run: broken })).rejects.toThrow('no disk');

  expect(readFileSync(path('out', 'result.txt'), 'utf8')).toBe('one');
  expect(readdirSync(path()).sort()).toEqual(['in', 'out']);
});

test('two builds at once leave one whole result', async () => {
  await Promise.all([built(step), built(step), built(step)]);

  expect(existsSync(path('out', 'result.txt'))).toBe(true);
  expect(readdirSync(path()).sort()).toEqual(['in', 'out']);
});

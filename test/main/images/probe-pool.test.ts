import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProbePool, type ProbePoolOptions } from '../../../main/images/probe-pool.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

const fragile = join(import.meta.dirname, 'fragile-probe.ts');

function open(options: Partial<ProbePoolOptions> = {}): ProbePool {
  const pool = new ProbePool({ workers: 2, ...options });
  onTestFinished(() => pool.close());
  return pool;
}

test('many images are inspected, each answer to its own question', async () => {
  const folder = tempFolder();
  const paths = await Promise.all(
    [5, 6, 7, 8].map((side) => writePhoto(join(folder, `${side}.png`), side, { width: side, height: 4 })),
  );
  const pool = open();

  const seen = await Promise.all(paths.map((path) => pool.inspect(path)));

  expect(seen.map(({ width, format }) => [width, format])).toEqual([5, 6, 7, 8].map((side) => [side, 'png']));
});

test('errors keep their code and message on the way', async () => {
  const path = join(tempFolder(), 'gone.png');
  const pool = open({ maxPixels: 10 });

  const missing = await appErrorOf(() => pool.inspect(path));
  const large = await appErrorOf(async () => pool.inspect(await writePhoto(path, 1)));

  expect([missing.code, missing.message]).toEqual(['image-missing', `${path}: there is no such file`]);
  expect(large.code).toBe('image-too-large');
});

test('a file that kills the decoder costs that one image', async () => {
  const pool = open({ entry: fragile, workers: 1 });

  const results = await Promise.allSettled(['a', 'deadly', 'b', 'c'].map((path) => pool.inspect(path)));

  expect(
    results.map((result) => (result.status === 'fulfilled' ? result.value.sha256 : result.reason.message)),
  ).toEqual(['a', 'deadly: the image decoder died while reading it (SIGSEGV)', 'b', 'c']);
});

test('closing answers what was still asked', async () => {
  const pool = open({ entry: fragile, workers: 1 });
  const asked = ['a', 'b'].map((path) => appErrorOf(() => pool.inspect(path)));

  pool.close();

  expect((await Promise.all(asked)).map((error) => error.code)).toEqual(['cancelled', 'cancelled']);
});

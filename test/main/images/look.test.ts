import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, onTestFinished, test } from 'vitest';
import { fingerprint, THUMBNAIL_SIDE_PX, thumbnail } from '../../../main/images/look.ts';
import { LookPool } from '../../../main/images/look-pool.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

const bitsApart = (a: string, b: string): number =>
  [...(BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2)].filter((digit) => digit === '1').length;

test('a small picture is a JPEG of the same shape, and never larger than the image', async () => {
  const folder = tempFolder();
  const wide = await writePhoto(join(folder, 'wide.png'), 1, { width: 900, height: 300 });
  const tiny = await writePhoto(join(folder, 'tiny.png'), 2, { width: 24, height: 18 });

  const sizes = await Promise.all([wide, tiny].map(async (path) => sharp(await thumbnail(path)).metadata()));

  expect(sizes.map(({ format, width, height }) => [format, width, height])).toEqual([
    ['jpeg', THUMBNAIL_SIDE_PX, Math.round(THUMBNAIL_SIDE_PX / 3)],
    ['jpeg', 24, 18],
  ]);
});

test('a picture that is resized, brightened or saved anew keeps its fingerprint nearly, another has another', async () => {
  const folder = tempFolder();
  const path = await writePhoto(join(folder, 'a.png'), 1, { width: 320, height: 240 });
  const other = await writePhoto(join(folder, 'b.png'), 9, { width: 320, height: 240 });
  const changes = {
    small: sharp(path).resize(100).png(),
    bright: sharp(path).linear(1.1, 8).png(),
    rough: sharp(path).jpeg({ quality: 30 }),
  };
  const original = await fingerprint(path);

  for (const [name, change] of Object.entries(changes)) {
    const copy = join(folder, `${name}.img`);
    writeFileSync(copy, await change.toBuffer());
    expect(bitsApart(await fingerprint(copy), original)).toBeLessThanOrEqual(6);
  }
  expect(bitsApart(await fingerprint(other), original)).toBeGreaterThan(6);
});

test('children do the same, say what they cannot read, and leave what nobody waits for', async () => {
  const folder = tempFolder();
  const path = await writePhoto(join(folder, 'a.png'), 1);
  const pool = new LookPool(1);
  onTestFinished(() => pool.close());
  const left = new AbortController();

  const first = pool.thumbnail(path);
  const second = appErrorOf(() => pool.thumbnail(path, left.signal));
  const third = pool.fingerprint(path);
  left.abort();

  expect((await second).code).toBe('cancelled');
  expect(Buffer.from(await first).equals(Buffer.from(await thumbnail(path)))).toBe(true);
  expect(await third).toBe(await fingerprint(path));
  expect((await appErrorOf(() => pool.fingerprint(join(folder, 'gone.png')))).code).toBe('image-missing');
});

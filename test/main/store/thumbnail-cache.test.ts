import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ThumbnailCache } from '../../../main/store/thumbnail-cache.ts';
import { tempFolder } from '../../kit/folders.ts';

const picture = (fill: number): Uint8Array => new Uint8Array(1000).fill(fill);

test('what was put is there again, in the next process too', () => {
  const folder = tempFolder();
  const first = new ThumbnailCache(folder);
  first.put('aa', picture(1));
  first.close();
  const next = new ThumbnailCache(folder);

  expect([next.get('aa')?.[0], next.get('aa')?.length, next.get('bb')]).toEqual([1, 1000, null]);
  next.close();
});

test('those unused for longest go when there are too many bytes', () => {
  const cache = new ThumbnailCache(tempFolder(), 4_500);
  for (const [i, name] of ['a', 'b', 'c', 'd'].entries()) cache.put(name, picture(i));
  cache.get('a');

  cache.put('e', picture(5));

  expect(['a', 'b', 'c', 'd', 'e'].filter((name) => cache.get(name) !== null)).toEqual(['a', 'c', 'd', 'e']);
  cache.close();
});

test('a damaged file is begun anew', () => {
  const folder = tempFolder();
  writeFileSync(
    join(folder, 'thumbnails.sqlite'),
    'this is no database, and long enough to be looked at as one'.repeat(50),
  );

  const cache = new ThumbnailCache(folder);
  cache.put('a', picture(1));

  expect(cache.get('a')?.length).toBe(1000);
  cache.close();
});

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { openForOneReading } from '../../../main/images/decode.ts';
import { PyramidCache } from '../../../main/images/pyramid-cache.ts';
import { writePyramid } from '../../../main/images/write-pyramid.ts';
import { allTiles, levelCount, levelSize, placesOf } from '../../../native-models/geometry/tile-pyramid.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, photo } from '../../kit/pictures.ts';

const SIZE = { width: 1301, height: 777 };
const never = new AbortController().signal;

async function pictureIn(folder: string, name = 'a.png'): Promise<string> {
  const path = join(folder, name);
  const image = encoder(photo(SIZE.width, SIZE.height, 1));
  writeFileSync(path, await (name.endsWith('.png') ? image.png() : image.jpeg({ quality: 95 })).toBuffer());
  return path;
}

const raw = (path: string) => sharp(path).removeAlpha().raw().toBuffer();

describe('the tiles that are written', () => {
  test('are those the arithmetic names, of the sizes it gives, on every level', async () => {
    const folder = tempFolder();
    const path = await pictureIn(folder);
    const sizes: string[] = [];
    for (const part of ['exact', 'coarse'] as const) {
      const into = join(folder, part);
      mkdirSync(into);
      await writePyramid(path, part, into);
      for (const level of readdirSync(into)) {
        for (const name of readdirSync(join(into, level))) {
          const { width, height } = await sharp(join(into, level, name)).metadata();
          sizes.push(`${level}/${name.split('.')[0]} ${width}x${height}`);
        }
      }
    }
    const expected = Array.from({ length: levelCount(SIZE) }, (_, level) => {
      const { width, height } = levelSize(SIZE, level);
      return placesOf(allTiles(SIZE, level)).map(
        ({ column, row }) =>
          `${level}/${column}_${row} ${Math.min(512, width - 512 * column)}x${Math.min(512, height - 512 * row)}`,
      );
    }).flat();

    expect(sizes.sort()).toEqual(expected.sort());
  });

  test('of level 0 have the very pixels of the picture', async () => {
    const folder = tempFolder();
    const path = await pictureIn(folder);
    const into = tempFolder();
    await writePyramid(path, 'exact', into);

    const box = { left: 512, top: 512, width: 512, height: SIZE.height - 512 };
    const expected = await sharp(path).extract(box).raw().toBuffer();
    expect((await raw(join(into, '0', '1_1.webp'))).equals(expected)).toBe(true);
  });

  test('are of the file that is named, whatever brackets mean to libvips', async () => {
    const [folder, into] = [tempFolder(), tempFolder()];
    const path = await pictureIn(folder);
    const bracketed = join(folder, 'a.png[page=7]');
    renameSync(path, bracketed);

    await writePyramid(bracketed, 'exact', into);

    expect(readdirSync(join(into, '0'))).toHaveLength(6);
  });

  test('of a large file without a copy of it in memory, where it can be read from top to bottom', async () => {
    const folder = tempFolder();
    const [png, jpeg] = [await pictureIn(folder), await pictureIn(folder, 'a.jpg')];

    expect(openForOneReading(png)).toEqual({ path: png, bytes: null, format: 'png' });
    expect(openForOneReading(jpeg).bytes).toHaveLength(statSync(jpeg).size);
  });

  test('of a picture that fits into one are its own pixels alone, of any format', async () => {
    const [folder, exact, coarse] = [tempFolder(), tempFolder(), tempFolder()];
    const path = join(folder, 'small.tif');
    writeFileSync(
      path,
      await encoder(photo(300, 200, 1))
        .tiff()
        .toBuffer(),
    );

    await writePyramid(path, 'exact', exact);

    expect([await writePyramid(path, 'coarse', coarse), readdirSync(coarse)]).toEqual([0, []]);
    expect((await raw(join(exact, '0', '0_0.webp'))).equals(await raw(path))).toBe(true);
  });

  test('are upright where the camera was turned', async () => {
    const folder = tempFolder();
    const path = join(folder, 'turned.jpg');
    const image = encoder(photo(700, 300, 1))
      .jpeg({ quality: 95 })
      .withMetadata({ orientation: 6 });
    writeFileSync(path, await image.toBuffer());

    const into = tempFolder();
    await writePyramid(path, 'exact', into);

    expect(readdirSync(join(into, '0')).sort()).toEqual(['0_0.webp', '0_1.webp']);
  });
});

describe('the cache of tiles', () => {
  let cache: PyramidCache | null = null;
  let nowMs = 1_700_000_000_000;
  const open = (folder: string, mostBytes?: number) => {
    cache = new PyramidCache(folder, { nowMs: () => nowMs++, ...(mostBytes === undefined ? {} : { mostBytes }) });
    return cache;
  };
  afterEach(() => cache?.close());
  const place = { level: 0, column: 1, row: 0 };

  test('makes a part once, however many ask, and has it in the next engine', async () => {
    const folder = join(tempFolder(), 'tiles');
    const path = await pictureIn(tempFolder());
    const first = open(folder);

    await Promise.all([first.ensure('aa', path, 'exact', never), first.ensure('aa', path, 'exact', never)]);

    expect(statSync(first.tileFile('aa', place)!).size).toBeGreaterThan(1000);
    expect([first.tileFile('aa', { ...place, level: 1 }), first.tileFile('bb', place)]).toEqual([null, null]);
    first.close();
    expect(open(folder).tileFile('aa', place)).not.toBeNull();
    expect(readdirSync(folder)).toEqual(['aa-exact']);
  });

  test('gives up what was unused for longest, and makes it again', async () => {
    const folder = join(tempFolder(), 'tiles');
    const path = await pictureIn(tempFolder());
    const tiles = open(folder);
    await tiles.ensure('aa', path, 'coarse', never);
    const bytes = Number(sizeOf(join(folder, 'aa-coarse')));
    tiles.close();
    const small = open(folder, 2.5 * bytes);
    await small.ensure('bb', path, 'coarse', never);
    await small.ensure('aa', path, 'coarse', never); // is there, and is used later than the other

    await small.ensure('cc', path, 'coarse', never);

    expect(readdirSync(folder).sort()).toEqual(['aa-coarse', 'cc-coarse']);
    await small.ensure('bb', path, 'coarse', never);
    expect(small.tileFile('bb', { level: 1, column: 0, row: 0 })).not.toBeNull();
  });

  test.each(['jpg', 'png'])('leaves nothing of a %s that is damaged, and says so', async (ending) => {
    const folder = join(tempFolder(), 'tiles');
    const whole = readFileSync(await pictureIn(tempFolder(), `a.${ending}`));
    const path = join(tempFolder(), `torn.${ending}`);
    writeFileSync(path, whole.subarray(0, 5_000));

    await expect(open(folder).ensure('aa', path, 'exact', never)).rejects.toMatchObject({ code: 'image-truncated' });

    expect(readdirSync(folder)).toEqual([]);
  });

  test('forgets what nobody waits for any more', async () => {
    const folder = join(tempFolder(), 'tiles');
    const path = await pictureIn(tempFolder());
    const tiles = open(folder);
    const first = tiles.ensure('aa', path, 'exact', never);
    const gone = new AbortController();
    const second = tiles.ensure('bb', path, 'exact', gone.signal);
    second.catch(() => {});

    gone.abort();

    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await first;
    expect(existsSync(join(folder, 'bb-exact'))).toBe(false);
  });
});

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.jpeg'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

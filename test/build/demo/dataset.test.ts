import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDataset } from '../../../build/demo/dataset.ts';
import { asFileError } from '../../../build/demo/file-error.ts';
import { PART_LABELS } from '../../../build/demo/render/parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'lightbench-parts-'));
const tinyDisk = mountTinyDisk(join(folder, 'tiny'));
afterAll(() => {
  if (tinyDisk) execFileSync('umount', [tinyDisk]);
  rmSync(folder, { recursive: true, force: true });
});

/** A disk of 16 KiB, or null where this process may not mount one. */
function mountTinyDisk(path: string): string | null {
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return null;
  }
}

const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const listed = (path: string) => readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();

describe('classification set', () => {
  const set = join(folder, 'classes');
  const options = { kind: 'classification', images: 12, sidePx: 48, seed: 5 } as const;
  const progress: (readonly [number, number])[] = [];
  let counts: Awaited<ReturnType<typeof makeDataset>>;
  beforeAll(async () => {
    counts = await makeDataset(set, { ...options, workers: 2, onProgress: (...step) => progress.push(step) });
  });

  test('has every label equally often, and reports every picture', () => {
    expect(counts.images).toBe(12);
    expect(counts.byLabel).toEqual(Object.fromEntries(PART_LABELS.map((label) => [label, 2])));
    expect(progress).toEqual(Array.from({ length: 12 }, (_, i) => [i + 1, 12]));
  });

  test('has one line per picture, with its name, its size and its label', async () => {
    const records = lines(join(set, 'annotations.jsonl'));

    expect(records.map(({ image_url }) => image_url)).toEqual(
      readdirSync(join(set, 'images'))
        .sort()
        .map((name) => `images/${name}`),
    );
    expect(records[0].image_url).toBe('images/part-0001.jpg');
    for (const { image_url, image_details, label } of records) {
      const { width, height, format } = await sharp(join(set, image_url)).metadata();
      expect({ width, height, format }).toEqual({ width: 48, height: 48, format: 'jpeg' });
      expect(image_details).toEqual({ width: 48, height: 48, format: 'jpg' });
      expect(PART_LABELS).toContain(label);
    }
  });

  test('keeps the truth: the main part of every picture has the label of its line', () => {
    const { images, annotations, categories } = json(join(set, 'truth.json'));
    const nameOf = (id: number) => categories.find((category: { id: number }) => category.id === id).name;
    const mains = annotations.filter(({ is_main }: { is_main: boolean }) => is_main);

    expect(images).toHaveLength(12);
    expect(annotations).toHaveLength(counts.instances);
    expect(mains.map(({ category_id }: { category_id: number }) => nameOf(category_id))).toEqual(
      lines(join(set, 'annotations.jsonl')).map(({ label }) => label),
    );
  });

  test('does not depend on the number of threads', async () => {
    const again = join(folder, 'classes-again');

    await makeDataset(again, { ...options, workers: 1 });

    expect(listed(again)).toEqual(listed(set));
    for (const name of listed(set).filter((path) => path.includes('.'))) {
      expect(readFileSync(join(again, name)).equals(readFileSync(join(set, name)))).toBe(true);
    }
  });
});

describe('detection set', () => {
  const set = join(folder, 'benches');
  beforeAll(() => makeDataset(set, { kind: 'detection', images: 3, sidePx: 96, seed: 2, workers: 2 }));

  test('gives the same boxes as fractions, as polygons and as COCO', () => {
    const { annotations } = json(join(set, 'coco.json'));
    const boxes = lines(join(set, 'annotations.jsonl')).flatMap(({ label }) => label);
    const polygons = lines(join(set, 'polygons.jsonl')).flatMap(({ label }) => label);

    expect(boxes.length).toBe(annotations.length);
    expect(polygons.length).toBe(annotations.length);
    annotations.forEach(({ bbox: [x, y, w, h] }: { bbox: [number, number, number, number] }, i: number) => {
      const [width, height] = [96, 72];
      const { topX, topY, bottomX, bottomY, isCrowd } = boxes[i];
      expect([topX * width, topY * height, bottomX * width, bottomY * height, isCrowd]).toEqual(
        [x, y, x + w, y + h, 0].map((value) => expect.closeTo(value, 9)),
      );
      const corners: number[] = polygons[i].polygon.flat();
      const xs = corners.filter((_, k) => k % 2 === 0).map((value) => value * width);
      const ys = corners.filter((_, k) => k % 2 === 1).map((value) => value * height);
      expect([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]).toEqual(
        [x, y, x + w, y + h].map((value) => expect.closeTo(value, 4)),
      );
    });
  });

  test('run lengths cover the picture, and their ones are the area', () => {
    for (const { segmentation, area } of json(join(set, 'coco.json')).annotations) {
      const { size, counts } = segmentation as { size: number[]; counts: number[] };
      expect(size).toEqual([72, 96]);
      expect(counts.reduce((sum, run) => sum + run, 0)).toBe(72 * 96);
      expect(counts.filter((_, i) => i % 2 === 1).reduce((sum, run) => sum + run, 0)).toBe(area);
    }
  });
});

describe('bad targets', () => {
  const options = { kind: 'classification', images: 1, sidePx: 32, seed: 1, workers: 1 } as const;

  test('a folder that holds something is refused and left as it was', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    writeFileSync(join(taken, 'mine.txt'), 'mine');

    await expect(makeDataset(taken, options)).rejects.toMatchObject({
      code: 'folder-exists',
      details: { path: taken },
    });
    expect(listed(taken)).toEqual(['mine.txt']);
  });

  test('an empty folder is filled', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);

    await makeDataset(empty, options);

    expect(listed(empty)).toEqual(['annotations.jsonl', 'images', 'images/part-0001.jpg', 'truth.json']);
  });

  test('a target inside a file is reported as not writable and leaves no trace', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'a file');

    await expect(makeDataset(join(file, 'set'), options)).rejects.toMatchObject({ code: 'folder-unwritable' });
    expect(readFileSync(file, 'utf8')).toBe('a file');
  });

  test('numbers that make no sense are named', async () => {
    await expect(makeDataset(join(folder, 'none'), { ...options, images: 0 })).rejects.toMatchObject({
      code: 'bad-argument',
      message: 'images: expected a whole number of at least 1, got 0',
    });
    await expect(makeDataset(join(folder, 'none'), { ...options, sidePx: 12.5 })).rejects.toMatchObject({
      details: { name: 'side', value: 12.5 },
    });
  });

  test.skipIf(tinyDisk === null)(
    'a full disk ends in its name and leaves no trace (needs the right to mount)',
    async () => {
      const target = join(tinyDisk!, 'set');

      const made = makeDataset(target, { ...options, images: 12, sidePx: 96, workers: 2 });

      await expect(made).rejects.toMatchObject({ code: 'disk-full' });
      expect(listed(tinyDisk!)).toEqual([]);
    },
  );

  test('a full disk is called a full disk', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

    expect(asFileError(full, '/set/images/part-0001.jpg')).toMatchObject({
      code: 'disk-full',
      message: 'write /set/images/part-0001.jpg: the disk is full',
    });
  });
});

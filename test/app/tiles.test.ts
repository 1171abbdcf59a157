/** A large picture on the canvas: seen from afar, pixel by pixel, and looked at by the tools that need its pixels. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { openEngine } from '../../main/engine.ts';
import { annotationsOf } from '../../main/store/annotations.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject, openProject } from '../../main/store/project.ts';
import { maskArea } from '../../native-models/geometry/mask.ts';
import { FakeClock } from '../kit/clock.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { fittedInto, onCanvas, wheelLarger } from '../kit/on-canvas.ts';
import { encoder, photo } from '../kit/pictures.ts';
import { colours, edgesOf, isNear, lengthsOf } from '../kit/screen-colours.ts';
import { servedWindow } from '../kit/served-window.ts';
import { keepPicture } from '../kit/window.ts';

const SIZE = { width: 5000, height: 3400 };
/** Over the borders of tiles at 2048 and 1536. */
const PATCH = { left: 1900, top: 1400, width: 300, height: 250 };
/** Pixels of two colours by turns. */
const CHECKS = { left: 4080, top: 3060, width: 32, height: 32 };
/** Screen pixels of an image pixel. */
const SQUARE = 40;
const [RED, BLUE] = [
  [220, 30, 20],
  [20, 60, 230],
] as const;

async function largePicture(path: string): Promise<void> {
  const { width, height } = SIZE;
  const data = await encoder(photo(500, 340, 3))
    .resize(width, height)
    .raw()
    .toBuffer();
  const put = (x: number, y: number, colour: readonly number[]) => data.set(colour, (y * width + x) * 3);
  for (let i = 0; i < PATCH.width * PATCH.height; i++) {
    put(PATCH.left + (i % PATCH.width), PATCH.top + Math.floor(i / PATCH.width), RED);
  }
  for (let i = 0; i < CHECKS.width * CHECKS.height; i++) {
    const [x, y] = [i % CHECKS.width, Math.floor(i / CHECKS.width)];
    put(CHECKS.left + x, CHECKS.top + y, (x + y) % 2 === 0 ? RED : BLUE);
  }
  await sharp(data, { raw: { ...SIZE, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toFile(path);
}

async function openLarge() {
  const folder = join(tempFolder(), 'project');
  const clock = new FakeClock();
  const project = createProject(folder, { clock, owner: 'lightbench test', task: 'image-instance-segmentation' });
  const path = join('images', 'large.png');
  await largePicture(join(folder, path));
  const bytes = readFileSync(join(folder, path));
  addImage(project.db, {
    ...{ path, storage: 'copied', source_url: 'large.png', size_bytes: bytes.length, format: 'png', split: null },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...{ width_px: SIZE.width, height_px: SIZE.height, created_at_ms: 1 },
  });
  project.close();
  const engine = openEngine(folder, { clock, logBug: (error) => console.error(error), home: tempFolder(), threads: 1 });
  const { page, server } = await servedWindow(engine, { closed: () => engine.close() });
  await page.goto(`${server.url}/#/label/1`);
  await page.getByText('1 of 1').waitFor();
  return { page, folder, clock };
}

test('a large picture is seen by its tiles, pixel by pixel from near, and a wand reads them', async () => {
  const { page, folder, clock } = await openLarge();
  const { scale, screenOf } = await onCanvas(page, SIZE);
  const middle = [PATCH.left + PATCH.width / 2, PATCH.top + PATCH.height / 2] as const;

  await eventually(async () => {
    const [seen] = await colours(page, [screenOf(...middle)]);
    expect(isNear(seen!, RED, 12)).toBe(true);
  });
  await keepPicture(page, 'tiles-light');
  await page.keyboard.press('w');
  await page.getByPlaceholder('Find or add a class').fill('patch');
  await page.keyboard.press('Enter');
  await page.keyboard.press('w');
  await page.mouse.click(...screenOf(...middle));
  await page.getByRole('heading', { name: '1 object' }).waitFor();

  const project = openProject(folder, { clock, owner: 'lightbench test', access: 'read' });
  const [found] = annotationsOf(project.db, 1);
  project.close();
  expect(found!.xyxy).toEqual([PATCH.left, PATCH.top, PATCH.left + PATCH.width, PATCH.top + PATCH.height]);
  expect(found!.shape.kind === 'mask' && maskArea(found!.shape.mask)).toBe(PATCH.width * PATCH.height);

  await page.emulateMedia({ colorScheme: 'dark' });
  const near = screenOf(CHECKS.left + 16, CHECKS.top + 16).map(Math.round) as [number, number];
  await page.mouse.move(...near);
  await wheelLarger(page, SQUARE / scale);
  const along = Array.from({ length: 320 }, (_, i): [number, number] => [near[0] - 160 + i, near[1]]);
  await eventually(async () => expect(lengthsOf(edgesOf(await colours(page, along)))).toEqual(Array(7).fill(SQUARE)));
  const at: [number, number] = [along[edgesOf(await colours(page, along))[1]!]![0] + SQUARE / 2, near[1]];
  await page.mouse.move(...at);
  const [x, y] = (await page.locator('.label-pixel').innerText()).split(', ').map(Number);
  const under = (x! + y! - CHECKS.left - CHECKS.top) % 2 === 0 ? RED : BLUE;
  const beside: [number, number] = [at[0] + 8, at[1]];
  expect(await colours(page, [beside])).toEqual([under]);
  await keepPicture(page, 'tiles-near-dark');

  await page.keyboard.press('l');
  await page.getByRole('button', { name: 'red', exact: true }).click();
  await eventually(async () => expect(await colours(page, [beside])).toEqual([Array(3).fill(under[0])]));
});

test('the data browser looks at a picture that no browser shows by its tiles, as many as it has room for', async () => {
  const folder = join(tempFolder(), 'project');
  const clock = new FakeClock();
  const project = createProject(folder, { clock, owner: 'lightbench test', task: 'image-object-detection' });
  const size = { width: 2600, height: 1800 };
  await sharp({ create: { ...size, channels: 3, background: 'rgb(20, 60, 230)' } })
    .composite([{ input: { create: { ...PATCH, channels: 3, background: 'rgb(220, 30, 20)' } }, ...PATCH }])
    .tiff()
    .toFile(join(folder, 'images', 'a.tif'));
  addImage(project.db, {
    ...{ path: 'images/a.tif', storage: 'copied', source_url: 'a.tif', size_bytes: 1, format: 'tiff', split: null },
    ...{ sha256: 'a'.repeat(64), width_px: size.width, height_px: size.height, created_at_ms: 1 },
  });
  project.close();
  const engine = openEngine(folder, { clock, logBug: (error) => console.error(error), home: tempFolder(), threads: 1 });
  const { page, server } = await servedWindow(engine, { closed: () => engine.close() });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${server.url}/#/data`);

  await page.getByRole('option').first().dblclick();

  await page.locator('.preview-tiles image').nth(5).waitFor();
  const { screenOf } = fittedInto((await page.locator('.preview').boundingBox())!, size, 0);
  await eventually(async () => {
    const seen = await colours(page, [
      screenOf(PATCH.left + 8, PATCH.top + 8),
      screenOf(PATCH.left - 8, PATCH.top - 8),
    ]);
    expect([isNear(seen[0]!, RED, 12), isNear(seen[1]!, BLUE, 12)]).toEqual([true, true]);
  });
  await keepPicture(page, 'preview-tiles-light');
  expect(asked.filter((path) => path.startsWith('/images/'))).toEqual([]);
  expect(asked.filter((path) => /tiles.*\d-\d$/.test(path)).map((path) => path.split('/')[3])).toEqual(
    Array(6).fill('1'),
  );
});

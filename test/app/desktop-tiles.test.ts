/** A picture of 100 megapixels on the canvas of the desktop app: its tiles come by the app's own scheme. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, onTestFinished, test } from 'vitest';
import { addImage } from '../../main/store/images.ts';
import { DESKTOP_NAME, MISSING, openDesktop, quitDesktop } from '../kit/desktop.ts';
import { eventually } from '../kit/eventually.ts';
import { onCanvas, wheelLarger } from '../kit/on-canvas.ts';
import { newProject } from '../kit/projects.ts';
import { colours, edgesOf, isNear, lengthsOf, type ScreenPoint } from '../kit/screen-colours.ts';
import { keepPicture } from '../kit/window.ts';

const SIZE = { width: 12_000, height: 8_400 };
const [BLUE, RED] = [
  [20, 60, 230],
  [220, 30, 20],
] as const;
/** Red over the borders of tiles on every level. */
const PATCH = { left: 2_400, top: 1_900, width: 2_000, height: 1_600 };
/** Red stripes, so many pixels wide and apart; far from the patch. */
const STRIPES = { left: 9_000, top: 7_000, wide: 4, count: 4 };
const ZOOM = 8;

const rgb = ([r, g, b]: readonly number[]) => ({ r: r!, g: g!, b: b! });
const area = (width: number, height: number) => ({
  create: { width, height, channels: 3 as const, background: rgb(RED) },
});

async function projectOfOne() {
  const project = newProject(undefined, 'image-object-detection');
  const path = 'images/large.png';
  const file = join(project.folder, path);
  const stripes = Array.from({ length: STRIPES.count }, (_, i) => ({
    input: area(STRIPES.wide, STRIPES.wide * 8),
    ...{ left: STRIPES.left + 2 * i * STRIPES.wide, top: STRIPES.top },
  }));
  await sharp({ create: { ...SIZE, channels: 3, background: rgb(BLUE) }, limitInputPixels: false })
    .composite([{ input: area(PATCH.width, PATCH.height), left: PATCH.left, top: PATCH.top }, ...stripes])
    .png({ compressionLevel: 1 })
    .toFile(file);
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  addImage(project.db, {
    ...{ path, storage: 'copied', source_url: 'large.png', sha256, size_bytes: 1, format: 'png', split: null },
    ...{ width_px: SIZE.width, height_px: SIZE.height, created_at_ms: 1 },
  });
  return project;
}

describe.skipIf(MISSING !== null)(`${DESKTOP_NAME} with 100 megapixels`, () => {
  test('shows them whole, is moved, and comes near enough to count pixels', { timeout: 180_000 }, async () => {
    const project = await projectOfOne();
    const { app, page, complaints } = await openDesktop(project.folder);
    onTestFinished(() => quitDesktop(app));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.evaluate(() => {
      location.hash = '#/label/1';
    });
    await page.getByText('1 of 1').waitFor();
    const box = (await page.getByRole('application').boundingBox())!;
    const { scale, screenOf } = await onCanvas(page, SIZE);
    const inside = screenOf(PATCH.left + PATCH.width / 2, PATCH.top + PATCH.height / 2);
    const seen = async (...points: ScreenPoint[]) => {
      const [at, beside] = await colours(page, points);
      return [isNear(at!, RED, 12), isNear(beside!, BLUE, 12)];
    };

    const rightOf = screenOf(PATCH.left + PATCH.width + 300, PATCH.top + 200);
    await eventually(async () => expect(await seen(inside, rightOf)).toEqual([true, true]));
    await keepPicture(page, 'desktop-tiles-whole');

    // Held and moved by the middle button: what was seen is seen elsewhere.
    await page.mouse.move(...inside);
    await page.mouse.down({ button: 'middle' });
    await page.mouse.move(inside[0] + 60, inside[1] + 40, { steps: 4 });
    await page.mouse.up({ button: 'middle' });
    const moved = ([x, y]: ScreenPoint): ScreenPoint => [x + 60, y + 40];
    await eventually(async () => expect(await seen(moved(inside), moved(rightOf))).toEqual([true, true]));

    const near = moved(screenOf(STRIPES.left + STRIPES.wide / 2, STRIPES.top + 4 * STRIPES.wide)).map(Math.round);
    const [x, y] = near as [number, number];
    await page.mouse.move(x, y);
    await wheelLarger(page, ZOOM / scale);
    const row = Array.from({ length: 800 }, (_, i): ScreenPoint => [x - 200 + i, y]);
    await eventually(async () => {
      const inRow = row.filter(([at]) => at < box.x + box.width - 1);
      expect(lengthsOf(edgesOf(await colours(page, inRow)))).toEqual(
        Array(2 * STRIPES.count - 1).fill(STRIPES.wide * ZOOM),
      );
    });
    await keepPicture(page, 'desktop-tiles-near');

    expect(asked.some((path) => path.startsWith('/images/'))).toBe(false);
    expect(asked.some((path) => path.startsWith('/tiles/'))).toBe(true);
    expect(complaints).toEqual([]);
  });
});

/**
 * What the labelling canvas takes of the window's main thread, in a real browser: with 10,000 polygons of 30 corners, from one
 * image to the next, and with pictures of 100 megapixels. `npm run bench:canvas [-- --only polygons|next|large]
 * [--polygons N] [--side PIXELS] [--json]`. A row is one kind of gesture; its figures are milliseconds of processor time in script for each step of it, the
 * frame that shows it included.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { systemClock } from '../../main/clock.ts';
import { addAnnotations } from '../../main/store/annotations.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject } from '../../main/store/project.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import { findBrowser, launch } from '../browser.ts';
import { builtRenderer } from '../bundle.ts';
import { commandOptions } from '../command-options.ts';
import { ROOT } from '../source-files.ts';
import { figuresLine, measureLargePicture } from './large-picture.ts';
import { measureNextImage } from './next-image.ts';
import { ScriptMeter, type ScriptRow } from './script-meter.ts';
import { table } from './statistics.ts';

const SIDE = { width: 4000, height: 3000 };
const CORNERS = 30;
const CLASSES = ['bolt', 'nut', 'washer', 'pin'];
const STEPS = 30;
const CLICKS = 12;

/** A ring with an uneven edge, as a person or a model draws it. */
function outline(rng: Rng): number[] {
  const radius = 8 + 14 * rng.uniform();
  const [x, y] = [30 + rng.uniform() * (SIDE.width - 60), 30 + rng.uniform() * (SIDE.height - 60)];
  return Array.from({ length: CORNERS }, (_, i) => {
    const turn = (2 * Math.PI * i) / CORNERS;
    const reach = radius * (0.8 + 0.2 * rng.uniform());
    return [x + reach * Math.cos(turn), y + reach * Math.sin(turn)];
  }).flat();
}

async function makeProject(folder: string, polygons: number): Promise<void> {
  const project = createProject(folder, {
    clock: systemClock,
    owner: 'bench:canvas',
    task: 'image-instance-segmentation',
  });
  const grey = { r: 120, g: 124, b: 130 };
  await sharp({ create: { ...SIDE, channels: 3, background: grey } })
    .jpeg()
    .toFile(join(folder, 'images', 'bench.jpg'));
  const image = addImage(project.db, {
    path: 'images/bench.jpg',
    storage: 'copied',
    source_url: 'bench.jpg',
    sha256: '0'.repeat(64),
    size_bytes: 1,
    width_px: SIDE.width,
    height_px: SIDE.height,
    format: 'jpeg',
    split: null,
    created_at_ms: 0,
  });
  const rng = rngFrom(1, 'canvas');
  const objects = Array.from({ length: polygons }, (_, i) => ({
    ...NO_FLAGS,
    class_name: CLASSES[i % CLASSES.length]!,
    shape: { kind: 'polygon', polygon: [{ outline: outline(rng), holes: [] }] } as const,
  }));
  addAnnotations(project.db, image, objects);
  project.close();
}

/** `lightbench serve`, as people start it; returns the link that signs a browser in. */
async function serve(folder: string): Promise<{ child: ChildProcess; link: string; url: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'main', 'cli.ts'), 'serve', folder, '--json'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    const { link, url } = JSON.parse(line) as { link: string; url: string };
    return { child, link, url };
  }
  throw new Error('lightbench serve ended without a link');
}

/** The screen point of an image point while the whole image is shown. */
async function placer(page: Page): Promise<(x: number, y: number) => [number, number]> {
  const box = (await page.getByRole('application').boundingBox())!;
  const scale = Math.min((box.width - 48) / SIDE.width, (box.height - 48) / SIDE.height);
  const [left, top] = [(box.width - SIDE.width * scale) / 2, (box.height - SIDE.height * scale) / 2];
  return (x, y) => [box.x + left + x * scale, box.y + top + y * scale];
}

async function gestures(page: Page, meter: ScriptMeter): Promise<ScriptRow[]> {
  const at = await placer(page);
  const { mouse, keyboard } = page;
  const rows: ScriptRow[] = [];
  await mouse.move(...at(2000, 1500));
  rows.push(await meter.measure('nothing: moving the pointer', STEPS, (i) => mouse.move(...at(1500 + 9 * i, 1400))));

  await keyboard.down(' ');
  await mouse.down();
  rows.push(await meter.measure('panning', STEPS, (i) => mouse.move(...at(2000 + 8 * i, 1500 + 5 * i))));
  await mouse.up();
  await keyboard.up(' ');
  await keyboard.press('f');

  await mouse.move(...at(2000, 1500));
  rows.push(await meter.measure('zooming', STEPS, (i) => mouse.wheel(0, i < STEPS / 2 ? -100 : 100)));
  await keyboard.press('f');

  rows.push(
    await meter.measure('a click that chooses', CLICKS, (i) => mouse.click(...at(600 + 130 * i, 800 + 60 * i))),
  );
  await keyboard.press('Escape');
  await keyboard.press('b');
  await mouse.move(...at(500, 500));
  await mouse.down();
  rows.push(await meter.measure('drawing a box', STEPS, (i) => mouse.move(...at(520 + 20 * i, 520 + 15 * i))));
  await mouse.up();
  await page.getByText('Saved').waitFor();

  await keyboard.press('v');
  await mouse.move(...at(900, 800));
  await mouse.down();
  rows.push(await meter.measure('dragging an object', STEPS, (i) => mouse.move(...at(910 + 12 * i, 805 + 6 * i))));
  await mouse.up();
  await page.getByText('Saved').waitFor();

  rows.push(
    await meter.measure('an edit, from the key to the picture', CLICKS, async (i) => {
      await keyboard.press(i % 2 === 0 ? 'Control+z' : 'Control+Shift+z');
      await page.getByText('Saved').waitFor();
    }),
  );
  return rows;
}

async function polygonRows(browser: Browser, polygons: number): Promise<ScriptRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-canvas-'));
  await makeProject(join(folder, 'project'), polygons);
  const { child, link, url } = await serve(join(folder, 'project'));
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  try {
    await page.goto(link);
    await page.goto(`${url}/#/label/1`);
    await page.getByRole('heading', { name: /objects/ }).waitFor();
    await page.waitForTimeout(1000); // the first frames trace everything once
    return await gestures(page, await ScriptMeter.on(page));
  } finally {
    await page.close();
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function largeRows(browser: Browser, side: number): Promise<ScriptRow[]> {
  const all: ScriptRow[] = [];
  for (const format of ['jpeg', 'png'] as const) {
    const { rows, figures } = await measureLargePicture(browser, format, side);
    console.error(figuresLine(figures));
    all.push(...rows);
  }
  return all;
}

async function main(): Promise<void> {
  const values = commandOptions({
    only: { type: 'string' },
    polygons: { type: 'string', default: '10000' },
    side: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
  });
  const wants = (part: string) => values.only === undefined || values.only === part;
  await builtRenderer();
  const browser = await launch(await findBrowser());
  try {
    const rows = [
      ...(wants('polygons') ? await polygonRows(browser, Number(values.polygons)) : []),
      ...(wants('next') ? [await measureNextImage(browser)] : []),
      ...(wants('large') ? await largeRows(browser, Number(values.side)) : []),
    ];
    if (values.json) return console.log(JSON.stringify(rows, null, 2));
    const header = ['gesture', 'script ms a step, median', '95th percentile'];
    console.log(
      table(
        header,
        rows.map((row) => [row.name, row.script_ms_p50.toFixed(2), row.script_ms_p95.toFixed(2)]),
      ),
    );
  } finally {
    await browser.close();
  }
}

await main();

/**
 * What the labelling canvas takes of the window's main thread, in a real browser, with 10,000 polygons of 30 corners.
 * `npm run bench:canvas [-- --polygons N] [--json]`. A row is one kind of gesture; its figures are milliseconds of processor
 * time in script for each step of it, the frame that shows the step included.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import sharp from 'sharp';
import { systemClock } from '../../main/clock.ts';
import { addAnnotations, NO_FLAGS } from '../../main/store/annotations.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject } from '../../main/store/project.ts';
import { type Rng, rngFrom } from '../../native-models/core/rng.ts';
import { findBrowser, launch } from '../browser.ts';
import { builtRenderer } from '../bundle.ts';
import { ROOT } from '../source-files.ts';
import { quantile, table } from './statistics.ts';

interface Row {
  readonly name: string;
  readonly script_ms_p50: number;
  readonly script_ms_p95: number;
  readonly steps: number;
}

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

class Meter {
  private readonly page: Page;
  private readonly session: CDPSession;

  constructor(page: Page, session: CDPSession) {
    this.page = page;
    this.session = session;
  }

  /** Milliseconds of script in the page for each step, up to the frame after it. */
  async measure(name: string, steps: number, step: (i: number) => Promise<void>): Promise<Row> {
    const taken: number[] = [];
    for (let i = 0; i < steps; i++) {
      const before = await this.scriptMs();
      await step(i);
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      taken.push((await this.scriptMs()) - before);
    }
    const row = { name, script_ms_p50: quantile(taken, 0.5), script_ms_p95: quantile(taken, 0.95), steps };
    console.error(`${name}: ${row.script_ms_p50.toFixed(2)} ms, ${row.script_ms_p95.toFixed(2)} ms`);
    return row;
  }

  private async scriptMs(): Promise<number> {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return 1000 * metrics.find(({ name }) => name === 'ScriptDuration')!.value;
  }
}

async function gestures(page: Page, meter: Meter): Promise<Row[]> {
  const at = await placer(page);
  const { mouse, keyboard } = page;
  const rows: Row[] = [];
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { polygons: { type: 'string', default: '10000' }, json: { type: 'boolean', default: false } },
  });
  await builtRenderer();
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-canvas-'));
  await makeProject(join(folder, 'project'), Number(values.polygons));
  const { child, link, url } = await serve(join(folder, 'project'));
  const browser = await launch(await findBrowser());
  try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
    await page.goto(link);
    await page.goto(`${url}/#/label/1`);
    await page.getByRole('heading', { name: /objects/ }).waitFor();
    const session = await page.context().newCDPSession(page);
    // Of the processor, so that a busy machine hardly shows.
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.waitForTimeout(1000); // the first frames trace everything once
    const rows = await gestures(page, new Meter(page, session));
    if (values.json) return console.log(JSON.stringify(rows, null, 2));
    const header = [`${values.polygons} polygons of ${CORNERS} corners`, 'script ms a step, median', '95th percentile'];
    console.log(
      table(
        header,
        rows.map((row) => [row.name, row.script_ms_p50.toFixed(2), row.script_ms_p95.toFixed(2)]),
      ),
    );
  } finally {
    await browser.close();
    child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

await main();

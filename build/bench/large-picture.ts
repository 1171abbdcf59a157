/**
 * A picture of 100 megapixels on the canvas, for `npm run bench:canvas`: how soon it is seen, what panning and zooming take of
 * the main thread, and how much memory window and engine need.
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page, Request } from 'playwright-core';
import sharp from 'sharp';
import { systemClock } from '../../main/clock.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject } from '../../main/store/project.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { ScriptMeter, type ScriptRow } from './script-meter.ts';
import { startEngine } from './served-engine.ts';

export interface LargePictureFigures {
  readonly picture: string;
  readonly first_picture_ms: number;
  /** Until all that the whole view shows is there as fine as the screen. */
  readonly sharp_ms: number;
  /** From the first look at single pixels until they are there: the engine then makes the tiles without loss. */
  readonly pixels_ms: number;
  /** The most at any time. */
  readonly window_mb: number;
  readonly engine_mb: number;
  /** Of the child that cuts tiles. */
  readonly child_mb: number;
}

const STEPS = 30;
const QUIET_MS = 400;

/** Blots of all sizes with the noise of a camera: as hard to compress as a photograph is. */
async function photograph(side: number): Promise<Buffer> {
  const rng = rngFrom(1, 'large picture');
  const small = Buffer.from(Array.from({ length: 600 * 600 * 3 }, () => 256 * rng.uniform()));
  const pixels = await sharp(small, { raw: { width: 600, height: 600, channels: 3 } })
    .blur(2)
    .normalise()
    .resize(side, side, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  let state = 1;
  for (let i = 0; i < pixels.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[i] = Math.min(255, Math.max(0, pixels[i]! + (state >>> 29) - 4));
  }
  return pixels;
}

async function makeProject(folder: string, format: 'jpeg' | 'png', side: number): Promise<void> {
  const project = createProject(folder, { clock: systemClock, owner: 'bench:canvas', task: 'image-object-detection' });
  const path = join(folder, 'images', `large.${format}`);
  const picture = sharp(await photograph(side), { raw: { width: side, height: side, channels: 3 } });
  await (format === 'jpeg' ? picture.jpeg({ quality: 90 }) : picture.png({ compressionLevel: 1 })).toFile(path);
  const bytes = readFileSync(path);
  addImage(project.db, {
    ...{ path: `images/large.${format}`, storage: 'copied', source_url: `large.${format}`, format, split: null },
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...{ size_bytes: bytes.length, width_px: side, height_px: side, created_at_ms: 0 },
  });
  project.close();
}

/** Milliseconds until the middle of the picture's layer has a colour. */
function firstPicture(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const start = performance.now();
    for (;;) {
      await new Promise(requestAnimationFrame);
      const canvas = document.querySelector<HTMLCanvasElement>('.konvajs-content canvas');
      const pixel = canvas?.getContext('2d')?.getImageData(canvas.width >> 1, canvas.height >> 1, 1, 1).data;
      if (pixel?.[3] === 255) return performance.now() - start;
    }
  });
}

/** Waits until no tile has been asked for or come for a while. */
class Traffic {
  private readonly page: Page;
  private underWay = 0;
  private lastMs = performance.now();

  constructor(page: Page) {
    this.page = page;
    const isOurs = (url: string) => /\/(tiles|thumbnails)\//.test(url);
    const count = (by: number) => (request: Request) => {
      if (!isOurs(request.url())) return;
      this.underWay += by;
      this.lastMs = performance.now();
    };
    page.on('request', count(1));
    page.on('requestfinished', count(-1));
    page.on('requestfailed', count(-1));
  }

  /** When the last of them came. */
  async settled(): Promise<number> {
    await this.page.waitForTimeout(QUIET_MS);
    while (this.underWay > 0 || performance.now() - this.lastMs < QUIET_MS) await this.page.waitForTimeout(50);
    return this.lastMs;
  }
}

async function gestures(page: Page, name: string): Promise<ScriptRow[]> {
  const meter = await ScriptMeter.on(page);
  const box = (await page.getByRole('application').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const { mouse, keyboard } = page;
  await mouse.move(x, y);
  const rows: ScriptRow[] = [];
  await keyboard.down(' ');
  await mouse.down();
  rows.push(await meter.measure(`${name}: panning`, STEPS, (i) => mouse.move(x - 12 * i, y - 8 * i)));
  await mouse.up();
  await keyboard.up(' ');
  await keyboard.press('f');
  await mouse.move(x, y);
  rows.push(await meter.measure(`${name}: zooming`, STEPS, (i) => mouse.wheel(0, i < STEPS / 2 ? -250 : 250)));
  await keyboard.press('f');
  return rows;
}

/** The most memory a process had so far, in megabytes; 0 once it is gone. Source: proc(5), VmHWM. */
function peakMb(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Processes below one, by their arguments. */
function descendants(pid: number): { pid: number; args: string }[] {
  const own = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1] === String(pid);
    } catch {
      return false; // it has ended meanwhile
    }
  });
  return own.flatMap((name) => [
    { pid: Number(name), args: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ') },
    ...descendants(Number(name)),
  ]);
}

const rendererPeakMb = (): number =>
  Math.max(
    0,
    ...descendants(process.pid)
      .filter(({ args }) => args.includes('--type=renderer'))
      .map(({ pid }) => peakMb(pid)),
  );

/** Opens a made picture for the first time, then looks at it from afar and from near. */
export async function measureLargePicture(
  browser: Browser,
  format: 'jpeg' | 'png',
  side: number,
): Promise<{ rows: ScriptRow[]; figures: LargePictureFigures }> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-large-'));
  const picture = `${format.toUpperCase()} of ${Math.round((side * side) / 1e6)} megapixels`;
  await makeProject(join(folder, 'project'), format, side);
  const engine = await startEngine(join(folder, 'project'), join(folder, 'home'));
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const traffic = new Traffic(page);
  try {
    await page.goto(engine.link);
    await page.goto(`${engine.url}/#/runs`);
    await page.getByRole('link', { name: 'Label' }).waitFor();
    const beganMs = performance.now();
    await page.evaluate(() => {
      location.hash = '#/label/1';
    });
    const first_picture_ms = await firstPicture(page);
    const sharp_ms = (await traffic.settled()) - beganMs;
    const nearMs = performance.now();
    await page.keyboard.press('0');
    const pixels_ms = (await traffic.settled()) - nearMs;
    const rows = await gestures(page, picture);
    const children = descendants(engine.child.pid!).filter(({ args }) => args.includes('pyramid-worker'));
    const figures = {
      ...{ picture, first_picture_ms, sharp_ms, pixels_ms },
      window_mb: rendererPeakMb(),
      engine_mb: peakMb(engine.child.pid!),
      child_mb: Math.max(0, ...children.map(({ pid }) => peakMb(pid))),
    };
    return { rows, figures };
  } finally {
    await page.close();
    engine.child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

export const figuresLine = (figures: LargePictureFigures): string =>
  `${figures.picture}: seen after ${figures.first_picture_ms.toFixed(0)} ms, sharp after ${figures.sharp_ms.toFixed(0)} ms, ` +
  `single pixels after ${figures.pixels_ms.toFixed(0)} ms; window ${figures.window_mb.toFixed(0)} MB, ` +
  `engine ${figures.engine_mb.toFixed(0)} MB, its child ${figures.child_mb.toFixed(0)} MB at most`;

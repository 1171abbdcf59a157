/** From one image to the next whose picture was brought ahead, for `npm run bench:canvas`: by the clock and in script. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { systemClock } from '../../main/clock.ts';
import { addAnnotations } from '../../main/store/annotations.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject } from '../../main/store/project.ts';
import { rngFrom } from '../../native-models/core/rng.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import { PresentationMeter } from './presentation.ts';
import { ScriptMeter, type ScriptRow } from './script-meter.ts';
import { startEngine } from './served-engine.ts';
import { quantile } from './statistics.ts';

const SIDE = { width: 4000, height: 3000 };
const IMAGES = 31;
const OBJECTS = 100;
/** Long enough for a picture to be brought ahead on a busy machine. */
const LOOKED_AT_MS = 2500;

async function makeProject(folder: string): Promise<void> {
  const project = createProject(folder, { clock: systemClock, owner: 'bench:canvas', task: 'image-object-detection' });
  const rng = rngFrom(2, 'next image');
  const blots = Buffer.from(Array.from({ length: 40 * 30 * 3 }, () => 256 * rng.uniform()));
  const picture = await sharp(blots, { raw: { width: 40, height: 30, channels: 3 } })
    .resize(SIDE.width, SIDE.height)
    .jpeg()
    .toBuffer();
  for (let i = 0; i < IMAGES; i++) {
    const path = `images/${i}.jpg`;
    await sharp(picture)
      .rotate(i % 2 === 0 ? 0 : 180)
      .toFile(join(folder, path));
    const id = addImage(project.db, {
      ...{ path, storage: 'copied', source_url: `${i}.jpg`, sha256: String(i).padStart(64, '0'), size_bytes: 1 },
      ...{ width_px: SIDE.width, height_px: SIDE.height, format: 'jpeg', split: null, created_at_ms: 0 },
    });
    const objects = Array.from({ length: OBJECTS }, () => {
      const [x, y] = [3800 * rng.uniform(), 2800 * rng.uniform()];
      return { ...NO_FLAGS, class_name: 'bolt', shape: { kind: 'box', xyxy: [x, y, x + 150, y + 120] } as const };
    });
    addAnnotations(project.db, id, objects);
  }
  project.close();
}

const MARKS = ['bench: picture', 'bench: objects'] as const;

/** Has the page mark when its canvas is given a picture, and lines of objects, that it was not given before. */
function markDrawings([picture, objects]: readonly string[]): void {
  const { drawImage, stroke } = CanvasRenderingContext2D.prototype;
  const seen = new WeakSet<object>();
  const note = (drawn: unknown, mark: string) => {
    if (typeof drawn !== 'object' || drawn === null || seen.has(drawn)) return;
    seen.add(drawn);
    performance.mark(mark);
  };
  CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...drawn: unknown[]) {
    note(drawn[0], picture!);
    return Reflect.apply(drawImage, this, drawn);
  } as typeof drawImage;
  CanvasRenderingContext2D.prototype.stroke = function (this: CanvasRenderingContext2D, ...drawn: unknown[]) {
    note(drawn[0], objects!);
    return Reflect.apply(stroke, this, drawn);
  } as typeof stroke;
}

export async function measureNextImage(browser: Browser): Promise<ScriptRow> {
  const folder = mkdtempSync(join(tmpdir(), 'lightbench-next-'));
  await makeProject(join(folder, 'project'));
  const engine = await startEngine(join(folder, 'project'), join(folder, 'home'));
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  try {
    await page.addInitScript(markDrawings, MARKS);
    await page.goto(engine.link);
    await page.goto(`${engine.url}/#/label/1`);
    const there = (image: number) => page.getByText(`${image} of ${IMAGES}`).waitFor();
    const rest = () => page.waitForTimeout(LOOKED_AT_MS);
    const clock = await PresentationMeter.on(page);
    const taken: number[] = [];
    for (let image = 2; image <= IMAGES; image++) {
      await rest();
      taken.push(await clock.measure('d', MARKS, () => there(image)));
    }
    const [p50, p95] = [0.5, 0.95].map((q) => quantile(taken, q).toFixed(0));
    console.error(`to the next image, from the key to the screen: ${p50} ms, ${p95} ms`);
    await page.goto(`${engine.url}/#/label/1`);
    const meter = await ScriptMeter.on(page);
    const go = async (i: number) => {
      await page.keyboard.press('d');
      await there(i + 2);
    };
    return await meter.measure('switching to the next image', IMAGES - 1, go, rest);
  } finally {
    await page.close();
    engine.child.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

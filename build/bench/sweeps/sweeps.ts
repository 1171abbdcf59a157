/**
 * What a sweep of 1,000 trials of 100 epochs takes of a window and of the engine while epochs arrive, in a real browser
 * over a real server: `npm run bench:sweeps [-- --trials N] [--epochs N] [--folder DIR] [--json]`. The project is made
 * once in the folder and used again. Every third of a second each of eight running trials reports an epoch.
 */

import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { systemClock } from '../../../main/clock.ts';
import { dropEpochsAfter } from '../../../main/store/epochs.ts';
import { openProject, type WriteProject } from '../../../main/store/project.ts';
import { startSweep } from '../../../main/store/sweeps.ts';
import { claimNext, trialsOf } from '../../../main/store/trials.ts';
import { findBrowser, launch } from '../../browser.ts';
import { builtRenderer } from '../../bundle.ts';
import { commandOptions } from '../../command-options.ts';
import { scriptPerFrame } from '../browse/frames.ts';
import { cpuOf, pageCpu, startEngine } from '../served-engine.ts';
import { median, quantile, table } from '../statistics.ts';
import { addEpoch, makeSweepProject } from './project.ts';

const RUNNING = 8;
const MISSING_SHARE = 0.9; // of the epochs of a running trial, still to report
const REPORT_MS = 333;
const FRAMES = 400;
const ROUNDS = 3;

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
  readonly samples: number;
}

const rowOf = (name: string, unit: string, values: readonly number[]): Row => ({
  ...{ name, unit, p50: median(values), p95: quantile(values, 0.95), most: Math.max(...values) },
  samples: values.length,
});

/** Reports for the running trials, all of them at once, again and again. */
class Reports {
  batches = 0;
  private readonly project: WriteProject;
  private readonly runs: readonly string[];
  private readonly done: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(project: WriteProject, runs: readonly string[], done: number) {
    this.project = project;
    this.runs = runs;
    this.done = done;
  }

  begin(): void {
    this.timer = setInterval(() => this.report(), REPORT_MS);
  }

  end(): void {
    clearInterval(this.timer);
  }

  private report(): void {
    this.batches++;
    this.project.db.transaction(() => {
      for (const [i, run] of this.runs.entries()) addEpoch(this.project, run, this.done + this.batches, 900 + i);
    });
  }
}

/** What the page is told: sizes of messages, in bytes. */
function listen(page: Page): number[] {
  const sizes: number[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => sizes.push(payload.length)));
  return sizes;
}

async function timeOpening(page: Page, address: string, engine: number): Promise<{ wall: number; cpu: number }> {
  await page.goto('about:blank');
  const busy = await pageCpu(page);
  const [startMs, engineMs] = [performance.now(), cpuOf(engine)];
  await page.goto(address);
  await page.locator('.trial:not(.trial-head)').first().waitFor();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  const wall = performance.now() - startMs;
  const cpu = cpuOf(engine) - engineMs + (await busy.read());
  await busy.end();
  return { wall, cpu };
}

/** Script of every frame while something is done in the page's own frames, and by the mouse. */
async function timeFrames(page: Page, scrolls: boolean, byMouse: () => Promise<void>): Promise<number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['devtools.timeline'] });
  const frames = page.evaluate(
    ([count, moves]) =>
      new Promise<void>((resolve) => {
        const box = document.querySelector('.trials-box')!;
        let frame = 0;
        const next = () => {
          if (moves) box.scrollTop += frame < Number(count) / 2 ? 60 : -60;
          if (++frame === count) resolve();
          else requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    [FRAMES, scrolls] as const,
  );
  await byMouse();
  await frames;
  return scriptPerFrame(await browser.stopTracing());
}

/** Up and down an axis with the button held. */
async function brush(page: Page): Promise<void> {
  const box = (await page.locator('.parallel-track').nth(1).boundingBox())!;
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + 10);
  await page.mouse.down();
  for (let i = 0; i < 120; i++) await page.mouse.move(x, box.y + 10 + (box.height - 20) * Math.abs(Math.sin(i / 12)));
  await page.mouse.up();
  await page.keyboard.press('Escape');
}

async function turnCube(page: Page): Promise<void> {
  const box = (await page.locator('.scatter-cube').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 0; i < 120; i++) await page.mouse.move(x + 60 * Math.sin(i / 8), y + 30 * Math.cos(i / 8));
  await page.mouse.up();
}

async function measure(project: WriteProject, sweep: string, done: number): Promise<Row[]> {
  const running = trialsOf(project.db, sweep).filter(({ state }) => state === 'running');
  const home = join(project.folder, '..', 'home');
  rmSync(home, { recursive: true, force: true });
  const engine = await startEngine(project.folder, home);
  const pid = engine.child.pid!;
  const reports = new Reports(
    project,
    running.map(({ run_id }) => run_id!),
    done,
  );
  const browser = await launch(await findBrowser());
  try {
    const page = await (await browser.newContext({ viewport: { width: 1360, height: 1800 } })).newPage();
    const sizes = listen(page);
    await page.goto(engine.link);
    const openings: { wall: number; cpu: number }[] = [];
    for (let i = 0; i < ROUNDS; i++) openings.push(await timeOpening(page, `${engine.url}/#/sweeps/${sweep}`, pid));
    const opening = sizes.reduce((sum, size) => sum + size, 0) / (ROUNDS + 1);
    const largest = Math.max(...sizes);
    sizes.length = 0;
    const engineMs = cpuOf(pid);
    reports.begin();
    const watching = await timeFrames(page, false, async () => {});
    const scrolling = await timeFrames(page, true, async () => {});
    const [batches, engineTook, told] = [
      reports.batches,
      cpuOf(pid) - engineMs,
      sizes.reduce((sum, size) => sum + size, 0),
    ];
    const brushing = await timeFrames(page, false, () => brush(page));
    await page.getByRole('button', { name: 'Deep' }).click();
    await page.getByRole('option', { name: 'momentum' }).click();
    const turning = await timeFrames(page, false, () => turnCube(page));
    reports.end();
    return [
      rowOf(
        'open the sweep, to its trials',
        'ms',
        openings.map(({ wall }) => wall),
      ),
      rowOf(
        'the same, processor time of engine and page',
        'ms',
        openings.map(({ cpu }) => cpu),
      ),
      rowOf('messages to open it, all together', 'KB', [opening / 1000]),
      rowOf('the largest of them', 'KB', [largest / 1000]),
      rowOf('epochs arrive: script a frame', 'ms', watching),
      rowOf('epochs arrive, trials scroll: script a frame', 'ms', scrolling),
      rowOf('epochs arrive, an axis is brushed: script a frame', 'ms', brushing),
      rowOf('epochs arrive, the cube turns: script a frame', 'ms', turning),
      rowOf(`eight epochs: processor time of the engine`, 'ms', [engineTook / batches]),
      rowOf(`eight epochs: messages`, 'KB', [told / batches / 1000]),
    ];
  } finally {
    reports.end();
    await browser.close();
    engine.child.kill();
  }
}

/** The project of before, or a made one, with its last trials running and short of epochs. */
function prepared(folder: string, trials: number, epochs: number, done: number): WriteProject {
  if (!existsSync(join(folder, 'project.sqlite'))) {
    makeSweepProject(folder, { trials, epochs, running: RUNNING, missing: epochs - done }).project.close();
  }
  const project = openProject(folder, { access: 'write', clock: systemClock, owner: 'bench:sweeps' });
  startSweep(project.db, 's0001', 2);
  while (claimNext(project.db, 's0001', systemClock.nowMs()) !== null);
  for (const { run_id: run, state } of trialsOf(project.db, 's0001')) {
    if (state === 'running') dropEpochsAfter(project.db, run!, done);
  }
  return project;
}

const values = commandOptions({
  trials: { type: 'string', default: '1000' },
  epochs: { type: 'string', default: '100' },
  folder: { type: 'string', default: join(tmpdir(), 'lightbench-bench-sweeps') },
  json: { type: 'boolean', default: false },
});
const [trials, epochs] = [Number(values.trials), Number(values.epochs)];
const done = Math.round(epochs * (1 - MISSING_SHARE));
await builtRenderer();
const project = prepared(join(values.folder, `sweep-${trials}-${epochs}`), trials, epochs, done);
try {
  const rows = await measure(project, 's0001', done);
  if (values.json) console.log(JSON.stringify(rows));
  else {
    const cells = rows.map(({ name, unit, p50, p95, most, samples }) => [
      ...[name, unit, p50.toFixed(1), p95.toFixed(1), most.toFixed(1), String(samples)],
    ]);
    console.log(table(['what', 'unit', 'median', '95th percentile', 'most', 'samples'], cells));
  }
} finally {
  project.close();
}

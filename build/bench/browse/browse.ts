/**
 * How long it takes to open, filter, sort and scroll a project of 100,000 images, in a real browser over a real server:
 * `npm run bench:browse [-- --images N] [--folder DIR] [--rounds N] [--json]`. The project is made once in the folder and used again.
 * Milliseconds; a filter is timed from the click until the count on the page has changed.
 */

import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { findBrowser, launch } from '../../browser.ts';
import { builtRenderer } from '../../bundle.ts';
import { commandOptions } from '../../command-options.ts';
import { cpuOf, pageCpu, startEngine } from '../served-engine.ts';
import { median, quantile, table } from '../statistics.ts';
import { scriptPerFrame } from './frames.ts';
import { makeProject } from './project.ts';

const FRAMES = 240;
const SCROLL_PX_A_FRAME = 700;

interface Row {
  readonly name: string;
  readonly ms_p50: number;
  readonly ms_p95: number;
  readonly samples: number;
}

const rowOf = (name: string, values: readonly number[]): Row => ({
  name,
  ms_p50: median(values),
  ms_p95: quantile(values, 0.95),
  samples: values.length,
});

/**
 * From the address to the first picture on the page: wall time, and the processor time of the engine and of the page's
 * main thread, which other programs do not add to.
 */
async function timeOpening(page: Page, url: string, engine: number): Promise<{ wall: number; cpu: number }> {
  await page.goto('about:blank');
  const busy = await pageCpu(page);
  const [startMs, engineMs] = [performance.now(), cpuOf(engine)];
  await page.goto(`${url}/#/data`);
  await page.locator('.cell img').first().waitFor();
  const wall = performance.now() - startMs;
  const cpu = cpuOf(engine) - engineMs + (await busy.read());
  await busy.end();
  return { wall, cpu };
}

/** Does something in the page, and waits there until the count of images says otherwise. */
function timeChange(page: Page, selector: string, text: string | null): Promise<number> {
  return page.evaluate(
    async ([target, typed]) => {
      const count = document.querySelector('.toolbar-count')!;
      const before = count.textContent;
      const element = document.querySelector<HTMLElement>(target!)!;
      const startMs = performance.now();
      if (typed === null) element.click();
      else {
        const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
        set.call(element, typed);
        element.dispatchEvent(new Event('input', { bubbles: true }));
      }
      await new Promise<void>((resolve) => {
        const observer = new MutationObserver(() => {
          if (count.textContent === before) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(count, { subtree: true, childList: true, characterData: true });
      });
      return performance.now() - startMs;
    },
    [selector, text] as const,
  );
}

const NAME = '.toolbar input';
const filterAt = (group: number, option: number) =>
  `.filter-group:nth-of-type(${group}) label:nth-of-type(${option}) input`;

async function timeFilters(page: Page, rounds: number): Promise<Row[]> {
  const kinds: readonly (readonly [name: string, on: () => Promise<number>, off: () => Promise<number>])[] = [
    ['filter by class', () => timeChange(page, filterAt(1, 3), null), () => timeChange(page, filterAt(1, 3), null)],
    ['filter by labels', () => timeChange(page, filterAt(2, 2), null), () => timeChange(page, filterAt(2, 2), null)],
    ['filter by part', () => timeChange(page, filterAt(3, 3), null), () => timeChange(page, filterAt(3, 3), null)],
    ['filter by tag', () => timeChange(page, filterAt(4, 1), null), () => timeChange(page, filterAt(4, 1), null)],
    ['filter by name', () => timeChange(page, NAME, 'photo-77'), () => timeChange(page, NAME, '')],
  ];
  const rows: Row[] = [];
  for (const [name, on, off] of kinds) {
    const values: number[] = [];
    for (let i = 0; i < rounds; i++) values.push(await on(), await off());
    rows.push(rowOf(name, values));
  }
  return rows;
}

/** Scrolls a fixed way in every frame; returns the script of each. */
async function timeScrolling(page: Page): Promise<number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['devtools.timeline'] });
  await page.evaluate(
    ([frames, step]) =>
      new Promise<void>((resolve) => {
        const box = document.querySelector('.images')!;
        let frame = 0;
        const next = () => {
          box.scrollTop += step!;
          if (++frame === frames) resolve();
          else requestAnimationFrame(next);
        };
        requestAnimationFrame(next);
      }),
    [FRAMES, SCROLL_PX_A_FRAME] as const,
  );
  return scriptPerFrame(await browser.stopTracing());
}

async function measure(folder: string, rounds: number): Promise<Row[]> {
  await builtRenderer();
  const home = join(folder, '..', 'home');
  rmSync(home, { recursive: true, force: true });
  const starts: number[] = [];
  for (let i = 0; i < rounds - 1; i++) {
    const { child, ms } = await startEngine(folder, home);
    starts.push(ms);
    child.kill();
  }
  const engine = await startEngine(folder, home);
  const browser = await launch(await findBrowser());
  try {
    const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();
    await page.goto(engine.link);
    const openings: { wall: number; cpu: number }[] = [];
    for (let i = 0; i < rounds; i++) openings.push(await timeOpening(page, engine.url, engine.child.pid!));
    const filters = await timeFilters(page, rounds);
    const frames = await timeScrolling(page);
    return [
      rowOf('start the engine on it', [...starts, engine.ms]),
      rowOf(
        'open the page of images, to the first picture',
        openings.map(({ wall }) => wall),
      ),
      rowOf(
        'the same, processor time of engine and page',
        openings.map(({ cpu }) => cpu),
      ),
      ...filters,
      rowOf('scroll, script a frame', frames),
    ];
  } finally {
    await browser.close();
    engine.child.kill();
  }
}

const values = commandOptions({
  images: { type: 'string', default: '100000' },
  folder: { type: 'string', default: join(tmpdir(), 'lightbench-bench-browse') },
  rounds: { type: 'string', default: '5' },
  json: { type: 'boolean', default: false },
});
const count = Number(values.images);
const project = join(values.folder, `project-${count}`);
if (!existsSync(join(project, 'project.sqlite'))) {
  const startMs = performance.now();
  makeProject(project, count);
  console.error(`made ${project} in ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
}
const rows = await measure(project, Number(values.rounds));
if (values.json) console.log(JSON.stringify(rows));
else {
  const cells = rows.map(({ name, ms_p50, ms_p95, samples }) => [
    name,
    ms_p50.toFixed(1),
    ms_p95.toFixed(1),
    String(samples),
  ]);
  console.log(table(['what', 'median, ms', '95th percentile, ms', 'samples'], cells));
}

/**
 * `npm run screens [-- --out DIR] [--only data|runs|sweeps|label|lost]`: makes the pictures of docs/screens/ anew, in
 * both themes, from real projects, runs and sweeps of rendered parts in a real browser; look at them. Minutes, most of them
 * training. `--only canvas --out DIR` takes those that the documents do without: every tool of the canvas at work, and what
 * opens round it, at once and twice the pixels.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type ServedEngine, startEngine } from '../bench/served-engine.ts';
import { findBrowser, launch } from '../browser.ts';
import { builtRenderer } from '../bundle.ts';
import { commandOptions } from '../command-options.ts';
import { ROOT } from '../source-files.ts';
import { Camera } from './camera.ts';
import { showCanvas } from './canvas-scenes.ts';
import { showData, showLabelling, showProjects, showTransfers } from './data-scenes.ts';
import { showRuns, showSweeps } from './run-scenes.ts';
import { type Stage, setStage } from './stage.ts';

type Scene = (page: Page, camera: Camera, stage: Stage, engine: ServedEngine) => Promise<void>;

/** In this order, over one engine: later ones show what earlier ones have left. */
const SCENES: { readonly [name: string]: Scene } = {
  data: async (page, camera, stage) => {
    await showProjects(page, camera, stage);
    await showData(page, camera);
    await showTransfers(page, camera, stage);
  },
  runs: showRuns,
  sweeps: showSweeps,
  label: async (page, camera, { bench }) => {
    await page.goto(`${new URL(page.url()).origin}/#/projects/${encodeURIComponent(bench)}`);
    await page.getByRole('heading', { name: 'Workshop bench', exact: true }).waitFor();
    await showLabelling(page, camera);
  },
  lost: async (page, camera, _stage, { child }) => {
    child.kill('SIGKILL');
    await page.getByRole('alert').getByText('Connection to the engine lost').waitFor();
    await camera.take(page, 'connection-lost', { isWhole: false });
  },
};

const WINDOW = { viewport: { width: 1360, height: 800 }, timezoneId: 'UTC' };

async function openPage(browser: Browser, { link }: ServedEngine): Promise<Page> {
  const context = await browser.newContext(WINDOW);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  return page;
}

/** In windows of their own, signed in as the one that is open. */
async function showCanvasAtBothScales(open: Page, browser: Browser, camera: Camera, project: string): Promise<void> {
  const storageState = await open.context().storageState();
  for (const deviceScaleFactor of [1, 2]) {
    const context = await browser.newContext({ ...WINDOW, storageState, deviceScaleFactor });
    const page = await context.newPage();
    await page.goto(`${new URL(open.url()).origin}/#/projects/${encodeURIComponent(project)}`);
    await page.getByRole('heading', { name: 'Workshop outlines', exact: true }).waitFor();
    await showCanvas(page, camera, 1, deviceScaleFactor);
    await context.close();
  }
}

const values = commandOptions({ out: { type: 'string' }, only: { type: 'string' } });
const { only } = values;
const CANVAS = 'canvas';
if (only !== undefined && only !== CANVAS && !(only in SCENES)) {
  throw new Error(`--only takes ${[...Object.keys(SCENES), CANVAS].join(', ')}`);
}
if (only === CANVAS && values.out === undefined)
  throw new Error('--only canvas needs --out DIR, as the documents do without');
const folder = mkdtempSync(join(tmpdir(), 'lightbench-screens-'));
await builtRenderer();
const stage = await setStage(folder);
const engine = await startEngine(stage.parts, join(folder, 'home'), ['--projects', folder]);
const browser = await launch(await findBrowser());
try {
  const camera = new Camera(values.out ?? join(ROOT, 'docs', 'screens'));
  const page = await openPage(browser, engine);
  if (only === CANVAS) await showCanvasAtBothScales(page, browser, camera, stage.outlines);
  for (const [name, show] of Object.entries(SCENES)) {
    if (only === undefined || only === name) await show(page, camera, stage, engine);
  }
} finally {
  await browser.close();
  engine.child.kill();
  rmSync(folder, { recursive: true, force: true });
}

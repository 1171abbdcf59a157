/** The window as people see it: the built renderer, from the real server, in a real browser. */

import { randomBytes } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { createRun, finishRun, startRun } from '../../main/store/runs.ts';
import { WARNING } from '../../preload/contract/run.ts';
import { startEngineProcess } from '../kit/engine-process.ts';
import { eventually } from '../kit/eventually.ts';
import { madeEpoch, madeRun } from '../kit/made-runs.ts';
import { MemoryEngine, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { newProject } from '../kit/projects.ts';
import { newRun } from '../kit/runs.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, type TestWindow, testBrowser } from '../kit/window.ts';

const DIVERGED = 'the loss became NaN in epoch 4; a lower learning_rate may help';
const RUNS = [
  madeRun(1, 15, { model: 'resnet18', notes: [`${WARNING}no pretrained weights for resnet18`, 'a note'] }),
  madeRun(2, 3, { state: 'failed', reason: DIVERGED }),
  madeRun(3, 9, { state: 'cancelled', reason: 'cancelled from the command line' }),
  madeRun(4, 15, { notes: ['the head was replaced: the weights have 1000 classes, this project has 10'] }),
  madeRun(5, 7, { state: 'running' }),
  madeRun(6, 0, { state: 'queued' }),
];

let browser: Browser;
let rendererFolder: string;
beforeAll(async () => {
  [browser, rendererFolder] = await Promise.all([testBrowser(), builtRenderer()]);
});
afterAll(() => browser?.close());

let engine: MemoryEngine;
let server: TestServer;
let windows: TestWindow[];
/** Complaints a test causes on purpose, by losing the connection. */
let expectedComplaints: RegExp | null;

beforeEach(async () => {
  engine = new MemoryEngine(SIGN_PROJECT, RUNS);
  server = await startServer(engine, { rendererFolder });
  windows = [];
  expectedComplaints = null;
});

afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.map(({ context }) => context.close()));
  await server.close();
  expect(complaints.filter((text) => expectedComplaints === null || !expectedComplaints.test(text))).toEqual([]);
});

async function open(options: Parameters<typeof openWindow>[2] = {}, link = server.newLink()): Promise<Page> {
  const window = await openWindow(browser, link, options);
  windows.push(window);
  return window.page;
}

const rowOf = (page: Page, id: string) => page.locator('tr', { has: page.locator(`a.run-link:text-is("${id}")`) });
const idsShown = (page: Page) => page.locator('a.run-link').allTextContents();
const isLive = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

describe('the table of runs', () => {
  test('shows the project and every run, newest first', async () => {
    const page = await open();
    await isLive(page);

    await eventually(async () => expect(await page.title()).toBe('Hand signs'));
    expect(page.url()).toBe(`${server.url}/`);
    expect(await page.locator('.project-title').innerText()).toBe(
      'Hand signs\nClassification · 500 images, 10 classes',
    );
    expect(await idsShown(page)).toEqual(['r0006', 'r0005', 'r0004', 'r0003', 'r0002', 'r0001']);
    expect(await rowOf(page, 'r0005').innerText()).toMatch(
      /running[\s\S]*0\.7727[\s\S]*epoch 7[\s\S]*7 \/ 15 · 1 min 42 s left/,
    );
    expect(await rowOf(page, 'r0002').innerText()).toContain(DIVERGED);
    await keepPicture(page, 'runs-light');
  });

  test('follows a run that goes on elsewhere, and nothing moves', async () => {
    const page = await open();
    const row = rowOf(page, 'r0006');
    await row.waitFor();
    const before = await page.locator('tbody tr').evaluateAll((rows) => rows.map((r) => r.getBoundingClientRect().top));

    engine.change(madeRun(6, 2, { state: 'running' }));

    await row.getByText('2 / 15').waitFor();
    const after = await page.locator('tbody tr').evaluateAll((rows) => rows.map((r) => r.getBoundingClientRect().top));
    expect(after).toEqual(before);
    engine.change(madeRun(6, 15));
    await row.getByText('completed').waitFor();
  });

  test('a run that starts while the window is open appears at the top', async () => {
    const page = await open();
    await rowOf(page, 'r0006').waitFor();

    engine.change(madeRun(7, 0, { state: 'running' }));

    await rowOf(page, 'r0007').waitFor();
    expect((await idsShown(page))[0]).toBe('r0007');
  });

  test('sorts by a column, and says so to a screen reader', async () => {
    const page = await open();
    const head = page.getByRole('columnheader', { name: 'Best accuracy' });

    await head.getByRole('button').click();

    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await idsShown(page)).toEqual(['r0004', 'r0001', 'r0003', 'r0005', 'r0002', 'r0006']);
  });
});

describe('a run', () => {
  test('draws its curves and shows what it was asked for', async () => {
    const page = await open();
    await page.locator('a.run-link:text-is("r0004")').click();
    const charts = page.getByRole('img');
    await charts.nth(2).locator('canvas').waitFor();

    expect(await charts.first().getAttribute('aria-label')).toBe(
      'Loss over epochs; latest: training 0.1996, validation 0.2896',
    );
    expect(await page.getByRole('region', { name: 'Hyperparameters' }).innerText()).toMatch(/learning_rate\s+0\.01/);
    expect(await page.getByRole('region', { name: 'Notes' }).innerText()).toContain('the head was replaced');
    for (let i = 0; i < 3; i++) expect(await coloursOf(page, i)).toBeGreaterThan(20);
    await charts.first().hover({ position: { x: 200, y: 100 } });
    await keepPicture(page, 'run-light');
  });

  test('says a warning above everything, and other notes below', async () => {
    const page = await open();
    await page.locator('a.run-link:text-is("r0001")').click();

    await page.locator('.reason').waitFor();
    expect(await page.locator('.reason').innerText()).toMatch(/^Warning\s+no pretrained weights for resnet18$/);
    expect(await page.getByRole('region', { name: 'Notes' }).innerText()).toMatch(/^Notes\s+a note$/i);
    await keepPicture(page, 'run-warning');
  });

  test('grows its curves while it runs, without a jump', async () => {
    const page = await open();
    await page.locator('a.run-link:text-is("r0005")').click();
    const loss = page.getByRole('img').first();
    await loss.locator('canvas').waitFor();
    const boxes = () =>
      page
        .locator('.facts, .curve, .panel')
        .evaluateAll((parts) => parts.map((p) => JSON.stringify(p.getBoundingClientRect())));
    const before = await boxes();

    engine.change(madeRun(5, 8, { state: 'running' }));

    await page.getByText('8 / 15').waitFor();
    expect(await loss.getAttribute('aria-label')).toContain('training 0.5038');
    expect(await boxes()).toEqual(before);
  });

  test('says why it failed', async () => {
    const page = await open({ colorScheme: 'dark' });
    await page.locator('a.run-link:text-is("r0002")').click();

    expect(await page.getByRole('alert').innerText()).toMatch(new RegExp(`^This run failed\\s+${DIVERGED}$`));
    await keepPicture(page, 'run-failed-dark');
  });

  test('that has not begun says when its curves come', async () => {
    const page = await open();
    await page.locator('a.run-link:text-is("r0006")').click();

    await page.getByText('Nothing yet').nth(2).waitFor();
    await keepPicture(page, 'run-queued-light');
  });

  test('that is not there is said so, with a way back', async () => {
    const page = await open();
    await isLive(page);
    await page.evaluate(() => {
      location.hash = '#/runs/r9999';
    });

    await page.getByText('no run "r9999" in this project').waitFor();
    await page.getByRole('link', { name: 'Show all runs' }).click();
    await rowOf(page, 'r0001').waitFor();
  });
});

describe('the keyboard', () => {
  const focused = (page: Page) =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    );

  test('reaches everything, in the order it stands', async () => {
    const page = await open();
    await rowOf(page, 'r0001').waitFor();

    const names: string[] = [];
    for (let i = 0; i < 22; i++) {
      await page.keyboard.press('Tab');
      names.push(await focused(page));
    }

    expect(names.slice(0, 7)).toEqual([
      'Skip to the content',
      'Lightbench, all runs',
      'Runs',
      'Sweeps',
      'Data',
      'Label',
      'Project',
    ]);
    expect(names[7]?.trim()).toBe('Go to …');
    expect(names[8]).toBe('Theme: system. Change');
    expect(names[9]?.trim()).toBe('New run');
    expect(names[10]).toBe('Run↓');
    expect(names.slice(19)).toEqual(['Compare r0006', 'r0006', 'Compare r0005']);
  });

  test('moves through the runs, opens one and comes back', async () => {
    const page = await open();
    await rowOf(page, 'r0001').waitFor();
    await page.locator('a.run-link').first().focus();

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('r0004');
    await page.keyboard.press('End');
    expect(await focused(page)).toBe('r0001');
    await page.keyboard.press('ArrowUp');
    const outline = await rowOf(page, 'r0002').evaluate((row) => getComputedStyle(row).outlineStyle);
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'r0002' }).waitFor();
    await page.getByRole('link', { name: 'Runs', exact: true }).last().focus();
    await page.keyboard.press('Enter');
    await rowOf(page, 'r0001').waitFor();
  });

  test('skips to the content without leaving the page', async () => {
    const page = await open();
    await rowOf(page, 'r0001').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    expect(page.url()).toBe(`${server.url}/`);
  });
});

describe('the theme', () => {
  const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test('is the system’s until another is chosen, which a reload keeps', async () => {
    const page = await open({ colorScheme: 'dark' });
    await rowOf(page, 'r0001').waitFor();
    expect(await background(page)).toBe('rgb(15, 18, 23)');
    await keepPicture(page, 'runs-dark');

    await page.getByRole('button', { name: 'Theme: system. Change' }).click();
    await eventually(async () => expect(await background(page)).toBe('rgb(245, 246, 248)'));
    await page.reload();
    await rowOf(page, 'r0001').waitFor();

    expect(await background(page)).toBe('rgb(245, 246, 248)');
  });

  test('changes with the system while the window is open', async () => {
    const page = await open({ colorScheme: 'light' });
    await rowOf(page, 'r0001').waitFor();

    await page.emulateMedia({ colorScheme: 'dark' });

    await eventually(async () => expect(await background(page)).toBe('rgb(15, 18, 23)'));
  });

  test('repaints the curves', async () => {
    const page = await open({ colorScheme: 'light' });
    await page.locator('a.run-link:text-is("r0004")').click();
    const canvas = page.getByRole('img').first().locator('canvas');
    await canvas.waitFor();
    const light = await canvas.screenshot();

    await page.emulateMedia({ colorScheme: 'dark' });

    await eventually(async () => expect((await canvas.screenshot()).equals(light)).toBe(false));
    await keepPicture(page, 'run-dark');
  });
});

describe('where there is nothing', () => {
  test('no project: those to open, and how to make one', async () => {
    engine.project = null;
    const page = await open();

    await page.getByRole('heading', { name: 'Projects', exact: true }).waitFor();
    await page.getByText('None yet. Open one, or make a new one.').waitFor();
    expect(await page.getByRole('navigation', { name: 'Pages' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Make it here' }).isDisabled()).toBe(true);
    await keepPicture(page, 'no-project-light');
  });

  test('no runs: how to start the first, and it appears', async () => {
    engine.runs.clear();
    const page = await open();
    await page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    expect(await page.getByRole('link', { name: 'New run' }).getAttribute('href')).toBe('#/new-run');
    await keepPicture(page, 'no-runs-light');

    engine.change(madeRun(1, 1, { state: 'running' }));

    await rowOf(page, 'r0001').waitFor();
  });

  test('the project page counts classes and splits, and follows an import', async () => {
    const page = await open();
    await page.getByRole('link', { name: 'Project' }).click();
    const images = page.getByRole('region', { name: '500 images' });
    expect(await images.innerText()).toMatch(/Test\s+125[\s\S]*Split by each run\s+375/);
    await keepPicture(page, 'project-light');

    engine.changeProject({ ...SIGN_PROJECT, image_count: 501 });

    await page.getByRole('region', { name: '501 images' }).waitFor();
    engine.changeProject({ ...SIGN_PROJECT, image_count: 0, classes: [] });
    await page.getByText('Bring in images, with labels where there are any.').waitFor();
  });
});

describe('a lost connection', () => {
  test('is said, what was known stays, and a restarted server is found again', async () => {
    expectedComplaints = /WebSocket connection|net::ERR_(CONNECTION|EMPTY_RESPONSE)/;
    await server.close();
    const key = randomBytes(32);
    server = await startServer(engine, { rendererFolder, key });
    const page = await open();
    await isLive(page);

    await server.close();
    await page.getByRole('alert').getByText('Connection to the engine lost').waitFor();
    expect(await idsShown(page)).toHaveLength(6);
    await keepPicture(page, 'disconnected-light');
    engine.runs.set('r0007', madeRun(7, 1, { state: 'running' }));
    server = await startServer(engine, { rendererFolder, key, port: server.port });

    await isLive(page);
    expect(await idsShown(page)).toHaveLength(7);
    expect(await page.getByRole('alert').count()).toBe(0);
    engine.change(madeRun(7, 2, { state: 'running' }));
    await rowOf(page, 'r0007').getByText('2 / 15').waitFor();
  });

  test('to a server that does not know the window asks for its link, and goes on by itself after', async () => {
    expectedComplaints = /WebSocket connection|net::ERR_(CONNECTION|EMPTY_RESPONSE)|401/;
    const page = await open();
    await isLive(page);

    await server.close();
    server = await startServer(engine, { rendererFolder, port: server.port });
    await page.getByRole('heading', { name: 'Signed out' }).waitFor();
    await keepPicture(page, 'signed-out-light');
    const other = await page.context().newPage();
    await other.goto(server.newLink());

    await rowOf(page, 'r0001').waitFor();
  });

  test('to an engine of another contract is not papered over', async () => {
    engine.contractVersion = 999;
    const page = await open();

    await page.getByRole('heading', { name: 'The engine is of another version' }).waitFor();
    expect(await page.getByRole('button', { name: 'Reload' }).count()).toBe(1);
  });
});

test('the page’s policy lets no inline code run', async () => {
  expectedComplaints = /Content Security Policy/;
  const page = await open();
  await isLive(page);

  await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "inline code ran"';
    document.body.append(script);
  });

  expect(await page.title()).not.toBe('inline code ran');
  expect(windows[0]!.complaints.join('\n')).toContain('Content Security Policy');
});

test('a run written by another process to a real project shows live', async () => {
  const project = newProject();
  const id = createRun(project.db, newRun());
  const { link } = await startEngineProcess([project.folder]);
  const page = await open({}, link);
  await rowOf(page, id).getByText('queued').waitFor();

  startRun(project.db, id, 1);
  upsertEpoch(project.db, id, { ...madeEpoch(1), valid_loss: 0.5 });
  await rowOf(page, id).getByText('1 / 15').waitFor();
  finishRun(project.db, id, 'failed', DIVERGED, 2);

  await rowOf(page, id).getByText(DIVERGED).waitFor();
});

/** How many colours a chart has: an empty canvas has one. */
function coloursOf(page: Page, index: number): Promise<number> {
  return page
    .locator('.chart canvas')
    .nth(index)
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
}

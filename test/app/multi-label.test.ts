/** What the window shows of a project whose images may have several classes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import type { ProjectOverview } from '../../preload/contract/project.ts';
import type { RunSummary } from '../../preload/contract/run.ts';
import { madeEpoch, madeRun } from '../kit/made-runs.ts';
import { MemoryEngine } from '../kit/memory-engine.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, type TestWindow, testBrowser } from '../kit/window.ts';

const COUNTS = { desert: 88, mountains: 131, sea: 159, sunset: 144, trees: 137 };
const SCENES: ProjectOverview = {
  name: 'Scenes',
  task: 'image-classification-multilabel',
  folder: '/data/projects/scenes',
  image_count: 462,
  classes: Object.entries(COUNTS).map(([name, count]) => ({ name, count, color: '#808000' })),
  unlabelled: 0,
  without_class: 12,
  splits: { train: 0, validation: 0, test: 90, unassigned: 372 },
};

function scenesRun(): RunSummary {
  const epochs = Array.from({ length: 15 }, (_, i) => {
    const row = madeEpoch(i + 1);
    return { ...row, metrics: { iou: row.metrics['accuracy']! - 0.1, valid_loss: row.metrics['valid_loss']! } };
  });
  const classes = Object.keys(COUNTS).map((label, i) => ({
    label,
    threshold: [0.5, 0.5, 0.4219, 0.5, 0.6641][i]!,
    f1: 0.9 - i / 50,
    positives: [4, 26, 32, 29, 27][i]!,
    is_tuned: i % 2 === 0 && i > 0,
  }));
  const best = { name: 'iou', best: 0.82, epoch: 15 };
  return madeRun(1, 15, { epochs, primary_metric: best, thresholds: { epoch: 15, classes } });
}

let browser: Browser;
let rendererFolder: string;
let server: TestServer;
let window: TestWindow;
beforeAll(async () => {
  [browser, rendererFolder] = await Promise.all([testBrowser(), builtRenderer()]);
});
afterAll(() => browser?.close());

beforeEach(async () => {
  server = await startServer(new MemoryEngine(SCENES, [scenesRun()]), { rendererFolder });
});
afterEach(async () => {
  const { complaints } = window;
  await window.context.close();
  await server.close();
  expect(complaints).toEqual([]);
});

async function open(options: Parameters<typeof openWindow>[2] = {}): Promise<Page> {
  window = await openWindow(browser, server.newLink(), options);
  return window.page;
}

test('a run is told by its iou, and shows the threshold of each class', async () => {
  const page = await open();
  await page.getByRole('link', { name: 'r0001' }).click();

  const table = page.getByRole('region', { name: 'Thresholds' });
  await table.waitFor();
  expect(await table.getByRole('row').nth(1).innerText()).toMatch(/desert\s+0\.5000\s+not tuned\s+0\.9000\s+4/);
  expect(await table.getByRole('row').nth(3).innerText()).toMatch(/sea\s+0\.4219\s+0\.8600\s+32/);
  expect(await page.getByText('Best iou').count()).toBe(1);
  expect(await page.getByText('accuracy').count()).toBe(0);
  await keepPicture(page, 'multi-label-run-light');
});

test('a project counts its classes, and the images that have none', async () => {
  const page = await open({ colorScheme: 'dark' });
  await page.getByRole('link', { name: 'Project' }).click();

  const table = page.getByRole('region', { name: '5 classes' });
  await table.waitFor();
  expect(await table.getByRole('row').last().innerText()).toMatch(/No class\s+12/);
  expect(await page.locator('.project-title').innerText()).toBe(
    'Scenes\nMulti-label classification · 462 images, 5 classes',
  );
  await keepPicture(page, 'multi-label-project-dark');
});

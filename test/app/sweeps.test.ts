/** Sweeps in the window: followed live, brushed, asked, and designed; over a real engine and a real project. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { sweepFolder } from '../../main/schedule/sweep-requests.ts';
import { upsertEpoch } from '../../main/store/epochs.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { createRun } from '../../main/store/runs.ts';
import { createSweep, startSweep } from '../../main/store/sweeps.ts';
import { addTrial, claimNext, finishTrial } from '../../main/store/trials.ts';
import { startEngineProcess } from '../kit/engine-process.ts';
import { eventually } from '../kit/eventually.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { PLAN } from '../kit/made-sweeps.ts';
import { newProject } from '../kit/projects.ts';
import { newRun } from '../kit/runs.ts';
import { keepPicture, openWindow, seriousViolations, type TestWindow, testBrowser } from '../kit/window.ts';

let browser: Browser;
let windows: TestWindow[] = [];
beforeAll(async () => {
  [browser] = await Promise.all([testBrowser(), builtRenderer()]);
}, 300_000);
afterAll(() => browser?.close());
afterEach(async () => {
  const complaints = windows.flatMap((window) => window.complaints);
  await Promise.all(windows.map(({ context }) => context.close()));
  windows = [];
  expect(complaints).toEqual([]);
});

async function open(project: WriteProject): Promise<Page> {
  const { link } = await startEngineProcess([project.folder]);
  const window = await openWindow(browser, link);
  windows.push(window);
  return window.page;
}

function addEpoch(project: WriteProject, run: string, epoch: number, accuracy: number): void {
  const row = madeEpoch(epoch);
  upsertEpoch(project.db, run, { ...row, metrics: { ...row.metrics, accuracy }, valid_loss: 0.5 });
}

/** A running sweep of so many trials of four epochs each; the last of them is running. */
function madeProject(count: number): { project: WriteProject; sweep: string } {
  const project = newProject();
  const { db } = project;
  const plan = { ...PLAN, iterations: count };
  const sweep = createSweep(db, {
    source_text: '',
    plan,
    devices: ['cpu'],
    primary_metric: 'accuracy',
    created_at_ms: 1,
  });
  startSweep(db, sweep, 2);
  db.transaction(() => {
    for (let number = 1; number <= count; number++) {
      const run = createRun(db, newRun({ params: { number_of_epochs: 4 } }));
      const rate = 0.003 * 1.3 ** (number % 9);
      const configuration = { learning_rate: rate, momentum: ((number * 7) % 10) / 10 };
      addTrial(db, { sweep_id: sweep, number, configuration, run_id: run, reason: null, created_at_ms: 3 });
      const trial = claimNext(db, sweep, 10_000 * number)!;
      const epochs = number === count ? 1 : number % 3 === 0 ? 2 : 4;
      for (let epoch = 1; epoch <= epochs; epoch++) addEpoch(project, run, epoch, Math.min(0.95, 0.2 * epoch + rate));
      if (number < count)
        finishTrial(
          db,
          trial,
          epochs === 2 ? 'stopped' : 'completed',
          epochs === 2 ? 'bandit: stopped' : null,
          10_000 * number + 9_000,
        );
    }
  });
  return { project, sweep };
}

test('a sweep is followed live, brushed and asked for things', async () => {
  const { project, sweep } = madeProject(12);
  const page = await open(project);
  await page.getByRole('link', { name: 'Sweeps' }).click();
  await page.getByRole('link', { name: `signs (${sweep})` }).click();

  const trials = page.getByRole('region', { name: 'Trials' });
  await trials.getByText('running').waitFor();
  await page.getByText('6 epochs saved').waitFor();
  expect(await trials.locator('.trial').count()).toBe(13);
  await eventually(async () => expect(await page.locator('.chart canvas').count()).toBe(4));
  expect(await page.getByText('What decides about the metric').count()).toBe(1);
  await keepPicture(page, 'sweep');

  addEpoch(project, 'r0012', 2, 0.99);
  await page
    .getByText('best accuracy 0.9900 in trial 12')
    .or(page.getByText('best accuracy 0.99 in trial 12'))
    .waitFor();

  await trials.getByRole('button', { name: 'Stop' }).click();
  const inbox = join(sweepFolder(project, sweep), 'requests');
  await eventually(() => expect(readdirSync(inbox).length).toBe(1));
  expect(await seriousViolations(page, 'main')).toEqual([]);
}, 120_000);

test('a sweep is designed in a form and in its file, each following the other', async () => {
  const { project } = madeProject(3);
  const page = await open(project);
  await page.goto(`${page.url().split('#')[0]}#/new-sweep`);
  const file = page.getByRole('textbox', { name: 'sweep.yaml' });
  await eventually(async () => expect(await file.inputValue()).toContain('uniform(0.001, 0.05)'));

  await page.getByRole('textbox', { name: 'learning_rate' }).fill('uniform(0, 2)');
  await page
    .getByRole('list', { name: 'What is wrong' })
    .getByText('learning_rate must be a number from 0 to 1')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Start the sweep' }).isDisabled()).toBe(true);
  expect(await file.inputValue()).toContain('learning_rate: uniform(0, 2)');

  await file.fill(
    (await file.inputValue()).replace('uniform(0, 2)', 'uniform(0.1, 0.2)').replace('iterations: 20', 'iterations: 7'),
  );
  await eventually(async () =>
    expect(await page.getByRole('textbox', { name: 'Trials', exact: true }).inputValue()).toBe('7'),
  );
  expect(await page.getByRole('textbox', { name: 'learning_rate' }).inputValue()).toBe('uniform(0.1, 0.2)');
  expect(await page.locator('.histogram rect').count()).toBeGreaterThan(20);
  await page.getByRole('rowheader', { name: 'median_stopping' }).waitFor();

  await page.getByRole('button', { name: 'Two models, each its own' }).click();
  await page.getByText('Branch 2 of 2').waitFor();
  await keepPicture(page, 'sweep-designer');
  expect(await seriousViolations(page, 'main')).toEqual([]);
}, 120_000);

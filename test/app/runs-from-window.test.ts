/** Runs started, stopped and compared in the window, in a real browser. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { eventually } from '../kit/eventually.ts';
import { madeRun } from '../kit/made-runs.ts';
import { MemoryEngine, PROGRESS, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, seriousViolations, type TestWindow, testBrowser } from '../kit/window.ts';

const RUNS = [
  madeRun(1, 15, { params: { number_of_epochs: 15, learning_rate: 0.01, optimizer: 'sgd' } }),
  madeRun(2, 9, { model: 'resnet18', params: { number_of_epochs: 15, learning_rate: 0.05, optimizer: 'sgd' } }),
  madeRun(3, 7, { state: 'running' }),
  madeRun(4, 3, { state: 'cancelled' }),
];

let browser: Browser;
let rendererFolder: string;
beforeAll(async () => {
  [browser, rendererFolder] = await Promise.all([testBrowser(), builtRenderer()]);
});
afterAll(() => browser?.close());

let engine: MemoryEngine;
let server: TestServer;
let window: TestWindow;
let page: Page;

beforeEach(async () => {
  engine = new MemoryEngine(SIGN_PROJECT, RUNS);
  server = await startServer(engine, { rendererFolder });
  window = await openWindow(browser, server.newLink());
  page = window.page;
});
afterEach(async () => {
  await window.context.close();
  await server.close();
  expect(window.complaints).toEqual([]);
});

test('a run is started with what was chosen and typed, once nothing in it is wrong', async () => {
  await page.getByRole('link', { name: 'New run' }).click();
  await page.getByRole('radio', { name: /ResNet-18/ }).check();
  const rate = page.getByRole('textbox', { name: 'learning_rate' });
  const start = page.getByRole('button', { name: 'Start the run' });
  expect(await rate.getAttribute('placeholder')).toBe('0.01');

  await rate.fill('7');
  await page.getByText('learning_rate must be a number from 0 to 1, got "7"').waitFor();
  expect(await start.isDisabled()).toBe(true);
  expect(await rate.getAttribute('aria-invalid')).toBe('true');
  expect(await seriousViolations(page)).toEqual([]);
  await rate.fill('0.02');
  await page.getByRole('button', { name: /optimizer/ }).click();
  await page.getByRole('option', { name: 'adamw' }).click();
  await keepPicture(page, 'new-run-light');
  await start.click();

  await eventually(() => expect(engine.asked).toHaveLength(1));
  expect(engine.asked[0]).toEqual([
    'start',
    {
      model: 'resnet18',
      params: { learning_rate: '0.02', optimizer: 'adamw' },
      device: 'cpu',
      weights: 'resnet18-tiny',
    },
  ]);
  await eventually(() => expect(page.url()).toContain('#/runs/r0100'));
});

test('a refusal is said where the run was asked for, and nothing typed is lost', async () => {
  await page.goto(`${server.url}/#/new-run/r0002`);
  const rate = page.getByRole('textbox', { name: 'learning_rate' });
  expect(await rate.inputValue()).toBe('0.05');
  engine.refusal = new AppError('project-in-use', 'it is being written by "lightbench train" (process 7)');

  await page.getByRole('button', { name: 'Start the run' }).click();

  expect(await page.getByRole('alert').innerText()).toContain('it is being written by "lightbench train" (process 7)');
  expect(await rate.inputValue()).toBe('0.05');
});

test('a run that trains shows its steps and is stopped; one that ended early goes on; a bundle says where it is', async () => {
  await page.locator('a.run-link:text-is("r0003")').click();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  engine.tellProgress('r0003', PROGRESS);
  await page.getByText('Epoch 8 of 15 · training 12 / 40 · loss 0.4200 · 311 images/s').waitFor();
  await keepPicture(page, 'run-live-light');
  await page.getByRole('button', { name: 'Stop' }).click();
  engine.tellProgress('r0003', null);
  await page.getByRole('region', { name: 'Progress' }).waitFor({ state: 'detached' });

  await page.goto(`${server.url}/#/runs/r0004`);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Make a bundle' }).click();
  await page.getByRole('status').filter({ hasText: '/data/bundles/r0004' }).waitFor();
  engine.refusal = new AppError('disk-full', 'the disk of /data is full (free: 0 bytes)');
  await page.getByRole('button', { name: 'Make a bundle' }).click();

  expect(await page.getByRole('alert').innerText()).toContain('the disk of /data is full');
  expect(engine.asked).toEqual([
    ['stop', 'r0003'],
    ['resume', 'r0004'],
    ['bundle', 'r0004'],
  ]);
});

test('two runs are compared by their curves and by what they differ in', async () => {
  await page.getByRole('checkbox', { name: 'Compare r0001' }).click({ force: true });
  await page.getByRole('checkbox', { name: 'Compare r0002' }).click({ force: true });
  await page.getByRole('link', { name: 'Compare 2 runs' }).click();

  const settings = page.getByRole('region', { name: 'Settings', exact: true });
  await settings.getByText('2 of 5 differ').waitFor();
  expect(await settings.locator('tbody').innerText()).toMatch(
    /^model\s+resnet18\s+mobilenetv2\s+learning_rate\s+0.05\s+0.01$/,
  );
  expect(await page.getByRole('img').first().getAttribute('aria-label')).toMatch(
    /^Accuracy over epochs; latest: r0002 0\.\d+, r0001 0\.\d+$/,
  );
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'compare-light');
  await settings.getByText('Show those alike').click();

  expect(await settings.locator('tbody tr').count()).toBe(5);
});

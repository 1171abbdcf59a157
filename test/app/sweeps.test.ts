/** Sweeps in the window: followed live, brushed, asked, and designed; over a real engine and a real project. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { sweepFolder } from '../../main/schedule/sweep-requests.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { startEngineProcess } from '../kit/engine-process.ts';
import { eventually } from '../kit/eventually.ts';
import { newProject } from '../kit/projects.ts';
import { storeEpoch, storeSweep } from '../kit/stored-sweep.ts';
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

/** A project with a running sweep of so many trials. */
function madeProject(count: number): { project: WriteProject; sweep: string } {
  const project = newProject();
  return { project, sweep: storeSweep(project, count) };
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
  await eventually(async () => expect(await page.locator('.chart canvas').count()).toBe(3));
  await page.getByText('What decides about the metric').waitFor();
  const gridPixels = () =>
    page
      .getByRole('region', { name: 'Best so far' })
      .locator('canvas')
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
        copy.drawImage(canvas as HTMLCanvasElement, 0, 0);
        const { data } = copy.getImageData(0, 0, width, height);
        const isGrid = (i: number) => data[i] === 0xdd && data[i + 1] === 0xe1 && data[i + 2] === 0xe7;
        return Array.from({ length: width * height }, (_, i) => 4 * i).filter(isGrid).length;
      });
  await eventually(async () => expect(await gridPixels()).toBeGreaterThan(100));
  await keepPicture(page, 'sweep');
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually(async () => expect(await gridPixels()).toBe(0)); // charts have the colours of the theme on show
  await keepPicture(page, 'sweep-dark');
  await page.emulateMedia({ colorScheme: 'light' });

  storeEpoch(project, 'r0012', 2, 0.99);
  await page
    .getByText('best accuracy 0.9900 in trial 12')
    .or(page.getByText('best accuracy 0.99 in trial 12'))
    .waitFor();

  await trials.getByRole('button', { name: 'Stop' }).click();
  const inbox = join(sweepFolder(project, sweep), 'requests');
  await eventually(() => expect(readdirSync(inbox).length).toBe(1));
  expect(await seriousViolations(page, 'main')).toEqual([]);
}, 120_000);

test('ranges are brushed and axes moved by pointer and by key, and the rest follows', async () => {
  const { project, sweep } = madeProject(12);
  const page = await open(project);
  await page.goto(`${page.url().split('#')[0]}#/sweeps/${sweep}`);
  const axis = (name: string) => page.locator('.parallel-axis', { hasText: name });
  const names = () => page.locator('.parallel-name').allTextContents();
  const shown = () => page.locator('.trial:not(.trial-head) a').allTextContents();
  await axis('accuracy').locator('.parallel-track').waitFor();
  const all = await shown();

  const track = (await axis('accuracy').locator('.parallel-track').boundingBox())!;
  const [x, top, bottom] = [track.x + track.width / 2, track.y + 1, track.y + track.height - 1];
  await page.mouse.move(x, top + 0.3 * (bottom - top));
  await page.mouse.down();
  await page.mouse.move(x, top + 20, { steps: 3 });
  await page.mouse.move(x, top - 30, { steps: 3 });
  await page.mouse.up();
  await eventually(async () => expect(await shown()).toEqual(['1', '2', '4', '5', '7', '8', '10', '11']));
  await page.getByRole('img', { name: 'Parallel coordinates of 12 trials, 8 chosen' }).waitFor();

  const least = page.getByRole('slider', { name: 'least momentum chosen' });
  await least.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('PageUp');
  await page.keyboard.press('PageDown');
  const momentum = (trial: string) => ((Number(trial) * 7) % 10) / 10;
  await eventually(async () => {
    const trials = await shown();
    expect(trials.length).toBeGreaterThan(0);
    expect(trials.length).toBeLessThan(8);
    expect(Math.min(...trials.map(momentum))).toBeGreaterThanOrEqual(0.5);
  });
  expect(await least.getAttribute('aria-valuetext')).toBe('0.54');
  storeEpoch(project, 'r0012', 2, 0.99);
  await page.getByText('in trial 12').waitFor();
  await page.getByRole('img', { name: 'of 12 trials, 5 chosen' }).waitFor(); // what was chosen stays chosen
  await page.keyboard.press('Escape');
  await page.mouse.click(x, bottom - 5);
  await eventually(async () => expect(await shown()).toEqual(all));

  expect(await names()).toEqual(['learning_rate', 'momentum', 'accuracy']);
  await page.getByRole('button', { name: 'learning_rate, axis 1 of 3' }).press('ArrowRight');
  expect(await names()).toEqual(['momentum', 'learning_rate', 'accuracy']);
  const held = (await axis('accuracy').locator('.parallel-name').boundingBox())!;
  const box = (await page.locator('.parallel').boundingBox())!;
  await page.mouse.move(held.x + held.width / 2, held.y + held.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.1 * box.width, held.y + 5, { steps: 8 });
  await page.mouse.up();
  expect(await names()).toEqual(['accuracy', 'momentum', 'learning_rate']);

  await page.getByRole('button', { name: 'Deep' }).click();
  await page.getByRole('option', { name: 'momentum' }).click();
  const cube = page.getByRole('slider', { name: '12 trials by learning_rate, accuracy, momentum' });
  const turn = async () => Number(await cube.getAttribute('aria-valuenow'));
  const before = await turn();
  await cube.press('ArrowRight');
  expect(await turn()).toBeGreaterThan(before);
  const middle = (await cube.boundingBox())!;
  await page.mouse.move(middle.x + 100, middle.y + 100);
  await page.mouse.down();
  await page.mouse.move(middle.x + 10, middle.y + 100, { steps: 3 });
  await page.mouse.up();
  expect(await turn()).toBeLessThan(before);
  await keepPicture(page, 'sweep-cube');
  expect(await seriousViolations(page, 'main')).toEqual([]);
}, 120_000);

test('a sweep of 300 trials comes in small messages, and an epoch changes the row it is of', async () => {
  const { project, sweep } = madeProject(300);
  const { link } = await startEngineProcess([project.folder]);
  const window = await openWindow(browser, 'about:blank');
  windows.push(window);
  const { page } = window;
  const messages: string[] = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => void messages.push(String(payload))));
  await page.goto(link);
  await page.goto(`${page.url().split('#')[0]}#/sweeps/${sweep}`);
  await page.getByText('299 of 300 trials').waitFor();
  await page.getByRole('button', { name: 'Trial', exact: true }).waitFor();

  const rows = page.locator('.trial:not(.trial-head)');
  expect(await rows.count()).toBeLessThan(60);
  const told = messages.join('');
  expect(told.length).toBeLessThan(300 * 2500);
  expect(told.match(/train_loss/g)!.length).toBe(300); // of each run the latest epoch alone
  await page.locator('.trials-box').evaluate((box) => box.scrollTo(0, box.scrollHeight));
  await rows.getByText('running').waitFor();
  messages.length = 0;
  await page.evaluate(() => {
    const changed = new Set<string>();
    const watcher = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        const row = element?.closest('.trial')?.querySelector('a');
        if (row) changed.add(row.textContent);
      }
      document.body.dataset['changed'] = [...changed].join(' ');
    });
    watcher.observe(document.querySelector('.trials-box')!, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });

  storeEpoch(project, 'r0300', 2, 0.41);
  await rows.getByText('0.4100').waitFor();

  expect(await page.evaluate(() => document.body.dataset['changed'])).toBe('300');
  expect(messages.join('').length).toBeLessThan(8000);
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  const runRows = page.locator('.run-row');
  await page.getByRole('button', { name: 'Show 100 more of 300 runs' }).click();
  expect(await runRows.count()).toBe(200);
  await page.getByRole('button', { name: 'Show 100 more of 300 runs' }).click();
  expect(await runRows.count()).toBe(300);
  expect(await page.getByRole('button', { name: /more of/ }).count()).toBe(0);
}, 120_000);

test('a sweep is designed in a form and in its file, each following the other', async () => {
  const { project } = madeProject(3);
  const page = await open(project);
  const sent: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => void sent.push(String(payload))));
  await page.goto(`${page.url().split('#')[0]}#/new-sweep`);
  await page.reload();
  const file = page.getByRole('textbox', { name: 'sweep.yaml' });
  await eventually(async () => expect(await file.inputValue()).toContain('uniform(0.001, 0.05)'));

  await page.getByRole('textbox', { name: 'learning_rate' }).fill('uniform(0, 2)');
  await page
    .getByRole('list', { name: 'What is wrong' })
    .getByText('learning_rate must be a number from 0 to 1')
    .waitFor();
  expect(await page.getByRole('button', { name: 'Start the sweep' }).isDisabled()).toBe(true);
  expect(await file.inputValue()).toContain('learning_rate: uniform(0, 2)');

  const behind = page.getByText('The form shows the file as it was when it was last right');
  const written = await file.inputValue();
  await file.fill(`${written}\nno_such_key: 1`);
  await behind.waitFor();
  await file.fill(written.replace('uniform(0, 2)', 'uniform(0.3, 0.4)'));
  await behind.waitFor({ state: 'detached' });
  await file.fill(written.replace('uniform(0, 2)', 'uniform(0.1, 0.2)').replace('iterations: 20', 'iterations: 7'));
  await eventually(async () =>
    expect(await page.getByRole('textbox', { name: 'Trials', exact: true }).inputValue()).toBe('7'),
  );
  expect(await page.getByRole('textbox', { name: 'learning_rate' }).inputValue()).toBe('uniform(0.1, 0.2)');
  expect(await page.locator('.histogram rect').count()).toBeGreaterThan(20);
  await page.getByRole('rowheader', { name: 'median_stopping' }).waitFor();

  const devices = page.getByRole('group', { name: 'Devices' });
  await devices.getByRole('checkbox', { name: 'webgpu' }).waitFor();
  const cpu = devices.getByRole('checkbox', { name: 'cpu' });
  const start = page.getByRole('button', { name: 'Start the sweep' });
  expect([await cpu.isChecked(), await start.isDisabled()]).toEqual([true, false]);
  await cpu.uncheck({ force: true });
  expect(await start.isDisabled()).toBe(true); // a sweep needs somewhere to run
  await cpu.check({ force: true });
  await devices.getByRole('checkbox', { name: 'webgpu' }).check({ force: true });
  const asked = sent.length;
  await start.click();
  await page.getByRole('alert').getByText('This sweep cannot be started').waitFor(); // this test holds the project's lock
  expect(sent.slice(asked).join('')).toContain('"devices":["cpu","webgpu"]');

  await page.getByRole('button', { name: 'Two models, each its own' }).click();
  const second = page.locator('.tree-group', { hasText: 'Branch 2 of 2' });
  await second.getByRole('textbox', { name: 'learning_rate' }).fill('uniform(0, 2)');
  await second.getByText('1 problem').waitFor();
  await second.getByText('learning_rate must be a number from 0 to 1').waitFor();
  expect(await page.locator('.tree-group', { hasText: 'Branch 1 of 2' }).getByText('problem').count()).toBe(0);
  await second.getByRole('button', { name: 'How learning_rate is drawn' }).click();
  await page.getByRole('option', { name: 'lognormal', exact: true }).click();
  await eventually(async () => expect(await file.inputValue()).toMatch(/learning_rate: lognormal\(.*, 0.5\)/));
  await second.getByRole('img', { name: /draws from/ }).waitFor();
  expect(await second.getByText('problem').count()).toBe(0);
  await page.getByText('s0001 signs, best').click();
  await eventually(async () => expect(await file.inputValue()).toContain('- s0001'));
  await page.getByText('sweep s0001 serves median_stopping alone').waitFor();
  await keepPicture(page, 'sweep-designer');
  expect(await seriousViolations(page, 'main')).toEqual([]);
}, 120_000);

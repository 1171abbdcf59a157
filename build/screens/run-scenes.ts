/** Pages about runs and sweeps: real ones, started in the window and small enough for a minute or two. */

import type { Page } from 'playwright-core';
import type { Camera } from './camera.ts';

/** Learns workshop parts from scratch within a few epochs. */
const SETTINGS = {
  number_of_epochs: '8',
  training_batch_size: '16',
  train_crop_size: '48',
  valid_resize_size: '54',
  valid_crop_size: '48',
};
/** A small machine that does other things meanwhile needs as long. */
const PATIENCE = { timeout: 600_000 };

const at = (page: Page, hash: string): Promise<unknown> => page.goto(`${new URL(page.url()).origin}/#/${hash}`);

async function fillIn(page: Page, rate: string): Promise<void> {
  await page.getByRole('radio', { name: /ResNet-18/ }).check();
  await page.evaluate(() => {
    for (const group of document.querySelectorAll('details')) group.open = true;
  });
  for (const [name, value] of Object.entries({ ...SETTINGS, learning_rate: rate })) {
    await page.getByRole('textbox', { name, exact: true }).fill(value);
  }
}

async function startRun(page: Page, rate: string): Promise<void> {
  await at(page, 'new-run');
  await fillIn(page, rate);
  await page.getByRole('button', { name: 'Start the run' }).click();
  await page.waitForURL(/#\/runs\/r\d+$/);
}

const isThrough = (page: Page, epochs: number): Promise<unknown> =>
  page.getByText(new RegExp(`^[${epochs}-9] / ${SETTINGS.number_of_epochs}$`)).waitFor(PATIENCE);
const hasEnded = (page: Page, state: string): Promise<unknown> =>
  page.locator('.page-head .badge', { hasText: state }).waitFor(PATIENCE);

export async function showRuns(page: Page, camera: Camera): Promise<void> {
  await at(page, 'new-run');
  await page.getByRole('radio', { name: /ResNet-18/ }).check();
  await page.getByRole('textbox', { name: 'learning_rate' }).fill('7');
  await page.getByText('must be a number from 0 to 1').waitFor();
  await camera.take(page, 'new-run', { isWhole: false });

  await startRun(page, '0.02');
  await isThrough(page, 3);
  await page.getByRole('region', { name: 'Progress' }).waitFor();
  await camera.take(page, 'run-live', { isWhole: false });
  await hasEnded(page, 'completed');
  await page.getByRole('region', { name: 'Confusion matrix', exact: true }).waitFor(PATIENCE);
  await camera.take(page, 'run', { isWhole: false });
  await camera.take(page, 'run-evaluation', { themes: ['light'] });

  await startRun(page, '0.002');
  await isThrough(page, 2);
  await page.getByRole('button', { name: 'Stop' }).click();
  await hasEnded(page, 'cancelled');
  await camera.take(page, 'run-stopped', { isWhole: false });
  await page.getByRole('button', { name: 'Resume' }).click();
  await hasEnded(page, 'completed');
  await page.getByRole('button', { name: 'Make a bundle' }).click();
  await page.getByRole('status').filter({ hasText: 'bundles' }).waitFor(PATIENCE);
  await camera.take(page, 'run-bundle', { isWhole: false });

  await at(page, 'runs');
  await page.getByRole('checkbox', { name: 'Compare r0001' }).click({ force: true });
  await page.getByRole('checkbox', { name: 'Compare r0002' }).click({ force: true });
  await camera.take(page, 'runs', { isWhole: false });
  await page.getByRole('link', { name: 'Compare 2 runs' }).click();
  await page.getByRole('region', { name: 'Settings', exact: true }).getByText('differ').waitFor();
  await camera.take(page, 'compare', { isWhole: false });
  await page.keyboard.press('Control+k');
  const field = page.getByRole('searchbox', { name: 'Page or action' });
  await field.fill('run');
  await camera.take(page, 'palette', { isWhole: false });
  await page.keyboard.press('Escape'); // what was typed
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
}

const SWEEP = `name: rates
hyperparameter_sampling:
  algorithm: random
  seed: 1
  space:
    model_name: resnet18
    learning_rate: loguniform(-6, -2.5)
    momentum: uniform(0.5, 0.95)
arguments:
  number_of_epochs: 3
  training_batch_size: 16
  train_crop_size: 48
  valid_resize_size: 54
  valid_crop_size: 48
iterations: 8
early_termination_policy:
  type: median_stopping
  delay_evaluation: 1
`;

export async function showSweeps(page: Page, camera: Camera): Promise<void> {
  await at(page, 'new-sweep');
  const file = page.getByRole('textbox', { name: 'sweep.yaml' });
  await file.fill(SWEEP);
  await page.locator('.histogram').nth(1).waitFor();
  await page.getByRole('heading', { name: 'What it would do' }).waitFor();
  await camera.take(page, 'sweep-designer');
  await file.fill(SWEEP.replace('loguniform(-6, -2.5)', 'uniform(0, 7)'));
  await page.getByRole('list', { name: 'What is wrong' }).waitFor();
  await camera.take(page, 'sweep-designer-refused', { isWhole: false });
  await file.fill(SWEEP);
  await page.getByRole('list', { name: 'What is wrong' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Start the sweep' }).click();
  await page.getByText(/^[3-8] of 8 trials/).waitFor(PATIENCE);
  await page.locator('.chart canvas').nth(2).waitFor(PATIENCE);
  await camera.take(page, 'sweep-live');
  await hasEnded(page, 'completed');
  await page.getByText(/^8 of 8 trials/).waitFor();
  await camera.take(page, 'sweep');
  await at(page, 'sweeps');
  await page.getByRole('link', { name: /rates/ }).waitFor();
  await camera.take(page, 'sweeps', { isWhole: false });
}

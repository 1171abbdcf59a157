/** Pages about projects and their data. */

import { dirname } from 'node:path';
import type { Page } from 'playwright-core';
import { type Camera, LIGHT_ALONE } from './camera.ts';
import type { Stage } from './stage.ts';

const at = (page: Page, hash: string): Promise<unknown> => page.goto(`${new URL(page.url()).origin}/#/${hash}`);

export async function showProjects(page: Page, camera: Camera, { empty, parts }: Stage): Promise<void> {
  await at(page, `projects/${encodeURIComponent(empty)}`);
  await page.getByRole('heading', { name: 'Empty', exact: true }).waitFor();
  await camera.take(page, 'project-empty', { isWhole: false });
  for (const [hash, heading] of [
    ['data', 'No images yet'],
    ['runs', 'No runs yet'],
    ['sweeps', 'No sweeps yet'],
  ] as const) {
    await at(page, hash);
    await page.getByRole('heading', { name: heading }).waitFor();
    await camera.take(page, `${hash}-empty`, { isWhole: false });
  }
  await at(page, `projects/${encodeURIComponent(parts)}`);
  await page.getByRole('heading', { name: 'Workshop parts', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Verify every file' }).click();
  await page.getByText('Everything is in its place.').waitFor();
  await camera.take(page, 'project');
  await at(page, 'projects');
  await page
    .getByRole('region', { name: 'Recent projects' })
    .getByRole('button', { name: 'Empty', exact: true })
    .waitFor();
  await camera.take(page, 'projects', { isWhole: false });
}

export async function showData(page: Page, camera: Camera): Promise<void> {
  const options = page.getByRole('option');
  await at(page, 'data');
  await options.nth(12).locator('img').waitFor();
  await camera.take(page, 'data-grid', LIGHT_ALONE);
  await options.nth(1).click();
  await options.nth(4).click({ modifiers: ['Shift'] });
  await page.getByText('4 images selected').waitFor();
  await camera.take(page, 'data-selected', LIGHT_ALONE);
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Sort by name, ascending' }).click();
  await options.nth(5).locator('img').waitFor();
  await camera.take(page, 'data-table', { isWhole: false });
  await options.nth(0).dblclick();
  await page.getByRole('dialog').locator('img').nth(1).waitFor();
  await camera.take(page, 'data-image', LIGHT_ALONE);
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Name contains' }).fill('zebra');
  await page.getByText('No image is like that').waitFor();
  await camera.take(page, 'data-nothing-found', { isWhole: false });
  await at(page, 'data/classes');
  await page.getByRole('textbox', { name: 'New class' }).waitFor();
  await camera.take(page, 'data-classes', { isWhole: false });
  await at(page, 'data/charts');
  await page.getByRole('region', { name: 'Class balance' }).waitFor();
  await camera.take(page, 'data-charts', { isWhole: false });
  await at(page, 'data/look-alikes');
  await page.getByRole('button', { name: /Look for/ }).click();
  await page.getByRole('button', { name: 'Look again' }).waitFor();
  await page.locator('.look-alike img').nth(3).waitFor();
  await camera.take(page, 'data-look-alikes', LIGHT_ALONE);
}

/** `empty` has room for what `parts` has. */
export async function showTransfers(page: Page, camera: Camera, stage: Stage): Promise<void> {
  await at(page, `projects/${encodeURIComponent(stage.empty)}`);
  await page.getByRole('heading', { name: 'Empty', exact: true }).waitFor();
  await at(page, `import/${encodeURIComponent(stage.partsSource)}`);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('button', { name: 'Try it first' }).click();
  await page.getByText('would be added').first().waitFor();
  await camera.take(page, 'import');
  await at(page, 'import/%2Fno%2Fsuch%2Ffolder');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByRole('alert').waitFor();
  await camera.take(page, 'import-refused', { isWhole: false });
  await at(page, `projects/${encodeURIComponent(stage.parts)}`);
  await page.getByRole('heading', { name: 'Workshop parts', exact: true }).waitFor();
  await at(page, 'export');
  await page.getByRole('button', { name: dirname(stage.parts), exact: true }).click();
  await page.getByRole('textbox', { name: 'Name of the new folder' }).fill('for the archive');
  await page.getByRole('button', { name: 'What would be lost?' }).click();
  await page.getByRole('heading', { name: /would be written/ }).waitFor();
  await camera.take(page, 'export', { isWhole: false });
}

/** Labelling, over pictures with objects. */
export async function showLabelling(page: Page, camera: Camera): Promise<void> {
  await at(page, 'data');
  await page.getByRole('option').nth(3).locator('.marks rect').first().waitFor();
  await camera.take(page, 'data-boxes', LIGHT_ALONE);
  await at(page, 'label/1');
  await page.getByRole('heading', { name: /objects?$/ }).waitFor();
  await page.locator('.label-objects .label-row').first().click();
  await camera.take(page, 'label', { isWhole: false });
  await page.getByRole('button', { name: 'View', exact: true }).click();
  await page.getByRole('region', { name: 'View', exact: true }).waitFor();
  await camera.take(page, 'label-view', LIGHT_ALONE);
  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  await page.getByRole('dialog', { name: 'What keys do' }).waitFor();
  await camera.take(page, 'label-keys', LIGHT_ALONE);
  await page.keyboard.press('Escape');
}

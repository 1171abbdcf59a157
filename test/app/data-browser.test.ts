/** Images found, looked at and changed in the window: a real project, a real engine, a real browser. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { importDataset } from '../../main/data/import.ts';
import { openEngine, type Workbench } from '../../main/engine.ts';
import { createProject } from '../../main/store/project.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from '../kit/clock.ts';
import { writeFolderSet } from '../kit/data-sets.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { startServer } from '../kit/server.ts';
import { keepPicture, openWindow, seriousViolations, testBrowser } from '../kit/window.ts';

let browser: Browser;
let rendererFolder: string;
let pictures: string;
beforeAll(async () => {
  pictures = mkdtempSync(join(tmpdir(), 'lightbench-pictures-'));
  [browser, rendererFolder] = await Promise.all([
    testBrowser(),
    builtRenderer(),
    writeFolderSet(pictures, { apple: 14, pear: 10 }),
  ]);
});
afterAll(async () => {
  await browser?.close();
  rmSync(pictures, { recursive: true, force: true });
});

async function openBrowser(task: Task = 'image-classification'): Promise<{ page: Page; engine: Workbench }> {
  const folder = join(tempFolder(), 'fruit');
  const project = createProject(folder, { clock: new FakeClock(), owner: 'test', task });
  await importDataset(project, task === 'image-object-detection' ? writeCoco(folder) : pictures, {
    imagesFolder: pictures,
  });
  project.close();
  const bugs: unknown[] = [];
  const logBug = (error: unknown) => bugs.push(error);
  const engine = openEngine(folder, { clock: new FakeClock(), logBug, home: tempFolder(), threads: 2 });
  const server = await startServer(engine, { rendererFolder });
  const window = await openWindow(browser, server.newLink());
  onTestFinished(async () => {
    await window.context.close();
    await server.close();
    await engine.close();
    expect([...window.complaints, ...server.bugs, ...bugs]).toEqual([]);
  });
  await window.page.goto(`${server.url}/#/data`);
  return { page: window.page, engine };
}

/** Two boxes on each of three pictures, one of the boxes 2 px wide. */
function writeCoco(folder: string): string {
  const names = ['apple/0.png', 'apple/1.png', 'pear/0.png'];
  const path = join(folder, 'coco.json');
  const box = (image_id: number, category_id: number, bbox: number[]) => ({
    ...{ id: 10 * image_id + category_id, image_id, category_id, bbox },
    area: bbox[2]! * bbox[3]!,
    iscrowd: 0,
  });
  const truth = {
    images: names.map((file_name, id) => ({ id, file_name, width: 24, height: 18 })),
    categories: ['leaf', 'stem'].map((name, id) => ({ id, name })),
    annotations: names.flatMap((_, id) => [box(id, 0, [2, 2, 12, 10]), box(id, 1, [15, 3, id === 2 ? 2 : 7, 13])]),
  };
  writeFileSync(path, JSON.stringify(truth));
  return path;
}

const options = (page: Page) => page.getByRole('option');
const counted = (page: Page) => page.locator('.toolbar-count');

test('pictures are found by name and class, and each shows what it is', async () => {
  const { page } = await openBrowser();
  await counted(page).getByText('24 images').waitFor();
  await options(page).first().locator('img').waitFor();
  const size = await options(page)
    .first()
    .locator('img')
    .evaluate((img: HTMLImageElement) => img.decode().then(() => [img.naturalWidth, img.naturalHeight]));
  expect(size).toEqual([24, 18]);
  await keepPicture(page, 'data-grid-light');

  await page.locator('.filters').getByText('pear', { exact: true }).click();
  await counted(page).getByText('10 of 24 images').waitFor();
  await page.getByRole('textbox', { name: 'Name contains' }).fill('/9.png');
  await counted(page).getByText('1 of 24 images').waitFor();
  expect(await options(page).getAttribute('aria-label')).toMatch(/pear\/9\.png, pear$/);
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await counted(page).getByText('24 images', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('button', { name: 'Sort by name, ascending' }).click();
  await options(page).first().getByText('apple/0.png').waitFor();
  await page.getByRole('button', { name: 'Sort by name, descending' }).click();
  await options(page).first().getByText('pear/9.png').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
});

test('many are selected by keyboard and mouse and changed at once, and it is taken back', async () => {
  const { page, engine } = await openBrowser();
  await options(page).first().click();
  await options(page)
    .nth(3)
    .click({ modifiers: ['Shift'] });
  await page.getByText('4 images selected').waitFor();
  await options(page)
    .nth(1)
    .click({ modifiers: ['Control'] });
  await page.getByText('3 images selected').waitFor();
  await page.keyboard.press('Control+a');
  await page.getByText('24 images selected').waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowRight');
  await page.getByText('2 images selected').waitFor();

  await page.getByRole('button', { name: 'Class …' }).click();
  await page.getByRole('combobox', { name: 'Class' }).fill('quince');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Set class' }).click();

  await eventually(() =>
    expect(
      engine
        .data()
        .facts()
        .classes.map(({ images }) => images),
    ).toEqual([12, 10, 2]),
  );
  await page.locator('.filters').getByText('quince').waitFor();
  await page.getByRole('button', { name: /Move to a part/ }).click();
  await page.getByRole('option', { name: 'Test', exact: true }).click();
  await eventually(() => expect(engine.projectOverview()?.splits.test).toBe(2));
  await keepPicture(page, 'data-selected-light');
  await page.getByRole('listbox', { name: 'Images' }).focus();
  await page.keyboard.press('Control+z');
  await eventually(() => expect(engine.projectOverview()?.splits.test).toBe(0));
  await page.getByRole('button', { name: 'Undo' }).click();
  await eventually(() =>
    expect(
      engine
        .data()
        .facts()
        .classes.map(({ name }) => name),
    ).toEqual(['apple', 'pear']),
  );
});

test('an image opens at full size and the next one follows', async () => {
  const { page } = await openBrowser();
  const place = await options(page).first().boundingBox();
  await options(page).first().click();
  expect(await options(page).first().boundingBox()).toEqual(place); // a second click meets the same image
  await options(page).first().dblclick();
  const dialog = page.getByRole('dialog');
  await dialog.locator('img').nth(1).waitFor();
  const first = await dialog.getByRole('heading').innerText();
  await page.keyboard.press('ArrowRight');
  await eventually(async () => expect(await dialog.getByRole('heading').innerText()).not.toBe(first));
  expect(await seriousViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('classes are renamed, merged and deleted with their counts said, and brought back', async () => {
  const { page, engine } = await openBrowser();
  const names = () =>
    engine
      .data()
      .facts()
      .classes.map(({ name, images }) => `${name} ${images}`);
  await page.getByRole('link', { name: 'Classes' }).click();
  await page.getByRole('button', { name: 'Rename pear' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('apple');
  await page.getByText('There is a class apple; merge the two instead.').waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('quince');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('button', { name: 'Merge quince' }).click();
  await page.getByText('10 images and 0 objects become the other class’s.').waitFor();
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await eventually(() => expect(names()).toEqual(['apple 24']));
  await page.getByRole('button', { name: 'Delete apple' }).click();
  await page.getByText('24 images and 0 objects lose this class.').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await eventually(() => expect(names()).toEqual([]));

  for (let i = 0; i < 3; i++) {
    await page.getByRole('button', { name: 'Undo' }).click();
    await eventually(() => expect(engine.data().state().redo).not.toBeNull());
  }
  await eventually(() => expect(names()).toEqual(['apple 14', 'pear 10']));
  await page.getByRole('rowheader', { name: 'pear' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'data-classes-light');
});

test('objects lie over the pictures, and doubtful boxes are counted and found', async () => {
  const { page } = await openBrowser('image-object-detection');
  await page.locator('.filters').getByText('Box under 4 px').click();
  await counted(page).getByText('1 of 3 images').waitFor();
  const marks = options(page).locator('.marks rect');
  await marks.first().waitFor();

  expect(await marks.count()).toBe(2);
  expect(await marks.first().getAttribute('width')).toBe('12');
  await keepPicture(page, 'data-boxes-light');
  await page.getByRole('link', { name: 'Charts' }).click();
  expect(await page.getByRole('region', { name: 'Class balance' }).innerText()).toMatch(/leaf\s+3\s+stem\s+3/);
  await page.getByRole('region', { name: 'Box size' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'data-charts-light');
});

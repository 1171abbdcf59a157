/** Projects made, opened and kept sound in the window: a real engine, a real browser. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../main/data/import.ts';
import { openEngine } from '../../main/engine.ts';
import { createProject } from '../../main/store/project.ts';
import { FakeClock } from '../kit/clock.ts';
import { writeFolderSet } from '../kit/data-sets.ts';
import { tempFolder } from '../kit/folders.ts';
import { servedWindow } from '../kit/served-window.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

test('a project is made, another opened, checked and renamed; the list of recent ones leads back', async () => {
  const root = tempFolder();
  const identity = { clock: new FakeClock(), owner: 'test', task: 'image-classification' } as const;
  const fruit = createProject(join(root, 'fruit'), identity);
  await importDataset(fruit, await writeFolderSet(join(root, 'pictures'), { apple: 3, pear: 12 }));
  fruit.close();
  const bugs: unknown[] = [];
  const parts = {
    clock: new FakeClock(),
    logBug: (error: unknown) => bugs.push(error),
    home: tempFolder(),
    threads: 2,
  };
  const engine = openEngine(null, { ...parts, roots: [root] });
  const { page } = await servedWindow(engine, { closed: () => engine.close(), bugs });

  await page.getByText('None yet.').waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await page.getByRole('textbox', { name: 'Name' }).fill('Nuts');
  await page.getByRole('button', { name: 'Make it here' }).click();
  await page.getByRole('heading', { name: 'Nuts' }).waitFor();
  await page.getByText('Bring in images, with labels where there are any.').waitFor();

  await page.getByRole('link', { name: 'All projects' }).click();
  await page
    .getByRole('region', { name: 'Open a project' })
    .getByRole('button', { name: /^fruit/ })
    .click();
  await page.getByRole('heading', { name: 'fruit' }).waitFor();
  await page.getByText('Fewer than 10 images of apple (3)').waitFor();
  await page.getByRole('button', { name: 'Verify every file' }).click();
  await page.getByText('Everything is in its place.').waitFor();
  await page.getByRole('region', { name: 'Upkeep' }).getByRole('textbox', { name: 'Name' }).fill('Fruit basket');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { name: 'Fruit basket' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'project-home-light');

  await page.getByRole('link', { name: 'All projects' }).click();
  await page
    .getByRole('region', { name: 'Recent projects' })
    .getByRole('button', { name: 'Nuts', exact: true })
    .click();
  await page.getByRole('heading', { name: 'Nuts' }).waitFor();
  await page.getByRole('link', { name: 'All projects' }).click();
  await page
    .getByRole('region', { name: 'Recent projects' })
    .getByRole('button', { name: 'fruit', exact: true })
    .waitFor();
  await keepPicture(page, 'projects-light');
});

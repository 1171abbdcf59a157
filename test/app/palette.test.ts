/** Every page and action by typing: a real browser, an engine in memory. */

import { expect, test } from 'vitest';
import { madeRun } from '../kit/made-runs.ts';
import { MemoryEngine, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { servedWindow } from '../kit/served-window.ts';
import { keepPicture, seriousViolations } from '../kit/window.ts';

test('pages and actions are found by typing and done by keyboard alone', async () => {
  const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3), madeRun(2, 1, { state: 'running' })]);
  const { page } = await servedWindow(engine);
  const field = page.getByRole('searchbox', { name: 'Page or action' });
  const typed = async (text: string, key = 'Enter') => {
    await page.keyboard.press('Control+k');
    await field.waitFor();
    await page.keyboard.type(text);
    await page.keyboard.press(key);
  };
  await page.getByRole('link', { name: 'r0001' }).waitFor();

  await page.keyboard.press('Control+k');
  await page.getByRole('menuitem', { name: 'Import bring in a data set' }).waitFor();
  expect(await seriousViolations(page)).toEqual([]);
  await keepPicture(page, 'palette-light');
  await page.keyboard.type('zebra');
  await page.getByText('Nothing is called that.').waitFor();
  await page.keyboard.press('Control+k');
  await field.waitFor({ state: 'detached' });

  await typed('project');
  await page.waitForURL(/#\/project$/);
  await field.waitFor({ state: 'detached' });
  await typed('dark');
  await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'dark');
  await page.keyboard.press('Control+k');
  await keepPicture(page, 'palette-dark');
  await page.keyboard.type('run r');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await field.waitFor({ state: 'detached' });
  await typed('stop run');
  await field.waitFor({ state: 'detached' });
  expect(engine.asked).toEqual([['stop', 'r0002']]);

  await typed('undo');
  await page.getByRole('alert').getByText('no project is open').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'detached' });
});

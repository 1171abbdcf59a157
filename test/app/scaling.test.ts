/** Every page at 100, 150 and 200 per cent of a usual screen: nothing is cut off, nothing has to be scrolled sideways. */

import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { importDataset } from '../../main/data/import.ts';
import { openEngine } from '../../main/engine.ts';
import { createProject } from '../../main/store/project.ts';
import { FakeClock } from '../kit/clock.ts';
import { writeFolderSet } from '../kit/data-sets.ts';
import { suiteFolder } from '../kit/folders.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture, openWindow, testBrowser } from '../kit/window.ts';

const PAGES: readonly (readonly [hash: string, heading: string])[] = [
  ['runs', 'No runs yet'],
  ['new-run', 'New run'],
  ['sweeps', 'No sweeps yet'],
  ['new-sweep', 'New sweep'],
  ['data', 'Data'],
  ['data/classes', 'Data'],
  ['data/charts', 'Data'],
  ['data/look-alikes', 'Data'],
  ['import', 'Import'],
  ['export', 'Export'],
  ['project', 'fruit'],
  ['projects', 'Projects'],
];

const folder = suiteFolder();
let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  const root = join(folder, 'projects');
  const fruit = join(root, 'fruit');
  const project = createProject(fruit, { clock: new FakeClock(), owner: 'test', task: 'image-classification' });
  await importDataset(project, await writeFolderSet(join(root, 'pictures'), { apple: 3, pear: 3 }));
  project.close();
  const bugs: unknown[] = [];
  const logBug = (error: unknown) => bugs.push(error);
  const engine = openEngine(fruit, {
    clock: new FakeClock(),
    logBug,
    home: join(folder, 'home'),
    threads: 2,
    roots: [root],
  });
  [browser, server] = await Promise.all([
    testBrowser(),
    builtRenderer().then((rendererFolder) => startServer(engine, { rendererFolder })),
  ]);
  return async () => {
    await server.close();
    await engine.close();
    expect([...server.bugs, ...bugs]).toEqual([]);
  };
});
afterAll(() => browser?.close());

/** The pixels of a page that a screen of 1360 x 860 has left. */
test.each([1, 1.5, 2])('at %d times the size every page fits', async (scale) => {
  const viewport = { width: Math.round(1360 / scale), height: Math.round(860 / scale) };
  const { page, context } = await openWindow(browser, server.newLink(), { viewport, deviceScaleFactor: scale });
  onTestFinished(() => context.close());
  const tooWide: string[] = [];

  for (const [hash, heading] of PAGES) {
    await page.goto(`${server.url}/#/${hash}`);
    await page.getByRole('heading', { name: heading, exact: true }).first().waitFor();
    const cut = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const isInScroller = (element: Element): boolean => {
        for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
          if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true;
        }
        return false;
      };
      return [...document.querySelectorAll('button, a, input, h1, h2')]
        .filter((element) => {
          const { right, left, width: own } = element.getBoundingClientRect();
          return own > 0 && (right > width + 1 || left < -1) && !isInScroller(element);
        })
        .map((element) => element.textContent?.trim() || element.outerHTML.slice(0, 80));
    });
    const isWide = await page.evaluate(() => {
      const boxes = [document.documentElement, document.querySelector('.tabs')!];
      return boxes.some((box) => box.scrollWidth > box.clientWidth);
    });
    if (cut.length > 0 || isWide) tooWide.push(`${hash}: ${isWide ? 'scrolls sideways; ' : ''}${cut.join(', ')}`);
    if (scale === 2 && hash === 'data') await keepPicture(page, 'data-at-200-percent');
  }

  expect(tooWide).toEqual([]);
});

/** Every page: at 100, 150 and 200 per cent nothing is cut off; nothing serious to axe, in either theme; all of it by keyboard. */

import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { openEngine } from '../../main/engine.ts';
import { addAnnotations } from '../../main/store/annotations.ts';
import { createProject } from '../../main/store/project.ts';
import { NO_FLAGS } from '../../preload/contract/annotation-flags.ts';
import { FakeClock } from '../kit/clock.ts';
import { writePhoto } from '../kit/data-sets.ts';
import { suiteFolder } from '../kit/folders.ts';
import { reachedByTab } from '../kit/keyboard-walk.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { storeImage } from '../kit/stored-images.ts';
import { storeSweep } from '../kit/stored-sweep.ts';
import { keepPicture, openWindow, seriousViolations, testBrowser } from '../kit/window.ts';

/** What is there once a page is drawn. */
type Sign = readonly [role: 'heading' | 'application' | 'link' | 'option', name: string | RegExp];

const PAGES: readonly (readonly [hash: string, sign: Sign])[] = [
  ['runs', ['link', 'r0003']],
  ['runs/r0001', ['heading', 'Epochs in numbers']],
  ['compare/r0001/r0002', ['heading', 'r0001 and r0002']],
  ['new-run', ['heading', 'New run']],
  ['sweeps', ['link', /signs/]],
  ['sweeps/s0001', ['heading', 'Best so far']],
  ['new-sweep', ['heading', 'What it would do']],
  ['models', ['heading', 'Models from elsewhere']],
  ['data', ['option', /a\.png/]],
  ['data/classes', ['heading', 'Data']],
  ['data/charts', ['heading', 'Box size']],
  ['data/look-alikes', ['heading', 'Data']],
  ['import', ['heading', 'What to import']],
  ['export', ['heading', 'As what, and where']],
  ['label/1', ['heading', '2 objects']],
  ['project', ['heading', 'parts']],
  ['projects', ['heading', 'Recent projects']],
];

const folder = suiteFolder();
let browser: Browser;
let server: TestServer;
beforeAll(async () => {
  const root = join(folder, 'projects');
  const parts = join(root, 'parts');
  const task = 'image-object-detection';
  const project = createProject(parts, { clock: new FakeClock(), owner: 'test', task });
  for (const [at, name] of ['a.png', 'b.png', 'c.png'].entries()) {
    await writePhoto(join(parts, 'images', name), at + 1, { width: 320, height: 240 });
    const id = storeImage(project.db, name, null, { width_px: 320, height_px: 240, format: 'png' });
    const box = (class_name: string, x: number) => {
      return { ...NO_FLAGS, class_name, shape: { kind: 'box', xyxy: [x, 40, x + 80, 120] } } as const;
    };
    addAnnotations(project.db, id, [box('bolt', 20), box('nut', 180)]);
  }
  storeSweep(project, 3);
  project.close();
  const bugs: unknown[] = [];
  const logBug = (error: unknown) => bugs.push(error);
  const parties = { clock: new FakeClock(), logBug, home: join(folder, 'home'), threads: 2, roots: [root] };
  const engine = openEngine(parts, parties);
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

/** Goes to every page in turn; what is found wrong with one is told with its address. */
async function onEveryPage(page: Page, look: (hash: string) => Promise<readonly string[]>): Promise<string[]> {
  const wrong: string[] = [];
  for (const [hash, [role, name]] of PAGES) {
    await page.goto(`${server.url}/#/${hash}`);
    const sign =
      role === 'heading' && name === 'Epochs in numbers' ? page.getByText(name) : page.getByRole(role, { name });
    await sign.first().waitFor();
    wrong.push(...(await look(hash)).map((text) => `${hash}: ${text}`));
  }
  return wrong;
}

async function open(options: Parameters<typeof openWindow>[2] = {}): Promise<Page> {
  const { page, context } = await openWindow(browser, server.newLink(), options);
  onTestFinished(() => context.close());
  return page;
}

/** What reaches beyond the window and cannot be scrolled to. */
function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isInScroller = (element: Element): boolean => {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
        if (['auto', 'scroll'].includes(getComputedStyle(at).overflowX)) return true;
      }
      return false;
    };
    const cut = [...document.querySelectorAll('button, a, input, h1, h2')]
      .filter((element) => {
        const { right, left, width: own } = element.getBoundingClientRect();
        return own > 0 && (right > width + 1 || left < -1) && !isInScroller(element);
      })
      .map((element) => element.textContent?.trim() || element.outerHTML.slice(0, 80));
    const boxes = [document.documentElement, document.querySelector('.tabs')!];
    const isWide = boxes.some((box) => box.scrollWidth > box.clientWidth);
    return [...(isWide ? ['scrolls sideways'] : []), ...cut];
  });
}

/** The pixels of a page that a screen of 1360 x 860 has left. */
test.each([1, 1.5, 2])('at %d times the size every page fits', async (scale) => {
  const viewport = { width: Math.round(1360 / scale), height: Math.round(860 / scale) };
  const page = await open({ viewport, deviceScaleFactor: scale });

  const wrong = await onEveryPage(page, async (hash) => {
    if (scale === 2) await keepPicture(page, `at-200-percent-${hash.replaceAll('/', '-')}`);
    return cutOff(page);
  });

  expect(wrong).toEqual([]);
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing serious on any page, %s',
  async (colorScheme) => {
    const page = await open({ colorScheme });

    expect(await onEveryPage(page, () => seriousViolations(page))).toEqual([]);
  },
  120_000,
);

test('all of every page is reached by Tab, and a ring shows where the focus is', async () => {
  const page = await open();

  expect(await onEveryPage(page, () => reachedByTab(page))).toEqual([]);
}, 120_000);

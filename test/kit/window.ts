/** The real window in a real browser, watched for anything that goes wrong in it. */

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { type FoundBrowser, findBrowser, launch } from '../../build/browser.ts';
import { ROOT } from '../../build/source-files.ts';

const SCREENSHOTS = join(ROOT, 'test', 'app', 'screenshots');

export interface TestWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything the page says on its console, refusals of its policy included, and exceptions; in order. */
  readonly complaints: string[];
}

/** The browser of this machine; LIGHTBENCH_TEST_BROWSER (`installed` or `npm`) chooses where there are several. */
export async function testBrowser(): Promise<Browser> {
  return launch(await findBrowser(process.env['LIGHTBENCH_TEST_BROWSER'] as FoundBrowser['origin'] | undefined));
}

/** A window signed in with a link, in a profile of its own. */
export async function openWindow(
  browser: Browser,
  link: string,
  options: BrowserContextOptions = {},
): Promise<TestWindow> {
  const context = await browser.newContext({
    viewport: { width: 1360, height: 860 },
    timezoneId: 'UTC',
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning', 'info'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(link);
  return { page, context, complaints };
}

/** Keeps a picture for people to look at; git ignores them. Those of the documents are made by `npm run screens`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** What axe finds wrong with a page and calls serious or worse; `within` is a selector. */
export async function seriousViolations(page: Page, within = 'body'): Promise<string[]> {
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core'), 'utf8'));
  return page.evaluate(async (selector) => {
    const axe = (globalThis as unknown as { axe: { run(selector: string): Promise<AxeResults> } }).axe;
    const { violations } = await axe.run(selector);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(' | ')}`,
      );
  }, within);
}

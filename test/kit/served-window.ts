/** A window on a served engine for the length of one test. */

import type { Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { startServer, type TestServer } from './server.ts';
import { openWindow, testBrowser } from './window.ts';

/**
 * Opens it in a browser of its own. When the test is over everything is closed, the engine by `closed`, and nothing may have
 * complained: not the page, not the server, and no one in `bugs`.
 */
export async function servedWindow(
  engine: Parameters<typeof startServer>[0],
  { closed = () => {}, bugs = [] }: { closed?: () => unknown; bugs?: readonly unknown[] } = {},
): Promise<{ readonly page: Page; readonly server: TestServer }> {
  const server = await startServer(engine, { rendererFolder: await builtRenderer() });
  const browser = await testBrowser();
  const { page, complaints } = await openWindow(browser, server.newLink());
  onTestFinished(async () => {
    await browser.close();
    await server.close();
    await closed();
    expect([...complaints, ...server.bugs, ...bugs]).toEqual([]);
  });
  return { page, server };
}

/** Windows on a served engine for the length of one test. */

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { builtRenderer } from '../../build/bundle.ts';
import { startServer, type TestServer } from './server.ts';
import { openWindow, testBrowser } from './window.ts';

type ServedEngine = Parameters<typeof startServer>[0];

export interface WhenOver {
  /** Closes the engine. */
  readonly closed?: () => unknown;
  /** What the engine complained of. */
  readonly bugs?: readonly unknown[];
}

export interface ServedEngineWindows {
  readonly server: TestServer;
  /** Another window, signed in, in a profile of its own. */
  readonly open: (options?: BrowserContextOptions) => Promise<Page>;
}

/**
 * Serves it to a browser of its own. When the test is over everything is closed, the engine by `closed`, and nothing may have
 * complained: not a page, not the server, and no one in `bugs`.
 */
export async function servedWindows(
  engine: ServedEngine,
  { closed = () => {}, bugs = [] }: WhenOver = {},
): Promise<ServedEngineWindows> {
  const server = await startServer(engine, { rendererFolder: await builtRenderer() });
  const browser = await testBrowser();
  const heard: (readonly string[])[] = [];
  onTestFinished(async () => {
    await browser.close();
    await server.close();
    await closed();
    expect([...heard.flat(), ...server.bugs, ...bugs]).toEqual([]);
  });
  const open = async (options: BrowserContextOptions = {}) => {
    const { page, complaints } = await openWindow(browser, server.newLink(), options);
    heard.push(complaints);
    return page;
  };
  return { server, open };
}

/** One window on it; see {@link servedWindows}. */
export async function servedWindow(
  engine: ServedEngine,
  whenOver: WhenOver = {},
): Promise<{ readonly page: Page; readonly server: TestServer }> {
  const { server, open } = await servedWindows(engine, whenOver);
  return { page: await open(), server };
}

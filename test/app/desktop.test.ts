/** What only the desktop has: a menu, the system's dialogs, things dropped on the window, one instance, recovery. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  DESKTOP_NAME,
  enginePids,
  launchOptions,
  MISSING,
  openDesktop,
  quitDesktop,
  type TestDesktop,
} from '../kit/desktop.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { newProject } from '../kit/projects.ts';

let desktop: TestDesktop;
let folder: string;

const isLive = (page: Page) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

/** Presses an item of the menu by its name. */
const press = (label: string) =>
  desktop.app.evaluate(({ Menu }, wanted) => {
    const all = (items: Electron.MenuItem[]): Electron.MenuItem[] =>
      items.flatMap((item) => [item, ...all(item.submenu?.items ?? [])]);
    const found = all(Menu.getApplicationMenu()!.items).find((item) => item.label.startsWith(wanted));
    found!.click();
  }, label);

describe.skipIf(MISSING !== null)(DESKTOP_NAME, () => {
  beforeEach(async () => {
    const project = newProject();
    folder = project.folder;
    project.close();
    desktop = await openDesktop(folder);
    await isLive(desktop.page);
  });
  afterEach(() => quitDesktop(desktop.app));

  test('the menu leads to pages, the system’s dialog chooses a data set, and recent projects are listed', async () => {
    const { page } = desktop;
    const set = tempFolder();

    await press('Sweeps');
    await page.waitForURL(/#\/sweeps$/);
    await desktop.answer(0, set);
    await press('Import a folder');
    await page.getByRole('textbox', { name: 'Folder, file of annotations, video, or ZIP archive' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Folder, file of annotations' }).inputValue()).toBe(set);
    await desktop.answer(0);
    await page.getByRole('button', { name: 'Choose a file …' }).click();
    const labels = await desktop.app.evaluate(({ Menu }) => {
      const file = Menu.getApplicationMenu()!.items.find((item) => item.label === '&File')!;
      const recent = file.submenu!.items.find((item) => item.label === 'Recent projects')!;
      return recent.submenu!.items.map((item) => item.label);
    });
    expect(labels).toEqual([expect.stringContaining(folder)]);
    expect(desktop.complaints).toEqual([]);
  });

  test('a folder that is dropped is imported from, or opened where it is a project', async () => {
    const { page } = desktop;
    const set = join(tempFolder(), 'some pictures');
    mkdirSync(set);
    const other = newProject();
    other.close();

    await drop(page, set);
    await page.getByRole('heading', { name: 'Import', exact: true }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Folder, file of annotations' }).inputValue()).toBe(set);
    await drop(page, other.folder);
    await page.locator('.project-title', { hasText: other.info.name }).waitFor();
    await page.getByText(other.folder).waitFor();
  });

  test('a second start brings the first one its project, and ends', async () => {
    const other = newProject();
    other.close();
    const { executablePath, args, env } = await launchOptions(other.folder, desktop.state);

    const second = spawn(executablePath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    second.stdout.on('data', (text) => {
      said += text;
    });
    const [code] = await once(second, 'close');

    expect(code).toBe(0);
    expect(said).toContain('Lightbench is open already');
    await desktop.page.getByText(other.folder).waitFor();
    expect(desktop.app.windows()).toHaveLength(1);
  });

  test('a page that crashes is opened anew, and it is said', async () => {
    const isThere = () =>
      desktop.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]!.webContents.executeJavaScript(
          "document.querySelector('.connection-connected') !== null",
        ),
      );

    await desktop.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer();
    });

    await eventually(async () => expect(await desktop.said()).toHaveLength(1));
    expect((await desktop.said())[0]!.message).toBe('The window had crashed and was opened anew.');
    await eventually(async () => expect(await isThere()).toBe(true));
  });

  test('the window comes back where it was, and the last one takes its engine with it', async () => {
    const file = join(desktop.state, 'window.json');
    const [pid] = enginePids(desktop.app);
    await desktop.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]!.setBounds({ x: 20, y: 30, width: 800, height: 600 });
    });
    await eventually(() => expect(existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).width).toBe(800));

    const ended = once(desktop.app.process(), 'close');
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.close());
    await ended;

    expect(() => process.kill(pid!, 0)).toThrow();
    desktop = await openDesktop(folder, desktop.state);
    await isLive(desktop.page);
    const bounds = await desktop.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.getNormalBounds(),
    );
    expect(bounds).toMatchObject({ width: 800, height: 600 });
  });
});

/** As a hand would, which gives the page a file with a path. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x: 300, y: 300, data });
  }
  await session.detach();
}

/**
 * The desktop shell in a real Electron, where one is found (ELECTRON_OVERRIDE_DIST_PATH or an install) with a display.
 * The name of the suite says which runtime it met: passing on an old one does not prove the one that is shipped.
 */

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ElectronApplication, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { upsertEpoch } from '../../main/store/epochs.ts';
import { addImage } from '../../main/store/images.ts';
import { setLabels } from '../../main/store/labels.ts';
import type { WriteProject } from '../../main/store/project.ts';
import { createRun, startRun } from '../../main/store/runs.ts';
import { DESKTOP_NAME, enginePids, MISSING, openDesktop, quitDesktop, type TestDesktop } from '../kit/desktop.ts';
import { eventually } from '../kit/eventually.ts';
import { madeEpoch } from '../kit/made-runs.ts';
import { newProject } from '../kit/projects.ts';
import { newRun } from '../kit/runs.ts';
import { keepPicture } from '../kit/window.ts';

let desktop: TestDesktop;
let app: ElectronApplication;
let page: Page;
let project: WriteProject;

describe.skipIf(MISSING !== null)(DESKTOP_NAME, () => {
  beforeEach(async () => {
    project = newProject();
    createRun(project.db, newRun());
    desktop = await openDesktop(project.folder);
    ({ app, page } = desktop);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  });
  afterEach(() => app && quitDesktop(app));

  const row = (text: string) => page.locator('tr', { hasText: 'r0001' }).getByText(text);

  test('shows the project and follows a run of another process', async () => {
    await row('queued').waitFor();

    startRun(project.db, 'r0001', 1);
    upsertEpoch(project.db, 'r0001', { ...madeEpoch(1), valid_loss: 0.5 });

    await row('1 / 15').waitFor();
    expect(desktop.complaints).toEqual([]);
    await keepPicture(page, 'desktop');
  });

  test('keeps the page in its sandbox', async () => {
    const settings = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      // Not in the types, and the only way to read what a window was really given.
      const contents = window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      return contents.getLastWebPreferences();
    });
    const inPage = await page.evaluate(() => ({
      hasRequire: 'require' in window,
      hasProcess: 'process' in window,
      bridge: Object.keys((window as unknown as { lightbench: object }).lightbench).sort(),
    }));

    expect(settings).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    expect(inPage).toEqual({
      hasRequire: false,
      hasProcess: false,
      bridge: ['choosePath', 'closeEngine', 'isLocal', 'onEngineLost', 'onGo', 'openEngine', 'versions'],
    });
  });

  test('leaves neither by link, nor by script, nor by a window of its own', async () => {
    const asked: string[] = [];
    const elsewhere = createServer((request, response) => {
      asked.push(request.url!);
      response.end('<title>elsewhere</title>');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void elsewhere.close());
    const address = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;

    // Our listener comes after the shell's, and sees what that one decided.
    const wasPrevented = app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return new Promise((resolve) => {
        window!.webContents.once('will-navigate', (event) => resolve(event.defaultPrevented));
      });
    });
    const opened = await page.evaluate((url) => {
      const child = window.open(`${url}/window`);
      setTimeout(() => {
        location.href = `${url}/script`;
      });
      return child === null;
    }, address);

    expect(opened).toBe(true);
    expect(await wasPrevented).toBe(true);
    expect(app.windows()).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  test('grants no permission', async () => {
    const state = await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state);

    expect(state).toBe('denied');
  });

  test('serves its own files with a strict policy, and nothing outside them', async () => {
    const replies = await page.evaluate(async () => {
      const ask = async (path: string) => {
        const reply = await fetch(path).catch(() => null);
        return reply === null ? null : { status: reply.status, policy: reply.headers.get('content-security-policy') };
      };
      const paths = ['/', '/..%2f..%2fpackage.json', '/%2e%2e/%2e%2e/package.json', '/%zz', '/images/999'];
      return Promise.all(paths.map(ask));
    });

    expect(replies.map((reply) => reply?.status)).toEqual([200, 404, 404, 404, 404]);
    expect(replies[0]!.policy).toContain("default-src 'none'");
    expect(replies[0]!.policy).not.toContain('unsafe');
  });

  test('shows pictures of the project by address', async () => {
    const bytes = Buffer.from('not really a picture');
    writeFileSync(join(project.folder, 'images', 'a.jpg'), bytes);
    const id = addImage(project.db, {
      path: 'images/a.jpg',
      storage: 'copied',
      source_url: 'a.jpg',
      sha256: 'ab'.repeat(32),
      size_bytes: bytes.length,
      width_px: 8,
      height_px: 8,
      format: 'jpeg',
      split: null,
      created_at_ms: 0,
    });
    setLabels(project.db, id, ['can']);

    const text = await page.evaluate(async (path) => (await fetch(path)).text(), `/images/${id}`);

    expect(text).toBe('not really a picture');
  });

  test('starts another engine when the first one dies', async () => {
    await row('queued').waitFor();
    const [first] = enginePids(app);

    process.kill(first!, 'SIGKILL');

    await eventually(async () => {
      const [second] = enginePids(app);
      expect(second).toBeGreaterThan(0);
      expect(second).not.toBe(first);
    });
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    startRun(project.db, 'r0001', 1);
    await row('running').waitFor();
    expect((await desktop.said())[0]).toMatchObject({ message: 'The engine had stopped and was started anew.' });
  });

  test('takes its engine with it', async () => {
    const [pid] = enginePids(app);

    await quitDesktop(app);

    await eventually(() => expect(() => process.kill(pid!, 0)).toThrow());
  });
});

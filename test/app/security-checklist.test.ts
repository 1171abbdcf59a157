/**
 * Every item of what an Electron app owes whoever runs it, asserted of the running one. Item 8, fuses, is asserted of a
 * copy of its program: what a release sets leaves a test no way to drive it (package.test.ts starts one all the same). One is
 * elsewhere: 11, both ends refuse another contract, is in renderer.test.ts and connect.test.ts.
 */

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readFuses, setReleaseFuses } from '../../build/package/fuses.ts';
import { ROOT } from '../../build/source-files.ts';
import { DESKTOP_NAME, MISSING, openDesktop, quitDesktop } from '../kit/desktop.ts';
import { tempFolder } from '../kit/folders.ts';
import { newProject } from '../kit/projects.ts';

describe.skipIf(MISSING !== null)(DESKTOP_NAME, () => {
  test('keeps every item of the security checklist', async () => {
    const project = newProject();
    project.close();
    const { app, page } = await openDesktop(project.folder);
    onTestFinished(() => quitDesktop(app));
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

    const inMain = await app.evaluate(async ({ BrowserWindow, session }) => {
      const [window] = BrowserWindow.getAllWindows();
      const contents = window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } = contents.getLastWebPreferences();
      return {
        preferences: { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag },
        listeners: ['will-navigate', 'will-redirect', 'will-attach-webview'].map(
          (event) => window!.webContents.listenerCount(event) > 0,
        ),
        protocol: new URL(window!.webContents.getURL()).protocol,
        argv: process.argv.join(' '),
        isOwnSession: window!.webContents.session === session.defaultSession,
      };
    });
    const inPage = await page.evaluate(async () => {
      const ask = (path: string) => fetch(path).then((reply) => reply);
      const page = await ask('/');
      const frame = document.createElement('iframe');
      frame.src = 'about:blank';
      document.body.append(frame);
      const permissions = ['geolocation', 'camera', 'microphone', 'notifications'] as PermissionName[];
      const states = await Promise.all(permissions.map((name) => navigator.permissions.query({ name })));
      const bridge = (window as unknown as { lightbench: Record<string, unknown> }).lightbench;
      return {
        globals: ['require', 'process', 'module', 'Buffer'].filter((name) => name in window),
        bridge: Object.fromEntries(Object.entries(bridge).map(([name, value]) => [name, typeof value])),
        policy: page.headers.get('content-security-policy') ?? '',
        outside: (await ask('/..%2f..%2fpackage.json')).status,
        opened: window.open('https://example.org/') === null,
        permissions: [...new Set(states.map(({ state }) => state))],
        storage: JSON.stringify({ ...localStorage, cookie: document.cookie, at: location.href }),
        evaluates: await Promise.resolve().then(() => {
          try {
            return new Function('return 1')() === 1;
          } catch {
            return false;
          }
        }),
      };
    });

    // 1. Isolation, sandbox, no Node, web security, on every window; 10. no <webview>.
    expect(inMain.preferences).toEqual({
      ...{ contextIsolation: true, sandbox: true, nodeIntegration: false, webSecurity: true, webviewTag: false },
    });
    expect(inPage.globals).toEqual([]);
    // 2. A few named functions, and never `ipcRenderer` or an event.
    expect(inPage.bridge).toEqual({
      ...{ choosePath: 'function', closeEngine: 'function', isLocal: 'boolean', onEngineLost: 'function' },
      ...{ onGo: 'function', openEngine: 'function', versions: 'object' },
    });
    // 3. A scheme of its own, and no file outside the window's.
    expect([inMain.protocol, inPage.outside]).toEqual(['app:', 404]);
    // 4. A strict policy, which the page obeys.
    expect(inPage.policy).toContain("default-src 'none'");
    expect(inPage.policy).not.toMatch(/unsafe-(inline|eval)/);
    expect(inPage.evaluates).toBe(false);
    // 5. Every handler asks where a message comes from.
    const handlers = ['main/shell/engine-door.ts', 'main/shell/desktop.ts'].map(sourceOf).join('\n');
    expect(handlers.match(/ipcMain\.(handle|on)\(/g)).toHaveLength(4);
    expect(handlers.match(/isFromApp\(event\)|refuseForeign\(event\)/g)!.length).toBeGreaterThanOrEqual(4);
    // 6. No permission at all; 7. no way out of the page, by window, link, redirect or an embedded page.
    expect(inPage.permissions).toEqual(['denied']);
    expect([inPage.opened, ...inMain.listeners, inMain.isOwnSession]).toEqual([true, true, true, true, true]);
    // 8. Fuses, as a package has them.
    const copy = join(tempFolder(), 'electron');
    copyFileSync(app.process().spawnfile, copy);
    await setReleaseFuses(copy);
    const fuses = await readFuses(copy);
    expect(fuses).toMatchObject({
      ...{ RunAsNode: false, EnableNodeOptionsEnvironmentVariable: false, EnableNodeCliInspectArguments: false },
      ...{ EnableCookieEncryption: true, OnlyLoadAppFromAsar: true, EnableEmbeddedAsarIntegrityValidation: true },
    });
    // 9. The engine's token is neither an argument nor in the page. Loopback, Host and Origin: test/main/serve.
    expect(inMain.argv + inPage.storage).not.toMatch(/token|bearer/i);
    // 10. Nothing that reaches into the main process from a page; no other shell is called.
    const all = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
    expect(Object.keys({ ...all['dependencies'], ...all['devDependencies'] })).not.toContain('@electron/remote');
    expect(handlers).not.toMatch(/openExternal|<webview/);
  });
});

const sourceOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** A desktop window on an engine elsewhere, which goes away, comes back, refuses, or is another one. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readTlsFiles } from '../../main/serve/tls-files.ts';
import { HAS_OPENSSL, makePair } from '../kit/certificates.ts';
import { DESKTOP_NAME, type Elsewhere, MISSING, openDesktop, quitDesktop, type TestDesktop } from '../kit/desktop.ts';
import { startEngineProcess } from '../kit/engine-process.ts';
import { tempFolder } from '../kit/folders.ts';
import { madeRun } from '../kit/made-runs.ts';
import { MemoryEngine, SIGN_PROJECT } from '../kit/memory-engine.ts';
import { newProject } from '../kit/projects.ts';
import { startServer, type TestServer } from '../kit/server.ts';
import { keepPicture } from '../kit/window.ts';

async function connect(elsewhere: Elsewhere): Promise<TestDesktop> {
  const desktop = await openDesktop(null, tempFolder(), elsewhere);
  onTestFinished(() => quitDesktop(desktop.app));
  return desktop;
}

async function served(engine: MemoryEngine, options: Parameters<typeof startServer>[1] = {}): Promise<TestServer> {
  const server = await startServer(engine, options);
  onTestFinished(() => server.close());
  return server;
}

const isLive = ({ page }: TestDesktop) => page.getByRole('status').filter({ hasText: 'Live' }).waitFor();

describe.skipIf(MISSING !== null)(DESKTOP_NAME, () => {
  test('a window shows the project of an engine of another process, and has none of its own', async () => {
    const project = newProject();
    project.close();
    const engine = await startEngineProcess([project.folder]);
    const desktop = await connect(engine);
    await isLive(desktop);

    expect(await desktop.page.locator('.project-title').innerText()).toContain(project.info.name);
    const isLocal = () =>
      desktop.page.evaluate(() => (window as unknown as { lightbench: { isLocal: boolean } }).lightbench.isLocal);
    expect(await isLocal()).toBe(false);
    expect(desktop.complaints).toEqual([]);
  });

  test('an engine that goes away is said, and found again where it was', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT, [madeRun(1, 3)]);
    const server = await served(engine);
    const { port, doorkeeper } = server;
    const desktop = await connect({ url: server.url, token: doorkeeper.bearer });
    await isLive(desktop);

    await server.close();
    const { page } = desktop;
    await page.getByRole('alert').getByText('Connection to the engine lost').waitFor();
    await page.getByRole('alert').getByText(`Nothing answers at ${server.url} (ECONNREFUSED).`).waitFor();
    await page.getByRole('link', { name: 'r0001' }).waitFor();
    engine.runs.set('r0002', madeRun(2, 1));
    await served(engine, { port, doorkeeper });

    await isLive(desktop);
    await page.getByRole('link', { name: 'r0002' }).waitFor();
  });

  test('a wrong token is said in words, with what to do about it', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT);
    const server = await served(engine);
    const { page } = await connect({ url: server.url, token: 'of an earlier start' });

    await page.getByRole('heading', { name: 'The engine does not let this window in' }).waitFor();
    await page.getByText(`The engine at ${server.url} refuses the token (401).`).waitFor();
    await keepPicture(page, 'desktop-refused');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'The engine does not let this window in' }).waitFor();
  });

  test('an engine of another contract is not papered over', async () => {
    const engine = new MemoryEngine(SIGN_PROJECT);
    engine.contractVersion = 999;
    const server = await served(engine);
    const { page } = await connect({ url: server.url, token: server.doorkeeper.bearer });

    await page.getByRole('heading', { name: 'The engine is of another version' }).waitFor();
    await page.getByText('the desktop app must be of the engine’s version').waitFor();
  });

  test.skipIf(!HAS_OPENSSL)(
    'an encrypted engine is trusted by the certificate that was named, or not at all',
    async () => {
      const { certificate, key } = makePair();
      const engine = new MemoryEngine(SIGN_PROJECT);
      const folder = tempFolder();
      writeFileSync(join(folder, 'a.jpg'), 'not really a picture');
      engine.images.set(1, { path: 'a.jpg', storage: 'copied', folder, format: 'jpeg', sha256: 'ab'.repeat(32) });
      const server = await served(engine, { tls: readTlsFiles(certificate, key) });
      const elsewhere = { url: server.url, token: server.doorkeeper.bearer };

      const doubtful = await connect(elsewhere);
      await doubtful.page.getByRole('alert').getByText('is not one that this machine trusts').waitFor();
      await doubtful.page.getByRole('alert').getByText('Name its file with --ca.').waitFor();
      const trusting = await connect({ ...elsewhere, ca: certificate });
      await isLive(trusting);
      const picture = () => trusting.page.evaluate(async () => (await fetch('/images/1')).text());

      expect(server.url).toMatch(/^https:/);
      expect(await picture()).toBe('not really a picture');
    },
  );
});

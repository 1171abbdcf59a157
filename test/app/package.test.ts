/** The packaged app, made from the Electron that is here and started as a person would, with release fuses set. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readFuses } from '../../build/package/fuses.ts';
import { makePackage } from '../../build/package/package.ts';
import { DESKTOP_NAME, MISSING } from '../kit/desktop.ts';
import { eventually } from '../kit/eventually.ts';
import { tempFolder } from '../kit/folders.ts';
import { newProject } from '../kit/projects.ts';

interface Target {
  readonly url: string;
  readonly title: string;
}

describe.skipIf(MISSING !== null || process.platform !== 'linux')(DESKTOP_NAME, () => {
  test('a package runs by itself, and is no Node for whoever asks', async () => {
    const program = await makePackage(join(tempFolder(), 'lightbench'));
    const project = newProject();
    project.close();
    const state = tempFolder();
    const resources = join(program, '..', 'resources');

    // Playwright drives an app by --inspect, which this one does not listen to; Chromium's own door tells of its pages.
    const port = 20_000 + (process.pid % 20_000);
    const args = ['--no-sandbox', '--disable-gpu', `--user-data-dir=${state}`, `--remote-debugging-port=${port}`];
    const env = {
      ...process.env,
      LIGHTBENCH_HOME: state,
      LIGHTBENCH_PROJECT: project.folder,
      LIGHTBENCH_NODE: '/no/node',
    };
    const app = spawn(program, args, { env, stdio: 'ignore' });
    const ended = once(app, 'close');
    onTestFinished(async () => {
      app.kill('SIGTERM');
      await ended;
    });
    await eventually(async () => {
      const [page] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[];
      expect(page).toMatchObject({ url: expect.stringMatching(/^app:\/\/lightbench\//), title: project.info.name });
    });

    expect(readdirSync(resources).sort()).toEqual(['app.asar', 'engine']);
    expect(existsSync(join(resources, 'engine', 'node_modules', 'vite'))).toBe(false);
    expect(await readFuses(program)).toMatchObject({ RunAsNode: false, OnlyLoadAppFromAsar: true });
    const asNode = spawnSync(program, ['--no-sandbox', '-e', 'console.log("ran")'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', LIGHTBENCH_HOME: state, DISPLAY: '' },
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(asNode.stdout).not.toContain('ran');
  }, 120_000);
});

/** `npm start`, as a person without Electron runs it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../build/source-files.ts';
import { tempFolder } from '../kit/folders.ts';
import { newProject } from '../kit/projects.ts';

/** Runs it without a display, so that no desktop can open, until the text has come or it ends. */
async function startUntil(args: readonly string[], wanted: RegExp): Promise<string> {
  const env = { ...process.env, LIGHTBENCH_HOME: tempFolder(), DISPLAY: undefined, WAYLAND_DISPLAY: undefined };
  const child = spawn(process.execPath, [join(ROOT, 'build', 'start.ts'), ...args], { env });
  onTestFinished(() => {
    child.kill('SIGTERM');
  });
  let text = '';
  const closed = once(child, 'close');
  const found = new Promise<void>((resolve) => {
    const read = (chunk: Buffer) => {
      text += chunk;
      if (wanted.test(text)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  await Promise.race([found, closed]);
  return text;
}

test.runIf(process.platform === 'linux')('without a desktop it says so and prints a link that opens', async () => {
  const text = await startUntil([newProject().folder], /open\?token=\S+\n/);

  expect(text).toMatch(/^The desktop app cannot open: .+\. The same app is served to a browser instead\.$/m);
  const [link] = /http:\/\/\S+/.exec(text)!;
  const opened = await fetch(link, { redirect: 'manual' });
  expect(opened.status).toBe(303);
});

test('an engine elsewhere needs an address and a token', async () => {
  const address =
    'npm start -- --connect takes one address, as https://gpu-box:8443, and --ca FILE after it where its certificate is its own\n';
  const token = '--connect needs the engine’s token in LIGHTBENCH_TOKEN; serve --json prints it\n';

  expect(await startUntil(['--connect', 'gpu-box'], /$^/)).toBe(address);
  expect(await startUntil(['--connect', 'https://gpu-box:8443'], /$^/)).toBe(token);
  expect(await startUntil(['--connect', 'https://gpu-box:8443', '--ca', '/no/such.pem'], /$^/)).toBe(
    '--ca: there is no file /no/such.pem\n',
  );
});

test('more than one project is refused in words', async () => {
  expect(await startUntil(['a', 'b'], /$^/)).toBe('npm start takes one project folder, not: a b\n');
});

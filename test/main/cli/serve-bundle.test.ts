import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { tempFolder } from '../../kit/folders.ts';
import { makeBundle } from '../../kit/made-bundle.ts';
import { encoder, photo } from '../../kit/pictures.ts';

function serveBundle(...args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'main', 'cli.ts'), 'serve-bundle', ...args, '--json']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

test('a bundle is served until it is told to stop, to who has the token', async () => {
  const folder = tempFolder();
  const bundle = makeBundle(join(folder, 'bundle'), { labels: ['bright', 'dark'], thresholds: null });
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'open-sesame\n');
  const child = serveBundle(bundle, '--token-file', tokenFile);
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { score } = JSON.parse(line) as { url: string; score: string };
  const body = await encoder(photo(40, 40)).png().toBuffer();
  const send = (headers: Record<string, string>) =>
    fetch(score, { method: 'POST', body, headers: { 'Content-Type': 'image/png', ...headers } });

  const right = await send({ Authorization: 'Bearer open-sesame' });
  const none = await send({});
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');

  expect(await right.json()).toMatchObject({ filename: 'image_0001', labels: ['bright', 'dark'] });
  expect([right.status, none.status, code]).toEqual([200, 401, 0]);
});

test.each([
  ['a port that is none', ['--port', 'x'], '--port takes a number from 0 to 65535'],
  ['no size', ['--max-body', '0'], '--max-body takes a whole number from 1 to 1024'],
  ['no bundle', [], 'is this a bundle?'],
])('with %s it does not start', async (_, options, message) => {
  const child = serveBundle(tempFolder(), ...options);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));

  const [code] = await once(child, 'close');

  expect(code).not.toBe(0);
  expect(JSON.parse(Buffer.concat(parts).toString()).error.message).toContain(message);
});

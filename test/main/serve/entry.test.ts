import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { builtRenderer } from '../../../build/bundle.ts';
import { createRun } from '../../../main/store/runs.ts';
import { refusedStart, startEngineProcess } from '../../kit/engine-process.ts';
import { eventually } from '../../kit/eventually.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';
import { newRun } from '../../kit/runs.ts';

beforeAll(() => builtRenderer());

test('one JSON line says where the engine is and how to come in', async () => {
  const { folder } = newProject();

  const { url, token, link, child, pid } = await startEngineProcess([folder]);

  expect(pid).toBe(child.pid);
  expect((await fetch(`${url}/session`)).status).toBe(401);
  expect((await fetch(`${url}/session`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(204);
  const opened = await fetch(link, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
  expect(await (await fetch(url, { headers: { cookie } })).text()).toContain('<title>Lightbench</title>');
});

test('a session outlives the process, for the same user', async () => {
  const { folder } = newProject();
  const home = tempFolder();
  const first = await startEngineProcess([folder], home);
  const opened = await fetch(first.link, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
  const port = new URL(first.url).port;
  first.child.kill('SIGTERM');
  expect(await once(first.child, 'close')).toEqual([0, null]);

  const second = await startEngineProcess([folder, '--port', port], home);

  expect((await fetch(`${second.url}/session`, { headers: { cookie } })).status).toBe(204);
});

test('it reads a project while another program writes it', async () => {
  const project = newProject();

  const { url } = await startEngineProcess([project.folder]);

  expect(url).toContain('127.0.0.1');
  expect(createRun(project.db, newRun())).toBe('r0001');
});

test('it ends with the program that started it', async () => {
  const { child } = await startEngineProcess([newProject().folder, '--stop-with-stdin']);

  child.stdin!.end();

  expect(await once(child, 'close')).toEqual([0, null]);
});

test('without that wish, an ended input does not stop it', async () => {
  const { child, url } = await startEngineProcess([newProject().folder]);

  child.stdin!.end();

  await eventually(async () => expect((await fetch(`${url}/session`)).status).toBe(401));
  expect(child.exitCode).toBeNull();
});

test.each([
  ['a folder that is no project', ['/nowhere/at/all'], /open project .*does not exist/],
  ['two projects', ['a', 'b'], /one project at most, 2 were given/],
  ['a port that is none', ['--port', '99999'], /--port "99999" must be 0 to 65535/],
  ['an open address', ['--host', '0.0.0.0'], /0\.0\.0\.0 can be reached from other machines/],
  ['an unknown option', ['--hosst'], /--hosst/],
])('%s is refused in words', async (_, args, words) => {
  const { code, text } = await refusedStart(args);

  expect(code).toBe(1);
  expect(text).toMatch(words);
  expect(text).not.toMatch(/\n\s+at /);
});

test('a damaged project is refused in words', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'project.sqlite'), 'not a database');

  const { code, text } = await refusedStart([folder]);

  expect(code).toBe(1);
  expect(text).toContain(folder);
  expect(text).not.toMatch(/\n\s+at /);
});

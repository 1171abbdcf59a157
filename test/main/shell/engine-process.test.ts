import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { builtRenderer } from '../../../build/bundle.ts';
import { ROOT } from '../../../build/source-files.ts';
import { type RunningEngine, startEngine } from '../../../main/shell/engine-process.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const ENTRY = join(ROOT, 'main', 'serve', 'entry.ts');

beforeAll(() => builtRenderer());
beforeEach(() => {
  vi.stubEnv('LIGHTBENCH_HOME', tempFolder());
});
afterEach(() => {
  vi.unstubAllEnvs();
});

async function started(entry: string, project: string | null): Promise<RunningEngine> {
  const engine = await startEngine({ node: process.execPath, entry, project });
  onTestFinished(engine.stop);
  return engine;
}

test('an engine says where it is, and stops when told', async () => {
  const engine = await started(ENTRY, newProject().folder);

  const reply = await fetch(`${engine.url}/session`, { headers: { authorization: `Bearer ${engine.token}` } });
  expect(reply.status).toBe(204);
  engine.stop();

  expect(await engine.ended).toBe('the engine ended (0)');
});

test('an engine that cannot open its project says so in its own words', async () => {
  await expect(started(ENTRY, tempFolder())).rejects.toThrow(/open project .*: it has no project\.sqlite/);
});

test('an engine that breaks is told with its last lines, not all of them', async () => {
  const entry = join(tempFolder(), 'broken.mjs');
  writeFileSync(entry, "for (let i = 1; i <= 30; i++) console.error('line ' + i); process.exitCode = 3;");

  const error = await started(entry, null).catch((caught: Error) => caught);

  const lines = (error as Error).message.split('\n');
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([20, 'line 11', 'line 30']);
});

test('a Node that is not there is named', async () => {
  const missing = join(tempFolder(), 'node');

  await expect(startEngine({ node: missing, entry: ENTRY, project: null })).rejects.toThrow(missing);
});

import { expect, test } from 'vitest';
import { commandsOf, matching } from '../../../renderer/app/commands.ts';
import { routeOf } from '../../../renderer/app/route.ts';
import { madeHead } from '../../kit/made-runs.ts';
import { SIGN_PROJECT } from '../../kit/memory-engine.ts';

const RUNS = [madeHead(2, 1, { state: 'running' }), madeHead(1, 3)];
const recent = [
  { folder: '/p/a', name: 'Aerial', task: 'image-object-detection', opened_at_ms: 1, is_there: true },
  { folder: '/p/gone', name: 'Gone', task: 'image-classification', opened_at_ms: 1, is_there: false },
  { ...{ folder: SIGN_PROJECT.folder, name: 'Hand signs', task: SIGN_PROJECT.task }, opened_at_ms: 1, is_there: true },
] as const;
const CONTEXT = { project: SIGN_PROJECT, runs: RUNS, sweeps: [], recent };
const titles = (text: string) => matching(commandsOf(CONTEXT), text).map(({ title }) => title);

test('every address it leads to is a page, and every name is there once', () => {
  const commands = commandsOf(CONTEXT);

  for (const { act } of commands) if (act.kind === 'go') expect(routeOf(act.href).page).not.toBe('unknown');
  expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
});

test('what begins a title comes first, other words find it too', () => {
  expect(titles('run')[0]).toBe('Runs');
  expect(titles('sto r0002')).toEqual(['Stop run r0002']);
  expect(titles('duplicates')).toContain('Look-alikes');
  expect(titles('dark')).toEqual(['Dark theme']);
  expect(titles('zebra')).toEqual([]);
});

test('runs are stopped while they go on, and bundled when they have a model', () => {
  expect(titles('r0001')).toEqual([
    'Run r0001',
    'New run like r0001',
    'Make a bundle of run r0001',
    'Compare the two newest runs',
  ]);
  expect(titles('r0002')).not.toContain('Make a bundle of run r0002');
});

test('without a project there are projects and themes; those that are gone, or open already, are left out', () => {
  const alone = commandsOf({ project: null, runs: [], sweeps: [], recent }).map(({ title }) => title);

  expect(alone).toEqual([
    'All projects',
    'Light theme',
    'Dark theme',
    'Theme of the system',
    'Open Aerial',
    'Open Hand signs',
  ]);
  expect(titles('open')).toContain('Open Aerial');
  expect(titles('open')).not.toContain('Open Hand signs');
});

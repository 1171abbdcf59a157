import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { breakCard, cardEnvironment, readCardLog } from '../../kit/failing-card.ts';
import { tempFolder } from '../../kit/folders.ts';
import { request, SMALL, shadesProject } from '../../kit/training.ts';

const SLOW = { timeout: 180_000 }; // several processes, each of which opens its sessions

/** Gives this process's children such a card until the test ends. */
function fittedCard(words: string): string {
  const folder = tempFolder();
  const before = { ...process.env };
  Object.assign(process.env, cardEnvironment(folder, words));
  onTestFinished(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  return folder;
}

test.each([
  ['webgpu', 'webgpu', 'Device was lost: reset', /^webgpu: the graphics card stopped answering/],
  ['cuda:0', 'cuda', 'CUDA failure 719: unspecified launch failure', /^cuda:0: the card failed/],
] as const)(
  'a run on %s whose card fails ends with its reason, and nothing is computed elsewhere',
  SLOW,
  async (device, provider, words, reason) => {
    const project = await shadesProject(6);
    const card = fittedCard(words);
    const asked = { ...request({ number_of_epochs: 1000, training_batch_size: 4 }), device };

    const error = await appErrorOf(() => trainNew(project, asked, { onEpoch: () => breakCard(card) }));
    const { epochs, ...summary } = runSummary(project.db, 'r0001');

    expect(error).toMatchObject({ code: 'device-unavailable', message: expect.stringMatching(reason) });
    expect(error.message).toContain(words);
    expect(summary).toMatchObject({ state: 'failed', device, reason: error.message });
    expect(epochs.length).toBeGreaterThan(0);
    expect(readCardLog(card).at(-1)).toBe('failed');
    expect(new Set(readCardLog(card))).toEqual(new Set([provider, 'failed']));
    project.close();
  },
);

test('a card that has too little memory for a single image ends the run with what to reduce', SLOW, async () => {
  const project = await shadesProject(4);
  const card = fittedCard('BFCArena::AllocateRawInternal Failed to allocate memory for a buffer of 9 bytes');
  breakCard(card);

  const error = await appErrorOf(() => trainNew(project, { ...request({ training_batch_size: 2 }), device: 'cuda:0' }));

  expect(error).toMatchObject({ code: 'out-of-memory', message: expect.stringMatching(/^cuda:0: .*reduce/) });
  expect(runSummary(project.db, 'r0001')).toMatchObject({ state: 'failed', reason: error.message, epochs: [] });
  expect(readCardLog(card).filter((line) => line === 'failed')).toHaveLength(2); // two images, then one
  expect(readCardLog(card)).not.toContain('cpu');
  project.close();
});

test(
  'a trial whose card fails, twice, is recorded with the reason, and the command says it and fails',
  SLOW,
  async () => {
    const folder = join(tempFolder(), 'project');
    (await shadesProject(4, folder)).close();
    const file = join(tempFolder(), 'sweep.yaml');
    const fixed = Object.entries({ ...SMALL, number_of_epochs: 1 }).map(([name, value]) => `  ${name}: ${value}`);
    const space = '{model_name: resnet18, learning_rate: "choice(0.01)"}';
    const head = [`hyperparameter_sampling: {space: ${space}, algorithm: grid}`, 'iterations: 1', 'arguments:'];
    writeFileSync(file, [...head, ...fixed].join('\n'));
    const card = fittedCard('CUDA failure 719: unspecified launch failure');
    breakCard(card);

    const lightbench = (...args: readonly string[]) =>
      spawnSync(process.execPath, [join(ROOT, 'main/cli.ts'), ...args], { encoding: 'utf8' });
    const swept = lightbench('sweep', folder, file, '--device', 'cuda:0');
    const { trials } = JSON.parse(lightbench('runs', folder, 's0001', '--json').stdout);

    expect(swept.status).toBe(1);
    expect(trials).toMatchObject([
      { state: 'failed', attempts: 2, reason: expect.stringMatching(/^cuda:0: the card failed/) },
    ]);
    expect(swept.stdout + swept.stderr).toContain('cuda:0: the card failed');
    expect(swept.stderr).not.toMatch(/^\s+at /m);
    expect(new Set(readCardLog(card))).toEqual(new Set(['cuda', 'failed']));
  },
);

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { Output } from '../../../main/cli/output.ts';
import { sparkline } from '../../../main/cli/sweep-text.ts';
import { examineFor } from '../../../main/schedule/create-sweep.ts';
import { createSweep, startSweep } from '../../../main/store/sweeps.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { SMALL, shadesProject } from '../../kit/training.ts';

const home = suiteFolder();

function lightbench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'main', 'cli.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, LIGHTBENCH_HOME: home },
  });
  return { status, stdout, stderr };
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a sweep runs from its file, tells every event, can be asked for more, and stands with the runs', async () => {
  const folder = join(tempFolder(), 'project');
  (await shadesProject(6, folder)).close();
  const file = join(tempFolder(), 'sweep.yaml');
  const fixed = JSON.stringify({ ...SMALL, number_of_epochs: 1 });
  writeFileSync(
    file,
    `hyperparameter_sampling: {algorithm: grid, space: {model_name: resnet18, learning_rate: 'choice(0.1, 0.01)'}}\niterations: 1\narguments: ${fixed}\n`,
  );

  const ran = lightbench('sweep', folder, file, '--json');
  const added = lightbench('sweep', folder, '--add', '1', '--json');
  const again = lightbench('sweep', folder, '--resume', '--json');
  const runs = lightbench('runs', folder);
  const sweep = lightbench('runs', folder, 's0001');

  expect([ran, added, again, runs, sweep].map(({ status }) => status)).toEqual([0, 0, 0, 0, 0]);
  const events = lines(ran.stdout);
  expect(events.map(({ event }) => event).filter((event) => event !== 'note')).toEqual([
    'sweep',
    'trial',
    'epoch',
    'trial',
    'end',
  ]);
  expect(events.at(-1)).toMatchObject({ id: 's0001', state: 'completed', best: { trial: 1, run: 'r0001' } });
  expect(JSON.parse(added.stdout)).toMatchObject({
    is_done: true,
    sweep: { state: 'paused', plan: { iterations: 2 } },
  });
  expect(lines(again.stdout).at(-1)).toMatchObject({
    id: 's0001',
    trials: [{ number: 1 }, { number: 2, state: 'completed' }],
  });
  expect(runs.stdout).toMatch(/r0002 +completed +resnet18 +s0001\/2/);
  expect(runs.stdout).toMatch(/s0001 +completed +2\/2/);
  expect(sweep.stdout).toContain('learning_rate=0.01');
}, 240_000);

test('what is wrong with a file is told with file and line, and nothing is begun', async () => {
  const folder = join(tempFolder(), 'project');
  (await shadesProject(2, folder)).close();
  const file = join(tempFolder(), 'sweep.yaml');
  writeFileSync(
    file,
    'hyperparameter_sampling:\n  space:\n    model_name: resnet18\n    learning_rate: uniform(0, 2)\niterations: 2\n',
  );

  const refused = lightbench('sweep', folder, file);
  const checked = lightbench('sweep', folder, file, '--check', '--json');

  expect(refused).toMatchObject({ status: 1, stdout: '' });
  expect(refused.stderr).toContain(`${file}:4: resnet18: learning_rate must be a number from 0 to 1`);
  expect(JSON.parse(checked.stdout)).toMatchObject({
    error: { code: 'bad-sweep', details: { problems: [{ line: 4 }] } },
  });
  expect(lightbench('sweep', folder, '--resume').stderr).toContain('the project has no sweeps yet');
  expect(lightbench('sweep', folder).status).toBe(2);
  expect(lightbench('sweep', folder, '--add', 'many')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--add takes a whole number from 1 to 1000, got "many"'),
  });
  expect(lightbench('sweep', folder, '--pause', '--stop').stderr).toContain('got --pause, --stop');
});

test('a request for a sweep that another process runs is left for it', async () => {
  const folder = join(tempFolder(), 'project');
  const project = await shadesProject(2, folder);
  const { plan } = examineFor('image-classification', 'iterations: 4');
  const id = createSweep(project.db, {
    source_text: '',
    plan: plan!,
    devices: ['cpu'],
    primary_metric: 'accuracy',
    created_at_ms: 1,
  });

  const early = lightbench('sweep', folder, '--pause');
  startSweep(project.db, id, 2);
  const asked = lightbench('sweep', folder, '--pause', '--json');
  project.close();

  expect(early.stderr).toContain('it is being written by');
  expect(JSON.parse(asked.stdout)).toMatchObject({ is_done: false, request: { action: 'pause' } });
  const inbox = join(folder, 'sweeps', id, 'requests');
  expect(readdirSync(inbox).map((name) => JSON.parse(readFileSync(join(inbox, name), 'utf8')))).toEqual([
    { action: 'pause' },
  ]);
});

test('the schema is printed without a project', () => {
  expect(JSON.parse(lightbench('sweep', '--schema').stdout)).toMatchObject({ title: 'A Lightbench sweep' });
});

test('a live view replaces its lines, and a curve fits in one', () => {
  const written: string[] = [];
  const output = new Output(
    { out: (text) => written.push(text), err: (text) => written.push(text), isTerminal: true, columns: 8 },
    false,
  );

  output.live(['a line that is too long', 'b']);
  output.live(['c']);
  output.result({}, 'done');

  expect(written).toEqual(['a line \nb', '\r\u001b[2K\u001b[1A\u001b[2K', 'c', '\r\u001b[2K', 'done\n']);
  expect(sparkline([0, 0.5, 1])).toBe('▁▅█');
  expect(sparkline([])).toBe('');
});

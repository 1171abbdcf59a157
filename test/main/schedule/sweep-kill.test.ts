import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { bayesianSampler } from '../../../main/search/samplers/bayesian.ts';
import { openProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { sweepSummary } from '../../../main/store/sweep-summaries.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';
import { SMALL, shadesProject } from '../../kit/training.ts';
import { trainingChildren } from '../../kit/training-children.ts';

const SEED = 5;
const TRIALS = 6; // the sixth is the first that depends on what the others came to
const KILLS = 4;

const SWEEP = `
hyperparameter_sampling:
  algorithm: bayesian
  seed: ${SEED}
  space: {model_name: resnet18, learning_rate: 'uniform(0.001, 0.1)'}
iterations: ${TRIALS}
arguments: ${JSON.stringify({ ...SMALL, number_of_epochs: 2 })}
`;

interface Event {
  readonly event: string;
}

/** False where it had ended by itself. */
function killed(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

test('whatever is killed at whatever moment, the sweep goes on with the same sequence of suggestions', async () => {
  const folder = join(tempFolder(), 'project');
  (await shadesProject(6, folder)).close();
  const file = join(tempFolder(), 'sweep.yaml');
  writeFileSync(file, SWEEP);
  const moments = rngFrom(Date.now(), 'kill'); // other moments every time: the claim is about all of them
  let last: Event = { event: 'none' };
  let [engines, trainers] = [0, 0];

  while (last.event !== 'end') {
    const engine = spawn(process.execPath, [join(ROOT, 'main', 'cli.ts'), 'sweep', folder, file, '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => {
      engine.kill('SIGKILL');
    });
    let eventsLeft = 2 + moments.integer(5);
    for await (const line of createInterface({ input: engine.stdout! })) {
      last = JSON.parse(line) as Event;
      if (engines + trainers >= KILLS || last.event === 'end' || --eventsLeft > 0) continue;
      await new Promise((resolve) => setTimeout(resolve, 300 * moments.uniform()));
      const [trainer] = trainers === 0 ? trainingChildren(engine.pid!) : [];
      if (!killed(trainer?.pid ?? engine.pid!)) continue;
      if (trainer === undefined) engines++;
      else trainers++;
      eventsLeft = 2 + moments.integer(5);
    }
    if (engine.exitCode === null && engine.signalCode === null) await once(engine, 'exit');
    expect(engines, 'an engine that nobody killed came to no end').toBeGreaterThan(last.event === 'end' ? -1 : 0);
  }

  const project = openProject(folder, { access: 'read', clock: new FakeClock(), owner: 'lightbench test' });
  const { trials, plan, state } = sweepSummary(project.db, 's0001');
  expect(engines + trainers).toBe(KILLS);
  expect(state).toBe('completed');
  expect(trials.map(({ state: each }) => each)).toEqual(new Array(TRIALS).fill('completed'));
  for (const { run, values } of trials) {
    expect(runSummary(project.db, run!).epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(values.length).toBe(2);
  }
  const history = trials.map(({ configuration, best: value }) => ({ configuration, value, isRunning: false }));
  const draws = (...words: readonly (string | number)[]) => rngFrom(SEED, 'sweep', ...words);
  const undisturbed = trials.map((_, index) =>
    bayesianSampler.suggest({
      space: plan.space,
      sampling: plan.sampling,
      history: history.slice(0, index),
      index,
      draws,
    }),
  );
  expect(trials.map(({ configuration }) => configuration)).toEqual(undisturbed);
  project.close();
}, 240_000);

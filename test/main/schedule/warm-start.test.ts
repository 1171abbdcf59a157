import { expect, test } from 'vitest';
import { examineIn, planSweep } from '../../../main/schedule/create-sweep.ts';
import { MemoryGate } from '../../../main/schedule/memory-gate.ts';
import { runSweep } from '../../../main/schedule/sweep-scheduler.ts';
import { priorTrials } from '../../../main/schedule/warm-start.ts';
import { priorHistory } from '../../../main/search/warm-start.ts';
import { addImage } from '../../../main/store/images.ts';
import { setLabels } from '../../../main/store/labels.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { sweepSummary } from '../../../main/store/sweep-summaries.ts';
import { sweepById } from '../../../main/store/sweeps.ts';
import { fakeTrainer } from '../../kit/fake-trainer.ts';
import { newProject } from '../../kit/projects.ts';

const GRID = `
hyperparameter_sampling:
  algorithm: grid
  space: {model_name: resnet18, momentum: 'choice(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)'}
iterations: 8
arguments: {number_of_epochs: 2}
`;

const later = (sampling: string, more = '') => `
hyperparameter_sampling:
  ${sampling}
iterations: 3
arguments: {number_of_epochs: 2}
${more}`;

const BAYESIAN = "{algorithm: bayesian, space: {model_name: resnet18, momentum: 'uniform(0, 1)'}}";

/** The best is at a momentum of 0.6. */
const accuracy = (params: Readonly<Record<string, unknown>>) => 0.9 - (Number(params['momentum']) - 0.6) ** 2;

/** A project of two classes whose first sweep, s0001, has run over eight momenta. */
async function projectWithSweep(): Promise<WriteProject> {
  const project = newProject();
  for (let i = 0; i < 8; i++) {
    const id = addImage(project.db, {
      ...{ path: `images/${i}.png`, source_url: `${i}.png`, storage: 'copied', sha256: String(i).padStart(64, '0') },
      ...{ size_bytes: 1, width_px: 4, height_px: 4, format: 'png', split: null, created_at_ms: 1 },
    });
    setLabels(project.db, id, [i % 2 === 0 ? 'bright' : 'dark']);
  }
  await ran(project, GRID);
  return project;
}

async function ran(project: WriteProject, text: string) {
  const { id, notes } = planSweep(project, text, ['cpu'], 'sweep.yaml');
  await runSweep(id, {
    project,
    trainer: fakeTrainer({ accuracy }),
    slots: [{ device: 'cpu', threads: 1 }],
    gate: new MemoryGate(async () => 1, 1e9),
    weightsFor: () => null,
    listener: {},
    signal: new AbortController().signal,
  });
  return { notes, sweep: sweepSummary(project.db, id) };
}

const problemsOf = (project: WriteProject, text: string) =>
  examineIn(project, text, 9e15).problems.map(({ line, message }) => `${line}: ${message}`);

test('Bayesian sampling begins with what a sweep of before has found, where it would draw at random without', async () => {
  const project = await projectWithSweep();

  const warm = await ran(project, later(BAYESIAN, 'warm_start: [s0001]'));
  const cold = await ran(project, later(BAYESIAN));
  const momenta = ({ sweep }: typeof warm) =>
    sweep.trials.map(({ configuration }) => Number(configuration['momentum']));

  expect(warm.notes).toContain('begins with 8 of 8 finished trials of sweep s0001');
  for (const momentum of momenta(warm)) expect(Math.abs(momentum - 0.6)).toBeLessThan(0.1);
  expect(Math.max(...momenta(cold).map((momentum) => Math.abs(momentum - 0.6)))).toBeGreaterThan(0.1);
  expect(momenta(await ran(project, later(BAYESIAN, 'warm_start: [s0001]')))).toEqual(momenta(warm));
});

test('random and grid sampling draw as ever, and their trials are judged beside those of before', async () => {
  const project = await projectWithSweep();
  const grid = "{algorithm: grid, space: {model_name: resnet18, momentum: 'choice(0.05, 0.55)'}}";
  const policy = 'early_termination_policy: {type: bandit, slack_factor: 0.1}';

  const { sweep, notes } = await ran(project, later(grid, `${policy}\nwarm_start: [s0001]`));

  expect(notes).toContain('grid sampling does not learn: sweep s0001 serves bandit alone');
  expect(sweep.trials.map(({ state }) => state)).toEqual(['stopped', 'completed']);
  expect(sweep.trials[0]!.reason).toContain('trial 6 of s0001');
});

test('a trial of before counts where it lies in the space and was trained with the same arguments', async () => {
  const project = await projectWithSweep();
  const historyFor = (text: string) => {
    const { plan } = examineIn(project, text, 9e15);
    return priorHistory(plan!, priorTrials(project.db, { plan: plan!, created_at_ms: 9e15 })).map(
      ({ configuration }) => configuration['momentum'],
    );
  };
  const some =
    '{algorithm: tpe, space: {model_name: \'choice("resnet18", "resnet34")\', momentum: \'uniform(0.35, 0.65)\'}}';
  const branches =
    "{algorithm: tpe, space: [{model_name: resnet34, momentum: 'uniform(0, 1)'}, {model_name: resnet18, momentum: 'choice(0.2, 0.9)'}]}";

  expect(historyFor(later(some, 'warm_start: [s0001]'))).toEqual([0.4, 0.5, 0.6]);
  expect(historyFor(later(branches, 'warm_start: [s0001]'))).toEqual([0.2]);
  expect(problemsOf(project, later(BAYESIAN, 'warm_start: [s0001]').replace('epochs: 2', 'epochs: 3'))).toEqual([
    '6: none of the 8 finished trials of sweep s0001 lies in this space with these arguments',
  ]);
});

test('what ends after a sweep was made is none of its parents’ trials', async () => {
  const project = await projectWithSweep();
  const { plan } = sweepById(project.db, 's0001');

  const prior = priorTrials(project.db, { plan: { ...plan, warm_start: ['s0001'] }, created_at_ms: -1 });

  expect(prior).toEqual([]);
});

test('parents that cannot be are refused with their line: unknown, twice, without a trial, too many', async () => {
  const project = await projectWithSweep();
  planSweep(project, GRID, ['cpu'], 'sweep.yaml');

  expect(problemsOf(project, later(BAYESIAN, 'warm_start:\n  - s0009\n  - s0001\n  - s0001\n  - s0002'))).toEqual([
    '7: there is no sweep "s0009" to begin with; there are: s0001, s0002',
    '9: sweep s0001 is given twice',
    '10: sweep s0002 has no finished trial with a value yet',
  ]);
  expect(problemsOf(project, later(BAYESIAN, 'warm_start: [a, b, c, d, e, f]')).join()).toContain('<=5');
});

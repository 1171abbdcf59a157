import { expect, test } from 'vitest';
import { planRun } from '../../../main/schedule/plan-run.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { runById } from '../../../main/store/runs.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { request, shadesProject, tintsProject } from '../../kit/training.ts';

test.each([
  ['one class', shadesProject],
  ['several classes', tintsProject],
])('the default model is taken for images of %s where none was named, and the run says so', async (_, make) => {
  const project = await make(8);

  const run = runById(project.db, planRun(project, { ...request(), model: null }));

  expect(run).toMatchObject({ model: 'vitb16r224', state: 'queued' });
  expect(run.notes[0]).toBe('no model was named: vitb16r224 is the default; others: lightbench models');
});

test('what was noted when the run was planned is said when it starts', async () => {
  const project = await shadesProject(4);
  const heard: string[] = [];

  const settings = { number_of_epochs: 1, training_batch_size: 100 };
  await trainNew(project, request(settings), { onNote: (note) => heard.push(note) });

  expect(heard).toContain('training_batch_size 100 is more than the 6 training images: 6 is used');
  expect(heard).toEqual(runById(project.db, 'r0001').notes);
});

test('names of later generations are written down as the canonical ones', async () => {
  const project = await shadesProject(4);
  const given = { training_crop_size: 48, gradient_accumulation_step: 2, ams_gradient: 'true' };

  const run = runById(project.db, planRun(project, { ...request(), given }));

  expect(run.params).toMatchObject({ train_crop_size: 48, grad_accumulation_step: 2, amsgrad: 1 });
  expect(Object.keys(run.params).filter((name) => name in given)).toEqual([]);
});

test.each([
  [{ gradient_accumulation_steps: 2 }, 'unknown hyperparameter'],
  [{ learning_rate: 3 }, 'learning_rate must be a number from 0 to 1'],
  [{ half_precision: 1 }, 'half_precision needs a CUDA card, this run is on cpu'],
])('%j is refused before there is a run', async (given, message) => {
  const project = await shadesProject(4);

  const error = await appErrorOf(() => planRun(project, { ...request(), given }));

  expect([error.code, error.message]).toEqual(['bad-hyperparameter', expect.stringContaining(message)]);
  expect(project.db.prepare('SELECT count(*) AS count FROM runs').get()).toEqual({ count: 0 });
});

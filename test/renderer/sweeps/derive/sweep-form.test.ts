import { expect, test } from 'vitest';
import { readSweep } from '../../../../main/search/read-sweep.ts';
import { documentText } from '../../../../main/search/write-sweep.ts';
import { DistributionText } from '../../../../preload/contract/sweep-file.ts';
import type { Distribution } from '../../../../preload/contract/sweep-plan.ts';
import { addables, documentOf, formOf, TEMPLATES, textOf } from '../../../../renderer/sweeps/derive/sweep-form.ts';

const TEXT = `
name: signs
hyperparameter_sampling:
  algorithm: tpe
  seed: 3
  space:
    weight_decay: qloguniform(-9, -3, 2)
    optimizer: choice('sgd', 'adamw')
    model:
      type: choice
      values:
        - {model_name: resnet18, learning_rate: 'normal(0.01, 0.002)'}
        - {model_name: mobilenetv2, layers_to_freeze: 'randint(4)', early_stopping: true}
iterations: 12
max_concurrent_iterations: 2
experiment_timeout_hours: 3
early_termination_policy: {type: truncation_selection, truncation_percentage: 30, exclude_finished_jobs: true}
arguments: {number_of_epochs: 5}
`;

test('a form made from a file stands for the same file', () => {
  const { plan } = readSweep(TEXT);

  expect(readSweep(documentText(documentOf(formOf(plan!)))).plan).toEqual(plan);
});

test('every distribution is written in words that are read as the same one', () => {
  const each: readonly Distribution[] = [
    { type: 'quniform', min: 1, max: 9, q: 2 },
    { type: 'choice', values: [1, 2.5] },
    { type: 'choice', values: ['a b', 'c'] },
    { type: 'lognormal', mu: -3, sigma: 0.5 },
  ];

  expect(each.map(textOf)).toEqual(['quniform(1, 9, 2)', 'choice(1, 2.5)', "choice('a b', 'c')", 'lognormal(-3, 0.5)']);
  expect(each.every((distribution) => DistributionText.safeParse(textOf(distribution)).success)).toBe(true);
});

test('every template is a file without problems', () => {
  for (const { document } of TEMPLATES) {
    expect(readSweep(documentText(document('image-classification'))).problems).toEqual([]);
  }
});

test('what can be added is what the model takes and the form has not, with default and range', () => {
  const some = addables('image-classification', 'vits16r224', [{ name: 'optimizer', text: 'sgd' }]);

  expect(some.some(({ name }) => name === 'optimizer')).toBe(false);
  expect(some.find(({ name }) => name === 'training_batch_size')).toMatchObject({
    text: '128',
    range: 'a whole number from 1',
  });
  expect(addables('no-task', null, [])).toEqual([]);
});

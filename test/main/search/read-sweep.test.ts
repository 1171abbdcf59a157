import { describe, expect, test } from 'vitest';
import { readSweep } from '../../../main/search/read-sweep.ts';
import { branchesOf } from '../../../main/search/space.ts';
import { writeSweep } from '../../../main/search/write-sweep.ts';
import type { SweepPlan } from '../../../preload/contract/sweep-plan.ts';

const OURS = `
name: digits
task: image-classification
hyperparameter_sampling:
  algorithm: random
  seed: 7
  space:
    learning_rate: uniform(0.005, 0.05)
    weight_decay: {type: loguniform, min: -10, max: -5}
    warmup_cosine_lr_warmup_epochs: choice(range(0, 3))
    optimizer: choice('sgd', 'adamw')
    model:
      type: choice
      values:
        - {model_name: vitb16r224, number_of_epochs: {type: choice, values: [15, 30]}}
        - model_name: seresnext
          valid_resize_size: choice(288, 320, 352)
iterations: 20
max_concurrent_iterations: 2
experiment_timeout_hours: 0.25
early_termination_policy: {type: bandit, slack_factor: 0.2, evaluation_interval: 2, delay_evaluation: 6}
arguments: ["--early_stopping", 1, "--evaluation_frequency", 2]
`;

const V2 = `
$schema: https://example.org/autoMLImageClassificationJob.schema.json
type: automl
task: image_classification
experiment_name: fridge
compute: azureml:gpu-cluster
target_column_name: label
limits: {timeout_minutes: 60, max_trials: 10, max_concurrent_trials: 2}
training_parameters: {early_stopping: true, gradient_accumulation_step: 2}
validation_data_size: 0.3
sweep:
  sampling_algorithm: random
  early_termination: {type: bandit, evaluation_interval: 2, slack_factor: 0.2, delay_evaluation: 6}
search_space:
  - model_name: {type: choice, values: [vitb16r224, vits16r224]}
    learning_rate: {type: uniform, min_value: 0.001, max_value: 0.01}
    number_of_epochs: 15
  - model_name: {type: choice, values: [seresnext]}
    learning_rate: uniform(0.001, 0.01)
    validation_resize_size: {type: choice, values: [288, 320, 352]}
    learning_rate_scheduler: step
`;

const planOf = (text: string): SweepPlan => {
  const { plan, problems } = readSweep(text);
  expect(problems).toEqual([]);
  return plan!;
};

const problemsOf = (text: string) => readSweep(text).problems.map(({ line, message }) => `${line}: ${message}`);

test('our file gives a plan, with distributions as mappings or in words', () => {
  expect(planOf(OURS)).toEqual({
    name: 'digits',
    task: 'image-classification',
    sampling: { algorithm: 'random', seed: 7, rule: 'random' },
    space: {
      shared: {
        learning_rate: { type: 'uniform', min: 0.005, max: 0.05 },
        weight_decay: { type: 'loguniform', min: -10, max: -5 },
        warmup_cosine_lr_warmup_epochs: { type: 'choice', values: [0, 1, 2] },
        optimizer: { type: 'choice', values: ['sgd', 'adamw'] },
      },
      branches: [
        {
          model_name: { type: 'choice', values: ['vitb16r224'] },
          number_of_epochs: { type: 'choice', values: [15, 30] },
        },
        {
          model_name: { type: 'choice', values: ['seresnext'] },
          valid_resize_size: { type: 'choice', values: [288, 320, 352] },
        },
      ],
    },
    iterations: 20,
    max_concurrent_iterations: 2,
    experiment_timeout_hours: 0.25,
    trial_timeout_minutes: null,
    early_termination_policy: { type: 'bandit', slack_factor: 0.2, evaluation_interval: 2, delay_evaluation: 6 },
    arguments: { early_stopping: 1, evaluation_frequency: 2 },
    warm_start: [],
    is_automatic: false,
  });
});

test('a job file of the second generation gives the same kind of plan, under the seed names', () => {
  const plan = planOf(V2);

  expect(plan).toMatchObject({
    task: 'image-classification',
    iterations: 10,
    max_concurrent_iterations: 2,
    experiment_timeout_hours: 1,
    early_termination_policy: { type: 'bandit', slack_factor: 0.2, evaluation_interval: 2, delay_evaluation: 6 },
    arguments: { early_stopping: true, grad_accumulation_step: 2, split_ratio: 0.3 },
  });
  expect(branchesOf(plan.space).map((branch) => branch.map(({ name }) => name))).toEqual([
    ['model_name', 'learning_rate', 'number_of_epochs'],
    ['model_name', 'learning_rate', 'valid_resize_size', 'lr_scheduler'],
  ]);
  expect(plan.space.branches[0]!['number_of_epochs']).toEqual({ type: 'choice', values: [15] });
  expect(readSweep(V2).notes[0]).toContain('experiment_name, compute, target_column_name');
});

test('names of the second generation stand for those of the model they are beside', () => {
  const plan = planOf(`
task: image_object_detection
limits: {max_trials: 2}
search_space:
  - {model_name: yolov5, nms_iou_threshold: 0.5, model_size: {type: choice, values: [small, extra_large]}}
  - {model_name: fasterrcnn_resnet50_fpn, nms_iou_threshold: 0.5, tile_grid_size: 3x2}
`);

  expect(plan.space.branches).toEqual([
    {
      model_name: { type: 'choice', values: ['yolov5'] },
      box_iou_thresh: { type: 'choice', values: [0.5] },
      model_size: { type: 'choice', values: ['small', 'xlarge'] },
    },
    {
      model_name: { type: 'choice', values: ['fasterrcnn_resnet50_fpn'] },
      box_nms_thresh: { type: 'choice', values: [0.5] },
      tile_grid_size: { type: 'choice', values: ['(3, 2)'] },
    },
  ]);
});

test.each([`{type: choice, values: ["(3, 2)", 5x3, [2, 1]]}`, `choice('(3, 2)', '5x3', "2, 1")`])(
  'grids of tiles may be written in any of their ways: %s',
  (grids) => {
    const plan = planOf(`
iterations: 3
hyperparameter_sampling:
  space:
    model_name: retinanet_resnet50_fpn
    tile_grid_size: ${grids}
arguments: {tile_predictions_nms_threshold: 0.3}
`);

    expect(plan.space.shared['tile_grid_size']).toEqual({ type: 'choice', values: ['(3, 2)', '(5, 3)', '(2, 1)'] });
    expect(plan.arguments).toEqual({ tile_predictions_nms_thresh: 0.3 });
  },
);

test('a list of two numbers is one grid', () => {
  const plan = planOf('iterations: 1\nhyperparameter_sampling: {space: {tile_grid_size: [3, 2]}}\n');

  expect(plan.space.shared['tile_grid_size']).toEqual({ type: 'choice', values: ['(3, 2)'] });
});

test.each([
  ['ours', OURS],
  ['a job file', V2],
  [
    'a plain space',
    'hyperparameter_sampling: {algorithm: grid, space: {model_name: choice("resnet18")}}\niterations: 1',
  ],
])('%s, written anew, is read as the same plan', (_, text) => {
  const plan = planOf(text);

  expect(planOf(writeSweep(plan))).toEqual(plan);
});

test('task and budget alone leave the rest to the program; a single run is one with defaults', () => {
  expect(planOf('iterations: 12\n')).toMatchObject({ is_automatic: true, iterations: 12 });
  expect(planOf('iterations: 1\n')).toMatchObject({ is_automatic: false, space: { shared: {}, branches: [] } });
  expect(planOf('task: image_classification\nlimits: {max_trials: 10}\n').is_automatic).toBe(true);
});

test('more trials at once than there are trials are capped', () => {
  expect(planOf('iterations: 3\nmax_concurrent_iterations: 50\n').max_concurrent_iterations).toBe(3);
});

describe('what is wrong is told with its line', () => {
  const space = (text: string) => `hyperparameter_sampling:\n  space:\n    ${text}\niterations: 2\n`;

  test.each([
    ['iterations: 0\n', '1: Too small: expected number to be >=1'],
    ['iterations: 1001\n', '1: Too big: expected number to be <=1000'],
    ['iterations: 2\nexperiment_timeout_hours: 1441\n', '2: Too big: expected number to be <=1440'],
    ['iterations: 2\nmax_concurrent_iterations: 101\n', '2: Too big: expected number to be <=100'],
    [
      'iterations: 2\nearly_termination_policy: {type: bandit}\n',
      'bandit takes exactly one of slack_factor and slack_amount',
    ],
    ['iterations: 2\narguments: ["early_stopping", 1]\n', '2: expected a name with two dashes'],
    ['iterations: 2\narguments: ["--early_stopping"]\n', '--early_stopping has no value'],
    ['iterations: [\n', 'null'],
    ['just words\n', 'a sweep file is a mapping'],
    [space('learning_rate: uniform(0.1)'), '3: uniform takes min, max; got "0.1"'],
    [space('learning_rate: uniform(0.5, 0.1)'), '3: uniform: min 0.5 is above max 0.1'],
    [space('learning_rate: {type: uniform, low: 1, max: 2}'), '3: uniform: min: Invalid input'],
    [space('learning_rate: {values: [1]}'), '3: a distribution needs a type'],
    [space('learning_rate: [0.1, 0.2]'), '3: expected a distribution or a value, got [0.1,0.2]: write {type: choice'],
    [space('batch: choice(range(5, 1))'), '3: range takes one to three whole numbers'],
    [
      space('a: {type: choice, values: [{b: 1}]}\n    c: {type: choice, values: [{d: 1}]}'),
      '4: only one key may hold a choice',
    ],
    [space('b: 2\n    model: {type: choice, values: [{b: 1}]}'), 'b is given inside and outside of this sub-space'],
    ['limits: {max_trials: 2, most: 3}\n', '1: unknown limit "most"'],
    ['limits: {max_trials: 0}\nsearch_space: {learning_rate: 0.1}\n', '1: Too small'],
    ['surprise: 1\niterations: 2\n', 'unknown "surprise"; there are'],
  ])('%j', (text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected.replace('null', ''));
    expect(readSweep(text).plan).toBeNull();
  });

  test('a file that would unfold without end is refused', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(8)}]`)
      .join('\n')}\n`;

    expect(readSweep(bomb).plan).toBeNull();
    expect(readSweep(`name: ${'x'.repeat(1_000_001)}`).problems[0]!.message).toContain('at most');
  });
});

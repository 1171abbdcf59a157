import { describe, expect, test } from 'vitest';
import { modelRules } from '../../../main/schedule/model-rules.ts';
import { examineSweep } from '../../../main/search/examine-sweep.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';

const examine = (text: string) =>
  examineSweep(text, modelRules('image-classification'), (...words) => rngFrom(0, ...words));

const space = (text: string, more = '') =>
  `hyperparameter_sampling:\n  algorithm: ${/algorithm: (\w+)/.exec(more)?.[1] ?? 'random'}\n  space:\n    model_name: resnet18\n    ${text}\niterations: 4\n${more.replace(/algorithm: \w+\n?/, '')}`;

const problems = (text: string) => examine(text).problems.map(({ line, message }) => `${line}: ${message}`);

describe('refused before anything runs', () => {
  test.each([
    [
      'grid with a range',
      space('learning_rate: uniform(0.1, 0.2)', 'algorithm: grid'),
      '5: grid sampling takes choice only; learning_rate is uniform',
    ],
    [
      'Bayesian with loguniform',
      space('learning_rate: loguniform(-6, -1)', 'algorithm: bayesian'),
      'bayesian sampling takes choice, uniform, quniform only',
    ],
    [
      'Bayesian with normal',
      space('learning_rate: normal(0.1, 0.01)', 'algorithm: bayesian'),
      'learning_rate is normal',
    ],
    [
      'Bayesian with a policy (C5)',
      space('learning_rate: uniform(0, 1)', 'algorithm: bayesian\nearly_termination_policy: median_stopping'),
      'takes no early termination policy',
    ],
    [
      'an argument that is searched as well',
      space('learning_rate: uniform(0, 1)', 'arguments: {learning_rate: 0.1}'),
      'learning_rate is given in arguments and in the search space',
    ],
    [
      "a range beyond the hyperparameter's",
      space('learning_rate: uniform(0.5, 1.5)'),
      '5: resnet18: learning_rate must be a number from 0 to 1, and uniform gives values as 1.5',
    ],
    [
      'a broken number where a whole one is due',
      space('number_of_epochs: uniform(1, 5)'),
      'use randint, choice or a distribution with a whole q',
    ],
    [
      'a range for one of few values',
      space('optimizer: uniform(0, 1)'),
      'optimizer must be one of sgd, adam, adamw; use choice, not uniform',
    ],
    ['a value that is none', space('optimizer: choice("sgd", "lion")'), 'got "lion"'],
    ['an unknown hyperparameter', space('learning_rat: 0.1'), 'did you mean learning_rate?'],
    [
      'an argument out of range',
      space('learning_rate: 0.1', 'arguments: ["--momentum", 2]'),
      'momentum must be a number from 0 to 1, got 2',
    ],
    ['randint whose first value is too small', space('training_batch_size: randint(16)'), 'gives values as 0'],
    [
      "another task than the project's",
      `task: image-object-detection\n${space('learning_rate: 0.1')}`,
      '1: the sweep is for image-object-detection',
    ],
    [
      'more layers to freeze than there are',
      space('layers_to_freeze: choice(9)'),
      'no draw can be trained: layers_to_freeze must be at most 5',
    ],
    [
      'sobol of another sampler',
      space('learning_rate: 0.1', 'algorithm: tpe\n').replace('algorithm: tpe', 'algorithm: tpe\n  rule: sobol'),
      'sobol is a rule of random sampling',
    ],
  ])('%s', (_, text, expected) => {
    expect(problems(text).join('\n')).toContain(expected);
    expect(examine(text).plan).toBeNull();
  });

  test('a conditional space by grid and Bayesian sampling (C4)', () => {
    const text = (algorithm: string) =>
      `hyperparameter_sampling:\n  algorithm: ${algorithm}\n  space: [{model_name: resnet18}, {model_name: mobilenetv2}]\niterations: 2`;

    expect(problems(text('grid'))).toEqual(['2: grid sampling takes no conditional space; use random or tpe']);
    expect(problems(text('bayesian'))[0]).toContain('takes no conditional space');
    expect(problems(text('tpe'))).toEqual([]);
  });

  test('a model that is not there, and a vision transformer with two crop sizes', () => {
    const model = 'hyperparameter_sampling:\n  space: {model_name: choice("resnet19")}\niterations: 1';
    const crops =
      'hyperparameter_sampling:\n  space: {model_name: vits16r224, train_crop_size: 224, valid_crop_size: 256}\niterations: 1';

    expect(problems(model)[0]).toContain(
      '2: there is no model "resnet19" for image-classification; there are: mobilenetv2',
    );
    expect(problems(crops)[0]).toContain('valid_crop_size must be train_crop_size for vits16r224, got 256 and 224');
  });

  test('a hyperparameter in one of several branches is told with the line of that branch', () => {
    const text = `hyperparameter_sampling:
  space:
    - model_name: resnet18
      learning_rate: uniform(0, 1)
    - model_name: mobilenetv2
      learning_rate: uniform(0, 2)
iterations: 2`;

    expect(problems(text)).toEqual([
      '6: mobilenetv2: learning_rate must be a number from 0 to 1, and uniform gives values as 2',
    ]);
  });
});

describe('said and let pass', () => {
  test('a distribution without bounds', () => {
    const { plan, notes } = examine(space('learning_rate: normal(0.1, 0.01)'));

    expect(plan).not.toBeNull();
    expect(notes.join()).toContain('learning_rate is normal, which has no bound');
  });

  test('combinations that cannot be trained, with their share', () => {
    const { plan, notes } = examine(
      space('valid_resize_size: choice(128, 256)\n    valid_crop_size: choice(128, 256)'),
    );

    expect(plan).not.toBeNull();
    expect(notes.join()).toMatch(/resnet18: about \d+ % of draws cannot be trained/);
  });

  test('a missing model_name (C15)', () => {
    const { plan, notes } = examine('hyperparameter_sampling: {space: {learning_rate: 0.01}}\niterations: 1');

    expect(plan).not.toBeNull();
    expect(notes).toContain('no model_name is given: vitb16r224 is used');
  });
});

test('a detection sweep without a metric is refused, searched or fixed, whatever the model', () => {
  const found = (more: string) =>
    examineSweep(`${more}\niterations: 2`, modelRules('image-object-detection'), (...words) =>
      rngFrom(0, ...words),
    ).problems.map(({ line, message }) => `${line}: ${message}`);
  const none = 'a sweep needs a primary metric: validation_metric_type cannot be none';
  const searched = (model: string, value: string) =>
    `hyperparameter_sampling:\n  space:\n    model_name: ${model}\n    validation_metric_type: ${value}`;
  const fixed = 'hyperparameter_sampling: {space: {model_name: yolov5}}\narguments: ["--validation_metric_type", none]';

  expect(found(searched('yolov5', 'choice("coco", "none")'))).toEqual([`4: ${none}`]);
  expect(found(searched('fasterrcnn_resnet50_fpn', 'none'))).toEqual([`4: ${none}`]);
  expect(found(fixed)).toEqual([`null: ${none}`]);
  expect(found(searched('retinanet_resnet50_fpn', 'choice("coco", "voc", "coco_voc")'))).toEqual([]);
});

test('the automatic mode makes a space that passes the same check, for both tasks', () => {
  for (const task of ['image-classification', 'image-classification-multilabel'] as const) {
    const { plan, problems: found } = examineSweep('iterations: 15', modelRules(task), (...words) =>
      rngFrom(0, ...words),
    );

    expect(found).toEqual([]);
    expect(plan!.space.branches.length).toBeGreaterThan(1);
    expect(plan!.early_termination_policy.type).toBe('bandit');
  }
});

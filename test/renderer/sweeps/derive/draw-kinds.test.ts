import { expect, test } from 'vitest';
import { modelRules } from '../../../../main/schedule/model-rules.ts';
import { examineSweep } from '../../../../main/search/examine-sweep.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { kindOf, kindsOf, textOfKind, VALUE } from '../../../../renderer/sweeps/derive/draw-kinds.ts';
import { problemsOfFile, problemsOfGroup } from '../../../../renderer/sweeps/derive/problem-places.ts';
import { hyperparameterOf } from '../../../../renderer/sweeps/derive/sweep-form.ts';

const read = (text: string, task: 'image-classification' | 'image-object-detection' = 'image-classification') =>
  examineSweep(text, modelRules(task), (...words) => rngFrom(0, ...words));

test.each([
  ['image-classification', 'resnet18'],
  ['image-classification', 'vits16r224'],
  ['image-object-detection', 'yolov5'],
  ['image-object-detection', 'fasterrcnn_resnet50_fpn'],
] as const)('every way to draw every hyperparameter of %s by %s begins with a text that is right', (task, model) => {
  const rule = modelRules(task).models.find(({ name }) => name === model)!;
  const wrong: string[] = [];
  for (const name of rule.hyperparameters.keys()) {
    const known = hyperparameterOf(task, model, name)!;
    for (const kind of kindsOf(known)) {
      const text = textOfKind(kind, known);
      expect(kindOf(text)).toBe(kind);
      if (known.default === null && kind === VALUE) continue; // off: there is nothing to begin with
      const file = `hyperparameter_sampling: {space: {model_name: ${model}, ${name}: ${JSON.stringify(text)}}}\niterations: 2`;
      const plain =
        text.startsWith('(') || Number.isNaN(Number(text)) ? file : file.replace(JSON.stringify(text), text);
      wrong.push(
        ...read(plain, task)
          .problems.filter(({ path }) => path === name)
          .map(({ message }) => `${text}: ${message}`),
      );
    }
  }

  expect(wrong).toEqual([]);
});

test('the same mistake in two branches is told in both, one of the shared space once, each at its field', () => {
  const { problems } = read(`
hyperparameter_sampling:
  space:
    weight_decay: uniform(0, 3)
    model:
      type: choice
      values:
        - {model_name: resnet18, learning_rate: 'uniform(0, 2)'}
        - {model_name: resnet34, learning_rate: 'uniform(0, 2)', momentum: 0.5}
        - {model_name: resnet50, learning_rate: 0.1}
        - {model_name: resnet50, layers_to_freeze: 9}
iterations: 4`);
  const shared = [{ name: 'weight_decay', text: '' }];
  const branch = [
    { name: 'model_name', text: '' },
    { name: 'learning_rate', text: '' },
  ];
  const found = (at: number) => [...problemsOfGroup(problems, branch, at).fields.keys()];

  expect([...problemsOfGroup(problems, shared, null).fields.keys()]).toEqual(['weight_decay']);
  expect([found(0), found(1), found(2)]).toEqual([['learning_rate'], ['learning_rate'], []]);
  expect(problemsOfGroup(problems, branch, 0).others).toEqual([]);
});

test('what is wrong with a branch as a whole, or with the file, is told there', () => {
  const { problems } = read(`
hyperparameter_sampling:
  space:
    - {model_name: resnet18, learning_rate: [1, 2]}
    - {model_name: resnet18, layers_to_freeze: 9}
iterations: 0`);
  const whole = read(`
hyperparameter_sampling:
  space:
    - {model_name: resnet34}
    - {model_name: resnet18, layers_to_freeze: 9}
iterations: 3`).problems;

  expect(problemsOfGroup(problems, [{ name: 'learning_rate', text: '' }], 0).fields.get('learning_rate')).toContain(
    'expected a distribution',
  );
  expect(problemsOfFile(problems).get('iterations')).toContain('>=1');
  expect(problemsOfGroup(whole, [{ name: 'layers_to_freeze', text: '9' }], 1).others.join()).toContain('at most 5');
});

import { expect, test } from 'vitest';
import { findClassifier, hyperparametersOf, MODELS, resolveFor } from '../../../native-models/catalog.ts';

const learningRate = (name: string, task: string) =>
  resolveFor(findClassifier(name)!, {}, task).values['learning_rate'];

test('every classification model does both tasks, each with the learning rate of the specification', () => {
  const rates = MODELS.filter(({ tasks }) => tasks.includes('image-classification')).map(({ name }) => [
    name,
    learningRate(name, 'image-classification'),
    learningRate(name, 'image-classification-multilabel'),
  ]);

  const others: Readonly<Record<string, readonly number[]>> = {
    vits16r224: [0.0125, 0.025],
    vitb16r224: [0.0125, 0.025],
    vitl16r224: [0.001, 0.002],
  };
  expect(rates).toEqual(rates.map(([name]) => [name, ...(others[String(name)] ?? [0.01, 0.035])]));
});

test('a task changes no other default, and a given value counts for both', () => {
  const card = findClassifier('mobilenetv2')!;
  const differing = hyperparametersOf(card, 'image-classification-multilabel').filter(
    (row, i) => row.default !== card.hyperparameters[i]!.default,
  );

  expect(differing.map(({ name }) => name)).toEqual(['learning_rate']);
  expect(resolveFor(card, { learning_rate: 0.5 }, 'image-classification-multilabel').values['learning_rate']).toBe(0.5);
});

import { describe, expect, test } from 'vitest';
import { trainingFixture } from './fixture-training.ts';
import { bitsSum, fixtureLabels, fixtureTensor, fixtureWeights } from './fixture-weights.ts';

describe.each(['resnet18', 'mobilenetv2'] as const)('formula tensors of %s', (model) => {
  const fixture = trainingFixture(model);

  test('have the bits that the reference used, in every element', () => {
    const weights = fixtureWeights(fixture.tensors);

    const sums = [...weights].map(([name, { dims, data }]) => ({ name, shape: dims, bits_sum: bitsSum(data) }));

    expect(sums).toEqual(fixture.tensors.map(({ name, shape, bits_sum }) => ({ name, shape, bits_sum })));
  });

  test('inputs and labels are those of the reference', () => {
    for (const { input, labels } of fixture.cases) {
      const { data } = fixtureTensor(input.name, input.shape, input.scale, input.offset);

      expect(bitsSum(data)).toBe(input.bits_sum);
      expect([...fixtureLabels('labels', labels.length, fixture.classes)]).toEqual(labels);
    }
  });
});

describe('formula tensors', () => {
  test('start with the values that Python computes', () => {
    expect([...fixtureTensor('input', [4], 1.7, 0).data]).toEqual(FIRST_OF_INPUT.map(Math.fround));
  });

  test('refuse a bias whose weight is not in the list', () => {
    expect(() => fixtureWeights([{ name: 'fc.bias', shape: [10] }])).toThrow('"fc.bias" needs "fc.weight"');
  });
});

const FIRST_OF_INPUT = [1.01671267, -1.32049096, -1.48743844, -0.395006955];

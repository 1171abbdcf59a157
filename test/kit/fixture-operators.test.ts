import { describe, expect, test } from 'vitest';
import { formulaValues, operatorCases } from './fixture-operators.ts';

const dot = (a: Float64Array, b: Float64Array, aStart: number, bStart: number, count: number) => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
};

describe('operator cases', () => {
  test('linear: recomputing x W^T + b from the formula tensors gives the recorded output', () => {
    for (const { inputs, output } of operatorCases('linear')) {
      const [x, weight, bias] = [inputs.x!, inputs.weight!, inputs.bias!].map(formulaValues);
      const [featuresOut, featuresIn] = inputs.weight!.shape as [number, number];

      const computed = output.values.map((_, i) => {
        const [row, column] = [Math.floor(i / featuresOut), i % featuresOut];
        return bias![column]! + dot(x!, weight!, row * featuresIn, column * featuresIn, featuresIn);
      });

      computed.forEach((value, i) => {
        expect(value).toBeCloseTo(output.values[i]!, 12);
      });
    }
  });

  test('cross-entropy: the logits gradient is (softmax - one-hot) * cotangent, weighted by the class', () => {
    for (const { inputs, labels, cotangent, gradients } of operatorCases('cross_entropy')) {
      const [rows, classes] = inputs.logits!.shape as [number, number];
      const logits = formulaValues(inputs.logits!);
      const weights = inputs.class_weights ? formulaValues(inputs.class_weights) : new Float64Array(classes).fill(1);
      const weightSum = labels!.reduce((sum, label) => sum + weights[label]!, 0);

      for (let row = 0; row < rows; row++) {
        const scores = logits.subarray(row * classes, (row + 1) * classes);
        const exps = scores.map((score) => Math.exp(score - Math.max(...scores)));
        const total = exps.reduce((sum, value) => sum + value, 0);
        const factor = (formulaValues(cotangent)[0]! * weights[labels![row]!]!) / weightSum;
        exps.forEach((value, column) => {
          const expected = (value / total - (labels![row] === column ? 1 : 0)) * factor;
          expect(gradients.logits!.values[row * classes + column]!).toBeCloseTo(expected, 12);
        });
      }
    }
  });

  test('cover every operator', () => {
    const counts = (
      [
        'conv2d',
        'max_pool2d',
        'avg_pool2d',
        'global_avg_pool2d',
        'batch_norm_training',
        'relu6',
        'linear',
        'cross_entropy',
      ] as const
    ).map((operator) => operatorCases(operator).length);

    expect(counts).toEqual([26, 6, 6, 3, 3, 1, 3, 6]);
  });
});

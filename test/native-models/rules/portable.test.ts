import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { portableBackend } from '../../../native-models/rules/onnx-portable.ts';
import { type GradientCase, gradientProgram, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

type Inputs = readonly Tensor[];
const pool = (
  shape: number[],
  options: Parameters<Tensor['maxPool']>[0],
  draw?: GradientCase['draw'],
): GradientCase => ({
  shapes: [shape],
  build: ([x]: Inputs) => x!.maxPool(options),
  ...(draw ? { draw } : {}),
});

/** Few values, so that most windows have several largest elements: the first of them alone gets the gradient. */
const ties = (rng: { uniform(): number }) => Math.floor(rng.uniform() * 3) - 1;

const cases: Readonly<Record<string, GradientCase>> = {
  'log softmax of the last axis': { shapes: [[2, 3, 4]], build: ([x]: Inputs) => x!.logSoftmax(-1) },
  'log softmax of large numbers': {
    shapes: [[3, 5]],
    draw: (rng) => 60 * rng.normal(),
    build: ([x]: Inputs) => x!.logSoftmax(1),
  },
  'max pool 3 by 2, padded': pool([2, 3, 8, 8], { kernel: 3, stride: 2, padding: 1 }),
  'max pool with ties': pool([2, 3, 9, 7], { kernel: 3, stride: 2, padding: 1 }, ties),
  'max pool whose last rows no window reads': pool([1, 2, 8, 9], { kernel: 2, stride: 3 }),
  'max pool padded unevenly': pool([1, 2, 7, 5], { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 2, 1] }, ties),
  'max pool of a single pixel': pool([2, 1, 1, 1], { kernel: 3, stride: 1, padding: 1 }),
  'overlapping max pool at stride 1': pool([1, 2, 6, 6], { kernel: 5, stride: 1, padding: 2 }),
};

describe.each(Object.entries(cases))('portable: %s', (name, gradientCase) => {
  test('the runtime computes what the evaluator says, gradients included', async () => {
    const { program, feeds } = gradientProgram(gradientCase, name.length);
    const expected = interpret(program, feeds);

    const actual = await runOnnx(program, portableBackend, feeds);

    for (const [output, value] of expected) {
      expect(relativeError(actual.get(output)!, value), output).toBeLessThan(2e-5);
    }
  });
});

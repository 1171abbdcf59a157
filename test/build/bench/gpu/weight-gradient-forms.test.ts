import { describe, expect, test } from 'vitest';
import { WEIGHT_GRADIENT_FORMS } from '../../../../build/bench/gpu/weight-gradient-forms.ts';
import type { ConvAttrs } from '../../../../native-models/core/primitives.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { interpret } from '../../../../native-models/passes/interpret.ts';
import { prune } from '../../../../native-models/passes/prune.ts';
import { newGraph, randomArray, relativeError } from '../../../kit/programs.ts';
import { runOnnx } from '../../../kit/run-onnx.ts';

const SHAPES: Readonly<Record<string, readonly [x: number[], g: number[], weight: number[], attrs: ConvAttrs]>> = {
  '3x3': [
    [2, 3, 6, 5],
    [2, 4, 6, 5],
    [4, 3, 3, 3],
    { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 },
  ],
  '7x7 at stride 2': [
    [2, 3, 9, 9],
    [2, 4, 5, 5],
    [4, 3, 7, 7],
    { strides: [2, 2], pads: [3, 3, 3, 3], dilations: [1, 1], group: 1 },
  ],
  '1x1': [
    [3, 5, 4, 4],
    [3, 2, 4, 4],
    [2, 5, 1, 1],
    { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 },
  ],
  dilated: [
    [1, 2, 8, 8],
    [1, 3, 8, 8],
    [3, 2, 3, 3],
    { strides: [1, 1], pads: [2, 2, 2, 2], dilations: [2, 2], group: 1 },
  ],
};

describe.each(Object.entries(WEIGHT_GRADIENT_FORMS))('the form %s of the weight gradient', (_, backend) => {
  test.each(Object.entries(SHAPES))('is right for %s', async (__, [xShape, gShape, weightShape, attrs]) => {
    const graph = newGraph();
    const [x, g] = [graph.input('x', 'float32', xShape), graph.input('g', 'float32', gShape)];
    const [dw] = graph.apply('ConvWeightGrad', [x, g], { ...attrs, weightShape });
    const program = prune(new Map([['dw', dw!]]), [x, g]);
    const rng = rngFrom(1, 'forms');
    const feeds = new Map([
      ['x', randomArray(xShape, rng)],
      ['g', randomArray(gShape, rng)],
    ]);

    const actual = await runOnnx(program, backend, feeds);

    expect(relativeError(actual.get('dw')!, interpret(program, feeds).get('dw')!)).toBeLessThan(2e-5);
  });
});

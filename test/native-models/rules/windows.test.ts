/** Geometries of convolutions and pools that a model may ask for and a lowering may get wrong. */

import { expect, test } from 'vitest';
import type { ConvAttrs } from '../../../native-models/core/primitives.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { type GradientCase, newGraph } from '../../kit/programs.ts';

type Inputs = readonly Tensor[];

const attrsOf = (attrs: Partial<ConvAttrs>): ConvAttrs => ({
  strides: [1, 1],
  pads: [0, 0, 0, 0],
  dilations: [1, 1],
  group: 1,
  ...attrs,
});

const conv = (x: number[], weight: number[], attrs: Partial<ConvAttrs>): GradientCase => ({
  shapes: [x, weight],
  build: ([input, w]: Inputs) => input!.conv(w!, null, attrsOf(attrs)),
});

const transposed = (x: number[], weight: number[], attrs: Partial<ConvAttrs>): GradientCase => ({
  shapes: [x, weight],
  build: ([input, w]: Inputs) => input!.convTranspose(w!, attrsOf(attrs)),
});

describePrimitives({
  'conv: everything at once': conv([2, 4, 11, 13], [6, 2, 3, 2], {
    strides: [2, 3],
    pads: [2, 0, 1, 3],
    dilations: [2, 3],
    group: 2,
  }),
  'conv: dilated, strided, pads of one side': conv([1, 3, 9, 10], [5, 3, 3, 3], {
    strides: [2, 2],
    pads: [0, 3, 2, 0],
    dilations: [2, 2],
  }),
  'conv: depthwise, everything at once': conv([2, 3, 12, 11], [3, 1, 3, 5], {
    strides: [3, 2],
    pads: [1, 4, 2, 3],
    dilations: [2, 2],
    group: 3,
  }),
  'conv: depthwise with three filters a channel, stride 2': conv([1, 2, 7, 8], [6, 1, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    group: 2,
  }),
  'conv: 32 groups of 1x1, stride 2': conv([1, 32, 6, 5], [64, 1, 1, 1], { strides: [2, 2], group: 32 }),
  'conv: four groups on a 1x1 map': conv([3, 8, 1, 1], [12, 2, 3, 3], { pads: [1, 1, 1, 1], group: 4 }),
  'conv: 1x1 with pads': conv([2, 3, 4, 5], [4, 3, 1, 1], { pads: [1, 0, 2, 1] }),
  'conv: 1x1 with pads and stride 2': conv([1, 3, 5, 5], [4, 3, 1, 1], { pads: [1, 1, 1, 1], strides: [2, 2] }),
  'conv: kernel as large as the map': conv([3, 2, 7, 7], [5, 2, 7, 7], {}),
  'conv: stride beyond the kernel': conv([2, 3, 11, 12], [4, 3, 2, 2], { strides: [3, 4] }),
  'conv: patches of 4x4': conv([2, 3, 8, 12], [5, 3, 4, 4], { strides: [4, 4] }),
  'conv: 1x7 and pads along one axis': conv([1, 3, 5, 9], [2, 3, 1, 7], { pads: [0, 3, 0, 3] }),
  'conv: dilation 12 on a small map': conv([1, 2, 10, 10], [3, 2, 3, 3], {
    pads: [12, 12, 12, 12],
    dilations: [12, 12],
  }),
  'transposed conv 2x2, stride 2': transposed([2, 3, 4, 5], [3, 4, 2, 2], { strides: [2, 2] }),
  'transposed conv 3x3, stride 2, padded': transposed([1, 2, 4, 3], [2, 5, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  'transposed conv, two groups, pads differ': transposed([1, 4, 5, 5], [4, 3, 4, 4], {
    strides: [2, 2],
    pads: [1, 2, 0, 1],
    group: 2,
  }),
  'transposed conv on a 1x1 map, batch 1': transposed([1, 3, 1, 1], [3, 2, 4, 4], {}),
  'max pool 5x5, stride 1': {
    shapes: [[2, 3, 6, 7]],
    build: ([x]: Inputs) => x!.maxPool({ kernel: 5, stride: 1, padding: 2 }),
  },
  'max pool thrice, joined': {
    shapes: [[1, 2, 7, 6]],
    build: ([x]: Inputs) => {
      const pool = (y: Tensor) => y.maxPool({ kernel: 5, stride: 1, padding: 2 });
      const [once, twice] = [pool(x!), pool(pool(x!))];
      return x!.concat([once, twice, pool(twice)], 1);
    },
  },
  'max pool 1x1, stride 2': { shapes: [[2, 3, 7, 6]], build: ([x]: Inputs) => x!.maxPool({ kernel: 1, stride: 2 }) },
  'max pool with the last window cut off': {
    shapes: [[1, 2, 8, 6]],
    build: ([x]: Inputs) => x!.maxPool({ kernel: 3, stride: 2, ceil: true }),
  },
  'average pool with the last window cut off': {
    shapes: [[2, 3, 7, 5]],
    build: ([x]: Inputs) => x!.averagePool({ kernel: 2, stride: 2, ceil: true, countPads: false }),
  },
  'average pool 3x3, stride 1, padded': {
    shapes: [[2, 3, 5, 4]],
    build: ([x]: Inputs) => x!.averagePool({ kernel: 3, stride: 1, padding: 1 }),
  },
  'upsample by 2': { shapes: [[2, 3, 4, 5]], build: ([x]: Inputs) => x!.upsample(2) },
  'upsample by 3 and 1 on a 1x1 map': { shapes: [[2, 3, 1, 1]], build: ([x]: Inputs) => x!.upsample([3, 1]) },
});

test('a window that starts in the pads at the end is left out, as in torch', () => {
  const graph = newGraph();
  const x = graph.input('x', 'float32', [1, 1, 5, 5]);

  // Rows start at -1, 1, 3 and 5: the last begins after the map and its pads are not its own.
  expect(x.maxPool({ kernel: 2, stride: 2, padding: 1, ceil: true }).shape).toEqual([1, 1, 3, 3]);
});

test('a cut window and counted pads do not go together', () => {
  const graph = newGraph();
  const x = graph.input('x', 'float32', [1, 1, 5, 5]);

  expect(() => x.averagePool({ kernel: 2, stride: 2, ceil: true })).toThrow('averagePool: ceil needs countPads: false');
});

test('a cotangent of the wrong size is refused', () => {
  const graph = newGraph();
  const [g, weight] = [graph.input('g', 'float32', [1, 2, 4, 4]), graph.input('w', 'float32', [2, 3, 3, 3])];

  expect(() => graph.apply('ConvInputGrad', [g, weight], { ...attrsOf({}), inputShape: [1, 3, 7, 7] })).toThrow(
    'convInputGrad: [1,2,4,4] is not the [1,2,5,5] that [1,3,7,7] gives',
  );
});

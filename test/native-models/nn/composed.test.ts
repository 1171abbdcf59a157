/** Layers made of several operators, without parameters of their own: their gradients, and every backend. */

import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { adaptiveAveragePool, resizeBilinear } from '../../../native-models/nn/resize.ts';
import { pyramidLevels, roiAlign } from '../../../native-models/nn/roi-align.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { newGraph } from '../../kit/programs.ts';

type Inputs = readonly Tensor[];

const BOXES = [3, 5, 61, 60, 10, 20, 234, 244, -20, -9, 500, 380, 100, 90, 210, 201];

const aligned = (maps: readonly Tensor[], size: readonly [number, number]): Tensor => {
  const { graph } = maps[0]!;
  const boxes = graph.constant(BOXES, [4, 4]);
  const images = graph.constant([0, 1, 1, 0], [4], 'int32');
  const levels = maps.length === 1 ? null : pyramidLevels(boxes, 2, 1 + maps.length);
  const scales = maps.map((_, i) => 0.5 ** (i + 4));
  return roiAlign(maps, boxes, images, levels, { size, samplingRatio: 2, scales });
};

describePrimitives({
  'RoIAlign on one map': { shapes: [[2, 3, 9, 12]], build: ([x]: Inputs) => aligned([x!], [3, 2]) },
  'RoIAlign on a pyramid': {
    shapes: [
      [2, 2, 24, 32],
      [2, 2, 12, 16],
      [2, 2, 6, 8],
    ],
    build: (maps: Inputs) => aligned(maps, [2, 2]),
  },
  'bilinear resize, smaller along one axis': {
    shapes: [[1, 3, 8, 5]],
    build: ([x]: Inputs) => resizeBilinear(x!, [3, 9]),
  },
  'pyramid of features: a map enlarged and added to the one below': {
    shapes: [
      [2, 16, 4, 6],
      [2, 16, 8, 12],
      [16, 16, 3, 3],
    ],
    build: ([top, below, weight]: Inputs) => {
      const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 } as const;
      return below!.add(top!.conv(weight!, null, attrs).upsample(2)).conv(weight!, null, attrs);
    },
  },
  'squeeze and excitation': {
    shapes: [[2, 8, 5, 4], [8, 8], [8]],
    build: ([x, weight, bias]: Inputs) => {
      const gate = x!.mean([2, 3]).linear(weight!, bias!).silu().linear(weight!, bias!).sigmoid();
      return x!.mul(gate.reshape([2, 8, 1, 1]));
    },
  },
});

test('sizes that are no sizes are refused', () => {
  const graph = newGraph();

  expect(() => resizeBilinear(graph.input('x', 'float32', [1, 1, 4, 4]), [0, 3])).toThrow(
    'resizeBilinear: to 0x3, sides are at least 1',
  );
  expect(() => adaptiveAveragePool(graph.input('y', 'float32', [4, 4]), [1, 1])).toThrow(
    'adaptiveAveragePool: needs [N,C,H,W], got [4,4]',
  );
});

import type { ConvAttrs } from '../../../native-models/core/primitives.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import type { GradientCase } from '../../kit/programs.ts';

type Inputs = readonly Tensor[];
const positive = (rng: { uniform(): number }) => 0.5 + rng.uniform();
/** At least 0.05 from every kink at a multiple of 1: finite differences must not cross one. */
const awayFromKinks = (rng: { uniform(): number }) => Math.floor(rng.uniform() * 6 - 2) + 0.05 + 0.9 * rng.uniform();

const unary = (apply: (x: Tensor) => Tensor, draw?: GradientCase['draw']): GradientCase => ({
  shapes: [[2, 3, 4]],
  build: ([x]: Inputs) => apply(x!),
  ...(draw ? { draw } : {}),
});

const conv = (x: number[], weight: number[], attrs: Partial<ConvAttrs>, hasBias = false): GradientCase => ({
  shapes: hasBias ? [x, weight, [weight[0]!]] : [x, weight],
  build: ([input, w, bias]: Inputs) =>
    input!.conv(w!, bias ?? null, { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1, ...attrs }),
});

const cases: Readonly<Record<string, GradientCase>> = {
  neg: unary((x) => x.neg()),
  exp: unary((x) => x.exp()),
  log: unary((x) => x.log(), positive),
  sqrt: unary((x) => x.sqrt(), positive),
  relu: unary((x) => x.relu(), awayFromKinks),
  'clip to [0,3]': unary((x) => x.clip(0, 3), awayFromKinks),
  softmax: unary((x) => x.softmax(1)),
  'log softmax of the last axis': unary((x) => x.logSoftmax(-1)),
  'sum with kept axes': unary((x) => x.sum([0, 2], true)),
  'sum of everything': unary((x) => x.sum([0, 1, 2])),
  'mean over one axis': unary((x) => x.mean([1])),
  'mean over batch and map': { shapes: [[3, 4, 5, 2]], build: ([x]: Inputs) => x!.mean([0, 2, 3]) },
  reshape: unary((x) => x.reshape([2, 12])),
  transpose: unary((x) => x.transpose([2, 0, 1])),
  'slice with steps': unary((x) => x.slice([0, 0, 1], [2, 3, 4], [1, 2, 2])),
  'slice backwards': unary((x) => x.slice([1, 2, 3], [-1, 0, 0], [-1, -1, -2])),
  pad: unary((x) => x.pad([1, 0, 2], [0, 3, 1])),
  expand: { shapes: [[3, 1]], build: ([x]: Inputs) => x!.expand([2, 3, 4]) },
  'add broadcasting both ways': {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
    build: ([x, y]: Inputs) => x!.add(y!),
  },
  'sub of a scalar': { shapes: [[2, 3], []], build: ([x, y]: Inputs) => x!.sub(y!) },
  'mul with itself': { shapes: [[2, 3]], build: ([x]: Inputs) => x!.mul(x!) },
  'scaled sum': { shapes: [[], [3, 1, 5], [3, 1, 5]], build: ([s, x, y]: Inputs) => x!.scaleAdd(s!, y!) },
  'scaled sum by one': {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: ([x, y]: Inputs) => x!.scaleAdd(1, y!),
  },
  div: { shapes: [[2, 3], [3]], draw: positive, build: ([x, y]: Inputs) => x!.div(y!) },
  where: {
    shapes: [[2, 3], [3]],
    build: ([x, y]: Inputs) => x!.graph.constant([1, 0, 1, 0, 0, 1], [2, 3], 'bool').where(x!, y!),
  },
  concat: {
    shapes: [
      [2, 1, 3],
      [2, 4, 3],
    ],
    build: ([x, y]: Inputs) => x!.concat([y!], 1),
  },
  'matmul 2-D': {
    shapes: [
      [3, 4],
      [4, 5],
    ],
    build: ([x, y]: Inputs) => x!.matmul(y!),
  },
  'matmul, first transposed': {
    shapes: [
      [4, 3],
      [4, 5],
    ],
    build: ([x, y]: Inputs) => x!.matmul(y!, { transposeA: true }),
  },
  'matmul, second transposed': {
    shapes: [
      [3, 4],
      [5, 4],
    ],
    build: ([x, y]: Inputs) => x!.matmul(y!, { transposeB: true }),
  },
  'matmul, batched, both transposed, broadcast': {
    shapes: [
      [2, 1, 4, 3],
      [3, 5, 4],
    ],
    build: ([x, y]: Inputs) => x!.matmul(y!, { transposeA: true, transposeB: true }),
  },
  'conv 3x3, padded, with bias': conv([2, 3, 6, 5], [4, 3, 3, 3], { pads: [1, 1, 1, 1] }, true),
  'conv 3x3, stride 2, odd map': conv([2, 3, 7, 9], [4, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  'conv 3x3, stride 2, even map leaves a row unread': conv([1, 2, 6, 8], [3, 2, 3, 3], { strides: [2, 2] }),
  'conv 3x3, stride 2, padded at right and bottom': conv([2, 2, 6, 6], [3, 2, 3, 3], {
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  }),
  'conv 7x7, stride 2, padding 3': conv([1, 3, 14, 14], [4, 3, 7, 7], { strides: [2, 2], pads: [3, 3, 3, 3] }),
  'conv stride 3, leftovers': conv([2, 2, 11, 10], [3, 2, 3, 3], { strides: [3, 3], pads: [1, 1, 1, 1] }),
  'conv 5x5, dilated, strides differ': conv([1, 2, 12, 13], [3, 2, 5, 5], {
    dilations: [2, 1],
    strides: [1, 2],
    pads: [2, 1, 2, 1],
  }),
  'conv 3x3, dilated by 2': conv([2, 2, 8, 9], [3, 2, 3, 3], { dilations: [2, 2], pads: [2, 2, 2, 2] }),
  'conv 3x3 on one pixel of many images': conv([16, 3, 1, 1], [5, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  'conv 3x3 on four pixels of many images': conv([16, 3, 2, 2], [5, 3, 3, 3], { pads: [1, 1, 1, 1] }),
  'conv 3x2 from two rows to one of many images': conv([17, 3, 2, 3], [4, 3, 3, 2], {
    pads: [1, 0, 0, 0],
    strides: [2, 1],
  }),
  'conv 1x1, small map': conv([2, 3, 4, 4], [5, 3, 1, 1], {}),
  'conv 1x1, large map': conv([1, 2, 29, 28], [3, 2, 1, 1], {}),
  'conv 1x1, stride 2, odd map': conv([2, 3, 5, 7], [4, 3, 1, 1], { strides: [2, 2] }, true),
  'conv 1x1 on a 1x1 map, batch 1': conv([1, 3, 1, 1], [4, 3, 1, 1], {}),
  'conv 3x3 on a 1x1 map': conv([2, 2, 1, 1], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  'conv, two groups': conv([2, 4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
  'conv, two groups, 1x1': conv([2, 4, 5, 5], [6, 2, 1, 1], { group: 2 }),
  'conv, depthwise': conv([2, 4, 6, 5], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  'conv, depthwise, stride 2, odd map': conv([2, 3, 7, 7], [3, 1, 3, 3], {
    group: 3,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  'conv, depthwise, stride 2, even map': conv([2, 3, 8, 8], [3, 1, 3, 3], {
    group: 3,
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  'conv, depthwise, stride 2, right and bottom': conv([2, 3, 8, 8], [3, 1, 3, 3], {
    group: 3,
    strides: [2, 2],
    pads: [0, 0, 1, 1],
  }),
  'conv, depthwise 5x5, stride 3, wide padding': conv([1, 2, 9, 10], [2, 1, 5, 5], {
    group: 2,
    strides: [3, 3],
    pads: [5, 4, 4, 4],
  }),
  'conv, depthwise with two filters a channel': conv([2, 3, 5, 5], [6, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
  'max pool 3x3, stride 2': {
    shapes: [[2, 3, 7, 6]],
    build: ([x]: Inputs) => x!.maxPool({ kernel: 3, stride: 2, padding: 1 }),
  },
  'max pool 2x2': { shapes: [[1, 2, 6, 5]], build: ([x]: Inputs) => x!.maxPool({ kernel: 2, stride: 2 }) },
  'average pool 3x3, stride 2, pads count': {
    shapes: [[2, 3, 7, 6]],
    build: ([x]: Inputs) => x!.averagePool({ kernel: 3, stride: 2, padding: 1 }),
  },
  'average pool, pads do not count, row unread': {
    shapes: [[1, 2, 8, 7]],
    build: ([x]: Inputs) => x!.averagePool({ kernel: 3, stride: 3, padding: 1, countPads: false }),
  },
  'batch norm with batch statistics': {
    shapes: [[3, 2, 4, 5], [2], [2]],
    build: ([x, scale, bias]: Inputs) => x!.graph.apply('BatchNormTrain', [x!, scale!, bias!], { epsilon: 1e-5 })[0]!,
  },
  'batch norm on 1x1 maps': {
    shapes: [[4, 3, 1, 1], [3], [3]],
    build: ([x, scale, bias]: Inputs) => x!.graph.apply('BatchNormTrain', [x!, scale!, bias!], { epsilon: 1e-3 })[0]!,
  },
  'batch norm with stored statistics': {
    shapes: [[3, 2, 4, 5], [2], [2]],
    build: ([x, scale, bias]: Inputs) => {
      const mean = x!.graph.constant([0.3, -0.2], [2]);
      const variance = x!.graph.constant([1.5, 0.4], [2]);
      return x!.graph.apply('BatchNormInference', [x!, scale!, bias!, mean, variance], { epsilon: 1e-5 })[0]!;
    },
  },
  'batch norm with statistics that have slopes': {
    shapes: [[3, 2, 4, 5], [2], [2], [2], [2]],
    build: ([x, scale, bias, mean, spread]: Inputs) => {
      const variance = spread!.mul(spread!).add(0.5);
      return x!.graph.apply('BatchNormInference', [x!, scale!, bias!, mean!, variance], { epsilon: 1e-5 })[0]!;
    },
  },
  'mean and variance of channels': {
    shapes: [[3, 2, 4, 5], [2]],
    build: ([x, factor]: Inputs) => {
      const [mean, variance] = x!.graph.apply('ChannelMoments', [x!], {});
      return mean!.mul(factor!).add(variance!.mul(variance!));
    },
  },
  'variance of channels alone, on 1x1 maps': {
    shapes: [[4, 3, 1, 1]],
    build: ([x]: Inputs) => x!.graph.apply('ChannelMoments', [x!], {})[1]!.mul(2),
  },
  'what a batch says across batches': {
    shapes: [[5]],
    build: ([x]: Inputs) => x!.graph.apply('AcrossBatches', [x!.mul(x!)], { name: 'squares' })[0]!.mul(3),
  },
};

describePrimitives(cases);

/**
 * Every operator that the models need, on shapes that are awkward: its gradient against finite differences, and every
 * backend against the evaluator. Before and after it convolutions make and take maps, which a backend keeps as it likes.
 */

import type { ConvAttrs } from '../../../native-models/core/primitives.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { type Shape, sizeOf } from '../../../native-models/core/shape.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { binaryCrossEntropy } from '../../../native-models/losses/binary-cross-entropy.ts';
import { completeIouLoss } from '../../../native-models/losses/box-overlap.ts';
import { crossEntropy } from '../../../native-models/losses/cross-entropy.ts';
import { focalLoss } from '../../../native-models/losses/focal.ts';
import { smoothL1 } from '../../../native-models/losses/smooth-l1.ts';
import { Dropout, spatialPyramidPool } from '../../../native-models/nn/layers.ts';
import type { Module } from '../../../native-models/nn/module.ts';
import { GroupNorm, LayerNorm } from '../../../native-models/nn/normalisation.ts';
import { adaptiveAveragePool, resizeBilinear, resizeNearest } from '../../../native-models/nn/resize.ts';
import { roiAlign } from '../../../native-models/nn/roi-align.ts';
import { MultiHeadAttention } from '../../../native-models/nn/transformer.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { type GradientCase, randomArray } from '../../kit/programs.ts';

type Sizes = readonly [images: number, channels: number, height: number, width: number];

const SHAPES: Readonly<Record<string, Sizes>> = {
  'whole blocks': [2, 16, 6, 8],
  'channels that fill no block, odd sides': [3, 20, 7, 5],
  'one image': [1, 16, 5, 6],
  'one pixel': [4, 24, 1, 1],
};

interface Operator {
  /** Operands beside the map. */
  readonly others?: (sizes: Sizes) => readonly Shape[];
  readonly build: (x: Tensor, others: readonly Tensor[]) => Tensor;
}

const simple = (build: Operator['build']): Operator => ({ build });

const EPSILON = 1e-3;
const BASE: ConvAttrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };
const sizesOf = (x: Tensor): Sizes => x.shape as unknown as Sizes;

/** As many filters as `filters` says for the map's channels, in groups. */
function conv(
  kernel: number,
  filters: (channels: number) => number,
  {
    groups = () => 1,
    ...given
  }: Partial<Omit<ConvAttrs, 'group'>> & { readonly groups?: (channels: number) => number },
): Operator {
  return {
    others: ([, c]) => [[filters(c), c / groups(c), kernel, kernel], [filters(c)]],
    build: (x, [weight, bias]) => x.conv(weight!, bias!, { ...BASE, ...given, group: groups(sizesOf(x)[1]) }),
  };
}

const each = (channels: number): number => channels;

function transposed(kernel: number, given: Partial<ConvAttrs>): Operator {
  const attrs = { ...BASE, ...given };
  return {
    others: ([, c]) => [[c, 24 / attrs.group, kernel, kernel]],
    build: (x, [weight]) => x.convTranspose(weight!, attrs),
  };
}

const vectors = ([, c]: Sizes): Shape[] => [[c], [c]];
const norm = (x: Tensor, operands: readonly Tensor[], prim: 'BatchNormTrain' | 'BatchNormInference'): Tensor =>
  x.graph.apply(prim, [x, ...operands], { epsilon: EPSILON })[0]!;

/** Numbers that nothing is derived by. */
const fixed = (x: Tensor, shape: Shape, draw?: GradientCase['draw']): Tensor =>
  x.graph.constant(randomArray(shape, rngFrom(shape.length, 'fixed'), draw).data, shape);
const bits = (x: Tensor, shape: Shape): Tensor => fixed(x, shape, (rng) => rng.integer(2));
const labels = (x: Tensor, count: number, classes: number): Tensor =>
  x.graph.constant(
    Array.from({ length: count }, (_, i) => (3 * i + 1) % classes),
    [count],
    'int32',
  );

/** Boxes by corner and size; of one pixel there are few numbers, but always a multiple of four. */
function boxes(values: Tensor): Tensor {
  const [corner, size] = values.reshape([sizeOf(values.shape) / 4, 4]).split([2, 2], 1) as [Tensor, Tensor];
  return corner.concat([corner.add(size.softplus()).add(0.1)], 1);
}

/** Pixels as tokens. Shapes: [N,C,H,W] -> [N,HW,C]. */
function tokens(x: Tensor): Tensor {
  const [n, c, h, w] = sizesOf(x);
  return x.reshape([n, c, h * w]).transpose([0, 2, 1]);
}

function aligned(x: Tensor): Tensor {
  const corners = [
    [0, 0, 9, 7],
    [3, 2, 30, 11],
    [-5, -4, 2, 3],
  ];
  const count = corners.length;
  const where = x.graph.constant(corners.flat(), [count, 4]);
  const images = x.graph.constant(new Array(count).fill(0), [count], 'int32');
  return roiAlign([x], where, images, null, { size: [2, 3], samplingRatio: 2, scales: [0.25] });
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  'convolution, stride 3, odd pads': conv(3, () => 24, { strides: [3, 3], pads: [1, 2, 1, 1] }),
  'convolution, asymmetric pads, strides that differ': conv(3, () => 16, {
    strides: [2, 1],
    pads: [0, 2, 2, 0],
  }),
  'convolution, dilated': conv(3, () => 16, { pads: [2, 2, 2, 2], dilations: [2, 2] }),
  'convolution in four groups': conv(3, (c) => 2 * c, { groups: () => 4, pads: [1, 1, 1, 1] }),
  'convolution in two groups, stride 2': conv(3, () => 32, { groups: () => 2, strides: [2, 2], pads: [1, 1, 1, 1] }),
  'depthwise convolution, stride 2': conv(3, each, { groups: each, strides: [2, 2], pads: [1, 1, 1, 1] }),
  'depthwise convolution 5x5, stride 3, dilated': conv(5, each, {
    groups: each,
    strides: [3, 3],
    pads: [4, 4, 4, 4],
    dilations: [2, 2],
  }),
  'transposed convolution 2x2, stride 2': transposed(2, { strides: [2, 2] }),
  'transposed convolution 3x3, stride 3, cut': transposed(3, { strides: [3, 3], pads: [1, 0, 0, 1] }),
  'transposed convolution in four groups, stride 2': transposed(4, { strides: [2, 2], pads: [1, 1, 1, 1], group: 4 }),
  'batch norm': { others: vectors, build: (x, others) => norm(x, others, 'BatchNormTrain') },
  'batch norm, frozen': {
    others: vectors,
    build: (x, others) => {
      const [, c] = sizesOf(x);
      const statistics = [fixed(x, [c]), fixed(x, [c], (rng) => 0.5 + rng.uniform())];
      return norm(x, [...others, ...statistics], 'BatchNormInference').relu();
    },
  },
  'batch norm by what batches say together': {
    others: vectors,
    build: (x, others) => norm(x, [...others, ...x.graph.apply('ChannelMoments', [x], {})], 'BatchNormInference'),
  },
  relu: simple((x) => x.relu()),
  relu6: simple((x) => x.mul(4).clip(0, 6)),
  silu: simple((x) => x.silu()),
  gelu: simple((x) => x.gelu()),
  'hard swish': simple((x) => x.mul(2).hardSwish()),
  sigmoid: simple((x) => x.sigmoid()),
  'softmax over channels': simple((x) => x.softmax(1)),
  'softmax over columns': simple((x) => x.softmax(3)),
  'max pool 3x3, stride 2': simple((x) => x.maxPool({ kernel: 3, stride: 2, padding: 1 })),
  'max pool 2x3, stride 1x3, behind a relu': simple((x) =>
    x.relu().maxPool({ kernel: [2, 3], stride: [1, 3], padding: 1 }),
  ),
  'average pool 3x3, stride 3': simple((x) => x.averagePool({ kernel: 3, stride: 3, padding: 1, countPads: false })),
  'global average pool': simple((x) => x.mean([2, 3])),
  'adaptive average pool': simple((x) => adaptiveAveragePool(x, [3, 2])),
  'spatial pyramid pool': simple((x) => spatialPyramidPool(x.silu())),
  'bilinear resize': simple((x) => resizeBilinear(x, [9, 4])),
  'nearest resize': simple((x) => resizeNearest(x, [5, 11])),
  'nearest resize, twice': simple((x) => x.upsample(2)),
  'concatenation of channels': simple((x) => x.relu().concat([x, x.mul(0.5)], 1)),
  'concatenation of rows': simple((x) => x.concat([x.mul(2)], 2)),
  'split of channels': simple((x) => {
    const [, c] = sizesOf(x);
    const [first, second, third] = x.split([8, c - 12, 4], 1) as [Tensor, Tensor, Tensor];
    return third.concat([second, first.mul(first)], 1);
  }),
  'slice with steps': simple((x) => x.slice([0, 3, 0, 0], [9, 15, 9, 9], [1, 2, 2, 3])),
  'slice of whole blocks': simple((x) => x.slice([0, 0, 0, 0], [9, 16, 9, 9], [1, 1, 2, 1])),
  'pad of pixels': simple((x) => x.pad([0, 0, 1, 0], [0, 0, 2, 3])),
  'gather of channels, some twice': simple((x) =>
    x.gather(x.graph.constant([7, 0, 7, 15, 2, 7, 1, 0], [8], 'int32'), 1),
  ),
  'gather of rows': simple((x) => x.gather(x.graph.constant([0, 0, 0], [3], 'int32'), 2)),
  'one-hot picks a channel': simple((x) => {
    const [n, c] = sizesOf(x);
    return x.mul(labels(x, n, c).oneHot(c).reshape([n, c, 1, 1])).sum([1]);
  }),
  where: simple((x) => bits(x, x.shape).greater(0).where(x, x.mul(x))),
  'where by channel': simple((x) => {
    const shape = [1, sizesOf(x)[1], 1, 1];
    return bits(x, shape).greater(0).where(x, x.graph.scalar(0.5, 'float32'));
  }),
  RoIAlign: simple(aligned),
  'binary cross-entropy': simple((x) => binaryCrossEntropy(x.mean([2, 3]), bits(x, x.shape.slice(0, 2)))),
  'binary cross-entropy, weighted': simple((x) => {
    const positiveWeights = fixed(x, [sizesOf(x)[1]], (rng) => 0.5 + rng.uniform());
    return binaryCrossEntropy(x.mean([2, 3]), bits(x, x.shape.slice(0, 2)), { reduction: 'none', positiveWeights });
  }),
  'focal loss': simple((x) => focalLoss(x, bits(x, x.shape))),
  'smooth L1': simple((x) => smoothL1(x, fixed(x, x.shape), 0.3)),
  CIoU: simple((x) => completeIouLoss(boxes(x), boxes(fixed(x, x.shape)))),
  'cross-entropy': simple((x) => crossEntropy(x.mean([2, 3]), labels(x, sizesOf(x)[0], sizesOf(x)[1]))),
  'cross-entropy, weighted and smoothed': simple((x) => {
    const [n, c] = sizesOf(x);
    const weights = fixed(x, [c], (rng) => 0.5 + rng.uniform());
    return crossEntropy(x.mean([2, 3]), labels(x, n, c), weights, { labelSmoothing: 0.1 });
  }),
};

/** Layers with parameters or random numbers of their own; the model is made for a number of channels. */
const LAYERS: Readonly<
  Record<string, { model: (channels: number) => Module; call: (layer: Module, x: Tensor) => Tensor }>
> = {
  'layer norm': { model: (c) => new LayerNorm(c), call: (layer, x) => layer.call(tokens(x)) },
  'group norm': { model: (c) => new GroupNorm(4, c), call: (layer, x) => layer.call(x) },
  attention: {
    model: (c) => new MultiHeadAttention(c, 4),
    call: (layer, x) => (layer as MultiHeadAttention).call(tokens(x).mul(0.1)),
  },
  'dropout from random numbers fed': { model: () => new Dropout(0.25), call: (layer, x) => layer.call(x) },
};

const OUTPUTS = 16;

/** Products of single pixels around what is tested: even a map of one pixel is made by a convolution over blocked maps. */
function between(sizes: Sizes, { others = () => [], build }: Operator, model?: Module): GradientCase {
  const [n, c, h, w] = sizes;
  const operands = others(sizes);
  const result = (inputs: readonly Tensor[]) =>
    build(inputs[0]!.conv(inputs[1]!, null, BASE), inputs.slice(2, 2 + operands.length));
  return {
    shapes: [[n, 8, h, w], [c, 8, 1, 1], ...operands, [OUTPUTS, 4 * c]],
    ...(model ? { model } : {}),
    build: (inputs) => {
      const y = result(inputs);
      if (y.shape.length !== 4) return y;
      const channels = y.shape[1]!;
      const filters = inputs[2 + operands.length]!.slice([0, 0], [OUTPUTS, channels]).reshape([
        OUTPUTS,
        channels,
        1,
        1,
      ]);
      return y.conv(filters, null, BASE);
    },
  };
}

const cases = Object.entries(SHAPES).flatMap(([name, sizes]) => [
  ...Object.entries(OPERATORS).map(([operator, it]) => [`${operator}: ${name}`, between(sizes, it)] as const),
  ...Object.entries(LAYERS).map(([operator, { model, call }]) => {
    const layer = model(sizes[1]);
    return [
      `${operator}: ${name}`,
      between(
        sizes,
        simple((x) => call(layer, x)),
        layer,
      ),
    ] as const;
  }),
]);

describePrimitives(Object.fromEntries(cases));

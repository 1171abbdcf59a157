import { describe, expect, test } from 'vitest';
import { probeBlock } from '../../../main/train/backends.ts';
import type { ConvAttrs } from '../../../native-models/core/primitives.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { packings } from '../../../native-models/onnx/packing.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import type { Emitter } from '../../../native-models/rules/emitter.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { suitsWinograd } from '../../../native-models/rules/onnx-blocked-winograd.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { type GradientCase, newGraph, randomArray, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

const block = await probeBlock();

type Inputs = readonly Tensor[];
const conv = (x: number[], weight: number[], attrs: Partial<ConvAttrs>, hasBias = false): GradientCase => ({
  shapes: hasBias ? [x, weight, [weight[0]!]] : [x, weight],
  build: ([input, w, bias]: Inputs) =>
    input!.conv(w!, bias ?? null, { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1, ...attrs }),
});
const batchNorm = (x: Tensor, scale: Tensor, bias: Tensor): Tensor =>
  x.graph.apply('BatchNormTrain', [x, scale, bias], { epsilon: 1e-5 })[0]!;
const awayFromKinks = (rng: { uniform(): number }) => Math.floor(rng.uniform() * 6 - 2) + 0.05 + 0.9 * rng.uniform();
const same: Partial<ConvAttrs> = { pads: [1, 1, 1, 1] };
const pointwise: ConvAttrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };

/** Convolutions of 3x3 around what is tested, so that maps are blocked there, in and out. */
const between = (channels: number, shape: number[], middle: (x: Tensor) => Tensor): GradientCase => ({
  shapes: [shape, [channels, shape[1]!, 3, 3], [8, channels, 1, 1]],
  build: ([x, first, last]: Inputs) => {
    const attrs = { strides: [1, 1], dilations: [1, 1], group: 1 } as const;
    const inner = middle(x!.conv(first!, null, { ...attrs, pads: [1, 1, 1, 1] }));
    return inner.shape.length === 4 && inner.shape[1] === channels
      ? inner.conv(last!, null, { ...attrs, pads: [0, 0, 0, 0] })
      : inner;
  },
});

const cases: Readonly<Record<string, GradientCase>> = {
  '3x3': conv([8, 16, 6, 5], [24, 16, 3, 3], same, true),
  '3x3 at batch 1': conv([1, 16, 6, 5], [24, 16, 3, 3], same),
  '3x3 at batch 16 on 7x7': conv([16, 8, 7, 7], [8, 8, 3, 3], same),
  '3x3, channels that fill no block': conv([8, 20, 6, 5], [13, 20, 3, 3], same, true),
  '3x3, stride 2': conv([8, 16, 8, 6], [16, 16, 3, 3], { ...same, strides: [2, 2] }),
  '3x3, stride 2, odd sides': conv([3, 16, 7, 9], [24, 16, 3, 3], { ...same, strides: [2, 2] }),
  '3x3, stride 2, padded as TensorFlow does': conv([8, 16, 8, 8], [16, 16, 3, 3], {
    pads: [0, 0, 1, 1],
    strides: [2, 2],
  }),
  '3x3, stride 3': conv([2, 16, 9, 10], [16, 16, 3, 3], { ...same, strides: [3, 3] }),
  '3x3, strides that differ': conv([2, 16, 9, 10], [16, 16, 3, 3], { ...same, strides: [2, 1] }),
  '3x3, rows unread': conv([8, 16, 8, 8], [16, 16, 3, 3], { strides: [2, 2] }),
  '3x3, dilated': conv([8, 16, 9, 8], [16, 16, 3, 3], { pads: [2, 2, 2, 2], dilations: [2, 2] }),
  '3x3, dilated and strided': conv([8, 16, 9, 8], [16, 16, 3, 3], { ...same, dilations: [2, 2], strides: [2, 2] }),
  '3x3, no padding': conv([2, 16, 5, 6], [16, 16, 3, 3], {}),
  '3x3, padded past its reach': conv([2, 16, 5, 6], [16, 16, 3, 3], { pads: [4, 4, 4, 4] }),
  '3x3, uneven padding': conv([8, 16, 5, 6], [16, 16, 3, 3], { pads: [0, 2, 1, 0] }),
  '3x3 on one row': conv([8, 16, 1, 9], [16, 16, 3, 3], same),
  '3x3 on one pixel': conv([4, 16, 1, 1], [16, 16, 3, 3], same),
  '3x3 on one pixel at batch 16': conv([16, 16, 1, 1], [24, 16, 3, 3], same, true),
  '3x3 on four pixels at batch 17': conv([17, 16, 2, 2], [16, 16, 3, 3], same, true),
  '3x3 from four pixels to one at batch 16': conv([16, 16, 2, 2], [24, 16, 3, 3], { ...same, strides: [2, 2] }),
  '1x3': conv([8, 16, 5, 6], [16, 16, 1, 3], { pads: [0, 1, 0, 1] }),
  '5x5, stride 2': conv([8, 16, 9, 11], [16, 16, 5, 5], { pads: [2, 2, 2, 2], strides: [2, 2] }),
  '2x2, stride 2': conv([8, 16, 6, 8], [16, 16, 2, 2], { strides: [2, 2] }),
  '2x2, stride 3': conv([8, 16, 7, 8], [16, 16, 2, 2], { strides: [3, 3] }),
  '1x1': conv([8, 16, 5, 6], [24, 16, 1, 1], {}, true),
  '1x1 on a large map, to more': conv([2, 16, 28, 28], [40, 16, 1, 1], {}),
  '1x1 on a large map, to fewer': conv([2, 40, 28, 28], [16, 40, 1, 1], {}),
  '1x1 on a large map in stretches, to more': conv([2, 16, 28, 30], [24, 16, 1, 1], {}),
  '1x1 on a large map in stretches, to fewer': conv([2, 24, 28, 30], [16, 24, 1, 1], {}),
  '1x1 of many channels, at batch 16': conv([16, 128, 8, 16], [144, 128, 1, 1], {}),
  '1x1 of many channels to fewer, at batch 12': conv([12, 144, 4, 5], [128, 144, 1, 1], {}),
  '1x1, stride 2': conv([8, 16, 8, 6], [24, 16, 1, 1], { strides: [2, 2] }),
  '1x1, stride 2, odd sides': conv([3, 16, 7, 9], [24, 16, 1, 1], { strides: [2, 2] }),
  '1x1, padded': conv([8, 16, 5, 6], [16, 16, 1, 1], same),
  'stem 7x7, stride 2': conv([2, 3, 15, 16], [16, 3, 7, 7], { pads: [3, 3, 3, 3], strides: [2, 2] }),
  'depthwise 3x3': conv([3, 16, 6, 5], [16, 1, 3, 3], { ...same, group: 16 }, true),
  'depthwise 3x3, channels that fill no block': conv([3, 20, 6, 5], [20, 1, 3, 3], { ...same, group: 20 }),
  'depthwise 3x3, stride 2': conv([3, 16, 8, 7], [16, 1, 3, 3], { ...same, group: 16, strides: [2, 2] }),
  'depthwise 3x3, stride 2, padded as TensorFlow does': conv([3, 16, 8, 8], [16, 1, 3, 3], {
    pads: [0, 0, 1, 1],
    group: 16,
    strides: [2, 2],
  }),
  // Planes so large that the input gradient takes them one at a time, and a mask behind it part by part.
  'depthwise 3x3 on a large map, stride 2, odd sides': conv([2, 16, 151, 130], [16, 1, 3, 3], {
    ...same,
    group: 16,
    strides: [2, 2],
  }),
  'relu6 before a strided depthwise convolution of a large map': {
    shapes: [
      [2, 16, 130, 132],
      [16, 1, 3, 3],
    ],
    build: ([x, w]: Inputs) =>
      x!
        .conv(x!.graph.constant(new Float64Array(16).fill(2), [16, 1, 1, 1]), null, { ...pointwise, group: 16 })
        .clip(-0.5, 1)
        .conv(w!, null, { ...pointwise, ...same, group: 16, strides: [2, 2] }),
  },
  'depthwise 5x5, dilated': conv([2, 16, 9, 9], [16, 1, 5, 5], { pads: [4, 4, 4, 4], group: 16, dilations: [2, 2] }),
  'two filters per channel': conv([2, 16, 6, 5], [32, 1, 3, 3], { ...same, group: 16 }),
  grouped: conv([2, 32, 6, 5], [16, 8, 3, 3], { ...same, group: 4 }),
  'grouped, whole blocks': conv([3, 64, 6, 5], [96, 32, 3, 3], { ...same, group: 2 }, true),
  'grouped, whole blocks, stride 2': conv([2, 64, 9, 8], [32, 32, 3, 3], { ...same, group: 2, strides: [2, 2] }),
  'grouped, images that fill blocks': conv([16, 32, 6, 5], [32, 16, 3, 3], { ...same, group: 2 }),
  'grouped 1x1': conv([2, 64, 6, 5], [32, 32, 1, 1], { group: 2 }),
  'grouped, four channels each': conv([3, 32, 6, 5], [32, 4, 3, 3], { ...same, group: 8 }, true),
  'grouped, four channels each, stride 2': conv([2, 32, 9, 8], [64, 4, 3, 3], { ...same, group: 8, strides: [2, 2] }),
  'grouped, four channels each, dilated': conv([2, 32, 9, 9], [32, 4, 3, 3], {
    pads: [2, 2, 2, 2],
    dilations: [2, 2],
    group: 8,
  }),
  'groups that fill no blocks together': conv([2, 20, 6, 5], [20, 4, 3, 3], { ...same, group: 5 }),
  'one filter': conv([8, 16, 6, 5], [1, 16, 3, 3], same),
  // Images that fill whole blocks of sixteen, and other ways for rows of images to fill blocks.
  '3x3 at batch 16': conv([16, 20, 6, 5], [24, 20, 3, 3], same),
  '3x3 at batch 16, stride 2, odd sides': conv([16, 16, 7, 9], [24, 16, 3, 3], { ...same, strides: [2, 2] }),
  '3x3 at batch 16, rows in parts': conv([16, 64, 3, 4], [16, 64, 3, 3], same),
  '3x3 at batch 32': conv([32, 16, 4, 3], [16, 16, 3, 3], same),
  '3x3 at batch 16, uneven padding': conv([16, 16, 4, 3], [16, 16, 3, 3], { pads: [0, 2, 1, 0] }),
  '1x1 at batch 16, stride 2': conv([16, 16, 5, 4], [24, 16, 1, 1], { strides: [2, 2] }),
  'stem 7x7 at batch 16, stride 2': conv([16, 3, 9, 8], [24, 3, 7, 7], { pads: [3, 3, 3, 3], strides: [2, 2] }),
  'stem 3x3 at batch 16, stride 2, padded as TensorFlow does': conv([16, 3, 8, 8], [16, 3, 3, 3], {
    pads: [0, 0, 1, 1],
    strides: [2, 2],
  }),
  'stem 2x2 at batch 16, columns unread': conv([16, 4, 5, 7], [16, 4, 2, 2], { strides: [2, 2] }),
  '3x3 at batch 16, columns unread': conv([16, 16, 8, 8], [16, 16, 3, 3], { strides: [2, 2] }),
  // Cotangents so large that their rows are taken in parts.
  '3x3 on a large map': conv([1, 16, 60, 60], [64, 16, 3, 3], same),
  'stem 3x3 on a large map, stride 2': conv([2, 3, 120, 120], [64, 3, 3, 3], { ...same, strides: [2, 2] }),
  // Numbers of images, and of images times groups, that the plain form of the operator refuses.
  '1x1 on a large map at batch 18': conv([18, 16, 28, 28], [16, 16, 1, 1], {}),
  'stem 3x3 at batch 44': conv([44, 3, 5, 4], [16, 3, 3, 3], same),
  'stem 3x3 at batch 64': conv([64, 3, 5, 4], [16, 3, 3, 3], same),
  'three images in eight groups': conv([3, 128, 3, 4], [128, 16, 3, 3], { ...same, group: 8 }),
  'three images in seventeen groups': conv([3, 272, 3, 4], [272, 16, 3, 3], { ...same, group: 17 }),
  'images in as many groups as a block holds': conv([3, 256, 3, 4], [256, 16, 3, 3], { ...same, group: 16 }),
  '3x3 at batch 17': conv([17, 16, 5, 4], [24, 16, 3, 3], same),
  'stem 3x3 at batch 33': conv([33, 3, 5, 4], [16, 3, 3, 3], same),
  '3x3, rows of two images in a block': conv([5, 16, 16, 5], [16, 16, 3, 3], same),
  '3x3, blocks of rows filled up': conv([5, 20, 9, 6], [24, 20, 3, 3], same),
  '3x3, blocks of rows filled up, stride 2': conv([5, 16, 18, 7], [16, 16, 3, 3], { ...same, strides: [2, 2] }),
  '3x3, blocks of rows filled up, columns unread': conv([3, 16, 10, 8], [16, 16, 3, 3], { strides: [2, 2] }),
  '1x1, blocks of rows filled up': conv([7, 16, 7, 7], [24, 16, 1, 1], {}),
  '3x3 on 7x7, images side by side': conv([6, 16, 7, 7], [20, 16, 3, 3], same, true),
  '3x3 on 5x7, padded unevenly, images side by side': conv([4, 16, 5, 7], [16, 16, 3, 3], { pads: [0, 2, 1, 0] }),
  '5x5 on 8x8, images side by side': conv([4, 16, 8, 8], [16, 16, 5, 5], { pads: [2, 2, 2, 2] }),
  '3x3 on 8x8, dilated, images side by side': conv([4, 16, 8, 8], [16, 16, 3, 3], {
    pads: [2, 2, 2, 2],
    dilations: [2, 2],
  }),
  'half as many filters as fill a block': conv([2, 16, 6, 5], [9, 16, 3, 3], same, true),
  'a convolution with bias and a sum': {
    shapes: [[2, 16, 6, 5], [24, 16, 1, 1], [24], [2, 24, 6, 5]],
    build: ([x, w, bias, other]: Inputs) =>
      other!.add(x!.conv(w!, bias!, { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 })),
  },
  'a convolution and a sum with its operand': {
    shapes: [
      [2, 16, 6, 5],
      [16, 16, 3, 3],
    ],
    build: ([x, w]: Inputs) => {
      const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 } as const;
      const first = x!.conv(w!, null, attrs);
      return first.conv(w!, null, attrs).add(first);
    },
  },
  'pixels repeated': between(20, [2, 8, 5, 6], (x) => x.upsample([2, 3])),
  'pixels averaged': between(20, [2, 8, 6, 6], (x) => x.averagePool({ kernel: 2, stride: 2 })),
  'pixels averaged, windows that overlap': between(20, [2, 8, 7, 6], (x) =>
    x.averagePool({ kernel: 3, stride: 2, padding: 1 }),
  ),
  // Wide enough for rows to be combined.
  '3x3 of combined rows': conv([2, 128, 16, 13], [128, 128, 3, 3], same, true),
  '3x3 of combined rows, sides that no tiles fill': conv([1, 130, 21, 19], [136, 130, 3, 3], same),
  '3x3 of combined rows, padded unevenly': conv([1, 128, 21, 20], [128, 128, 3, 3], { pads: [2, 0, 0, 2] }),
  '3x5 of combined rows': conv([1, 112, 17, 15], [128, 112, 3, 5], { pads: [1, 2, 1, 2] }),
  'batch norm, sum and activation': {
    shapes: [[3, 8, 6, 5], [16, 8, 3, 3], [16], [16], [3, 16, 6, 5]],
    build: ([x, w, scale, bias, other]: Inputs) =>
      batchNorm(x!.conv(w!, null, { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 }), scale!, bias!)
        .add(other!)
        .relu(),
  },
  'batch norm over a product of more channels': {
    shapes: [[2, 20, 28, 28], [72, 20, 1, 1], [72], [72]],
    build: ([x, w, scale, bias]: Inputs) => batchNorm(x!.conv(w!, null, pointwise), scale!, bias!).clip(-0.5, 1),
  },
  'batch norm over a product of more channels, and a shortcut': {
    shapes: [[2, 16, 28, 28], [32, 16, 1, 1], [32], [32], [16, 32, 1, 1]],
    build: ([x, w, scale, bias, back]: Inputs) =>
      batchNorm(x!.conv(w!, null, pointwise), scale!, bias!)
        .relu()
        .conv(back!, null, pointwise)
        .add(x!),
  },
  'batch norm over a product whose operand falls into no stretches': {
    shapes: [[3, 16, 29, 29], [32, 16, 1, 1], [32], [32]],
    build: ([x, w, scale, bias]: Inputs) => batchNorm(x!.conv(w!, null, pointwise), scale!, bias!).relu(),
  },
  'batch norm over a product, a sum and an activation': {
    shapes: [[1, 32, 28, 28], [64, 32, 1, 1], [64], [64], [1, 64, 28, 28]],
    build: ([x, w, scale, bias, other]: Inputs) =>
      batchNorm(x!.conv(w!, null, pointwise), scale!, bias!)
        .add(other!)
        .relu(),
  },
  'batch norm over a product that something else reads': {
    shapes: [[1, 16, 28, 28], [32, 16, 1, 1], [32], [32]],
    build: ([x, w, scale, bias]: Inputs) => {
      const y = x!.conv(w!, null, pointwise);
      return batchNorm(y, scale!, bias!).mul(y);
    },
  },
  'batch norm and silu over channels that fill no block': {
    shapes: [[3, 8, 6, 5], [20, 8, 3, 3], [20], [20]],
    build: ([x, w, scale, bias]: Inputs) =>
      batchNorm(x!.conv(w!, null, { ...pointwise, ...same }), scale!, bias!).silu(),
  },
  'batch norm over a product of more channels, and silu': {
    shapes: [[1, 16, 28, 28], [32, 16, 1, 1], [32], [32]],
    build: ([x, w, scale, bias]: Inputs) => batchNorm(x!.conv(w!, null, pointwise), scale!, bias!).silu(),
  },
  'batch norm, a sum and silu': {
    shapes: [[3, 8, 6, 5], [16, 8, 3, 3], [16], [16], [3, 16, 6, 5]],
    build: ([x, w, scale, bias, other]: Inputs) =>
      batchNorm(x!.conv(w!, null, { ...pointwise, ...same }), scale!, bias!)
        .add(other!)
        .silu(),
  },
  'batch norm over channels that fill no block': {
    shapes: [[3, 8, 6, 5], [20, 8, 3, 3], [20], [20]],
    build: ([x, w, scale, bias]: Inputs) =>
      batchNorm(x!.conv(w!, null, { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 }), scale!, bias!),
  },
  'batch norm on maps of more than one stretch': {
    shapes: [[2, 8, 20, 17], [8, 8, 3, 3], [8], [8]],
    build: ([x, w, scale, bias]: Inputs) =>
      batchNorm(
        x!.conv(w!, null, { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 }),
        scale!,
        bias!,
      ).clip(-0.5, 1),
  },
  'two batch norms added': {
    shapes: [[3, 8, 6, 5], [16, 8, 1, 1], [16], [16], [16, 8, 1, 1], [16], [16]],
    build: ([x, w, scale, bias, w2, scale2, bias2]: Inputs) => {
      const attrs: ConvAttrs = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 };
      const one = batchNorm(x!.conv(w!, null, attrs), scale!, bias!);
      return one.add(batchNorm(x!.conv(w2!, null, attrs), scale2!, bias2!)).relu();
    },
  },
  'batch norm with stored statistics': {
    shapes: [[3, 8, 6, 5], [20, 8, 3, 3], [20], [20]],
    build: ([x, w, scale, bias]: Inputs) => {
      const y = x!.conv(w!, null, { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 });
      const vector = (from: number) =>
        x!.graph.constant(
          Array.from({ length: 20 }, (_, i) => from + 0.1 * i),
          [20],
        );
      return x!.graph.apply('BatchNormInference', [y, scale!, bias!, vector(-1), vector(0.5)], { epsilon: 1e-5 })[0]!;
    },
  },
  ...Object.fromEntries(
    (
      [
        ['3x3 s2, odd sides', { kernel: 3, stride: 2, padding: 1 }],
        ['3x3 s2 without padding, rows unread', { kernel: 3, stride: 2 }],
        ['2x2 s2, a row unread', { kernel: 2, stride: 2 }],
        ['3x3 s1', { kernel: 3, stride: 1, padding: 1 }],
        ['3x2 s2x1, the last window cut off', { kernel: [3, 2], stride: [2, 1], padding: [1, 0, 1, 1], ceil: true }],
        ['2x2 s3, elements unread', { kernel: 2, stride: 3 }],
      ] as const
    ).map(([name, options]) => [
      `max pool ${name}`,
      { ...between(20, [2, 24, 7, 9], (x) => x.relu().maxPool(options)), draw: awayFromKinks },
    ]),
  ),
  'max pool of numbers below zero': between(20, [2, 24, 7, 9], (x) => x.sub(9).maxPool({ kernel: 3, stride: 2 })),
  'max pool of numbers below zero, padded': between(20, [2, 24, 7, 9], (x) =>
    x.sub(9).maxPool({ kernel: 3, stride: 2, padding: 1, ceil: true }),
  ),
  'spatial pyramid pool of numbers on both sides of zero': between(20, [2, 8, 6, 7], (x) =>
    x.maxPool({ kernel: 5, stride: 1, padding: 2 }),
  ),
  'max pool of equal numbers': {
    ...between(20, [2, 24, 3, 4], (x) => x.upsample(2).relu().maxPool({ kernel: 3, stride: 2, padding: 1 })),
    draw: awayFromKinks,
  },
  'max pool of an activation that something else reads': {
    ...between(16, [2, 8, 6, 8], (x) => {
      const y = x.relu();
      return y.maxPool({ kernel: 3, stride: 1, padding: 1 }).add(y);
    }),
    draw: awayFromKinks,
  },
  'max pool twice': {
    ...between(20, [2, 24, 7, 9], (x) => {
      const options = { kernel: 3, stride: 1, padding: 1 };
      return x.relu().maxPool(options).maxPool(options);
    }),
    draw: awayFromKinks,
  },
  'mean and variance of channels': between(20, [2, 24, 17, 18], (x) => {
    const [mean, variance] = x.graph.apply('ChannelMoments', [x], {});
    const unit = x.graph.constant(new Array(20).fill(1), [20]);
    return x.graph.apply('BatchNormInference', [x, unit, unit, mean!, variance!], { epsilon: 1e-5 })[0]!;
  }),
  'one factor per channel': between(20, [2, 8, 5, 6], (x) =>
    x.mul(x.graph.constant(new Array(20).fill(0.3), [1, 20, 1, 1])),
  ),
  'silu of channels that fill no block': between(20, [2, 8, 5, 6], (x) => x.silu()),
  'mean over each map': between(20, [2, 8, 5, 6], (x) => x.mean([2, 3])),
  'mean over each map, spread again': between(16, [2, 8, 5, 6], (x) => x.mul(x.mean([2, 3], true).expand(x.shape))),
  'one factor per map, a shortcut and an activation': between(16, [2, 8, 5, 6], (x) =>
    x
      .mul(x.mean([2, 3], true))
      .add(x)
      .relu(),
  ),
  'one factor per map, channels that fill no block': between(20, [2, 8, 5, 6], (x) => x.mul(x.mean([2, 3], true))),
  'one factor per map': between(16, [2, 8, 5, 6], (x) => x.mul(x.mean([2, 3], true))),
  'sum of everything': between(20, [2, 8, 5, 6], (x) => x.mul(x.mul(x).sum([0, 1, 2, 3]))),
  'exp of channels that fill no block': between(20, [2, 8, 5, 6], (x) => x.mul(0.1).exp()),
  'max pool': between(16, [2, 8, 6, 8], (x) => x.maxPool({ kernel: 3, stride: 2, padding: 1 })),
  'channels joined': between(16, [2, 8, 5, 6], (x) => x.concat([x.mul(2)], 1).slice([0, 8, 0, 0], [2, 24, 5, 6])),
  'pixels taken': between(16, [2, 8, 5, 6], (x) => x.slice([0, 0, 1, 0], [2, 16, 5, 6], [1, 1, 2, 2])),
  'images taken': between(16, [3, 8, 5, 6], (x) => x.slice([1, 0, 0, 0], [3, 16, 5, 6])),
  flattened: between(16, [2, 8, 5, 6], (x) => x.reshape([2, 480])),
  'a linear layer': {
    shapes: [[264, 256], [272, 256], [272]],
    build: ([x, w, bias]: Inputs) => x!.linear(w!, bias!),
  },
  'a linear layer to fewer, on a number of rows that has no divisor': {
    shapes: [[521, 320], [128, 320], [128]],
    build: ([x, w, bias]: Inputs) => x!.linear(w!, bias!),
  },
  'two linear layers with an activation between, on stacked rows': {
    shapes: [[3, 87, 256], [256, 256], [256], [272, 256], [272]],
    build: ([x, first, bias, second, other]: Inputs) => {
      const hidden = x!.reshape([261, 256]).mul(0.1).linear(first!, bias!).reshape([3, 87, 256]).gelu();
      return hidden.reshape([261, 256]).linear(second!, other!).reshape([3, 87, 272]);
    },
  },
  'a linear layer, a sum over everything and a shortcut': {
    shapes: [[264, 256], [256, 256], [256]],
    build: ([x, w, bias]: Inputs) => {
      const y = x!.mul(0.1).linear(w!, bias!);
      return y.add(x!).mul(y.mul(y).sum([0, 1]).mul(1e-4));
    },
  },
  'sums and means of long columns': {
    shapes: [[4, 128, 160]],
    build: ([x]: Inputs) =>
      x!
        .mul(x!.sum([0, 1], true))
        .add(x!.mean([0, 1], true))
        .mul(0.1),
  },
  'chunks that change places': {
    shapes: [[4, 64, 8, 32]],
    build: ([x]: Inputs) => x!.mul(x!).transpose([2, 0, 1, 3]),
  },
  'a product of two matrices as they are': {
    shapes: [
      [264, 272],
      [272, 256],
    ],
    build: ([a, b]: Inputs) => a!.matmul(b!),
  },
  'relu6 and its mask': between(20, [2, 8, 5, 6], (x) => x.clip(0, 6).mul(1.5)),
  'relu6 of large numbers': between(16, [2, 8, 5, 6], (x) => x.mul(1e6).clip(0, 6)),
  'clip on both sides of zero': between(16, [2, 8, 5, 6], (x) => x.clip(-1, 2)),
  'relu and its mask': { ...between(20, [2, 8, 5, 6], (x) => x.relu().mul(1.5)), draw: awayFromKinks },
};

describe.skipIf(block === null)('a large linear layer', () => {
  // The last are more rows than a kernel is high.
  test.each([256, 272, 260, 1030])(
    'of %i rows: value, gradients and the updated weight are the evaluator’s',
    async (rows) => {
      const rng = rngFrom(rows, 'linear');
      const graph = newGraph();
      const x = graph.input('x', 'float32', [rows, 256]);
      const [weight, bias] = [graph.input('weight', 'float32', [272, 256]), graph.input('bias', 'float32', [272])];
      const factors = graph.input('factors', 'float32', [rows, 272]);
      const y = x.linear(weight, bias);
      const loss = y.mul(factors).sum([0, 1]);
      const [dx, dw, db] = gradients(loss, [x, weight, bias]) as [Tensor, Tensor, Tensor];
      const norm = dw.mul(dw).sum([0, 1]).sqrt();
      const outputs = { y, dx, db, norm, 'next:weight': dw.scaleAdd(-0.1, weight) };
      const program = prune(new Map(Object.entries(outputs)), [x, weight, bias, factors]);
      const feeds = new Map(
        [x, weight, bias, factors].map(({ source, shape }) => [
          source.kind === 'input' ? source.name : '',
          randomArray(shape, rng),
        ]),
      );
      const expected = interpret(program, feeds);
      const actual = await runOnnx(program, blockedBackend(block!), feeds);

      expect(packings(program, blockedBackend(block!)).inputs.get('weight')!.layout).toBe('filter');
      for (const [output, value] of expected) {
        expect(actual.get(output)!.shape, output).toEqual(value.shape);
        expect(relativeError(actual.get(output)!, value), output).toBeLessThan(2e-5);
      }
    },
  );
});

test('rows are combined where the multiplications saved outweigh the passes over maps', () => {
  const suits = (images: number, channels: number, side: number) =>
    suitsWinograd({
      emit: null as unknown as Emitter,
      x: '',
      shape: [images, channels, side, side],
      kernel: [3, 3],
      outputs: channels,
      attrs: { pads: [1, 1, 1, 1], dilations: [1, 1] },
      block: 16,
    });

  expect([suits(16, 64, 56), suits(16, 128, 28), suits(16, 256, 14), suits(8, 512, 7), suits(1, 512, 7)]).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

describePrimitives(cases);

/** Sums of thousands of numbers, as bias gradients are; one addition after the other would be off by 5e-7 to 1e-6. */
const SUMS: Readonly<Record<string, GradientCase>> = {
  'down the columns of plain rows': { shapes: [[6144, 64]], build: ([x]: Inputs) => x!.sum([0]) },
  'down the columns of rows in blocks': {
    shapes: [
      [3136, 256],
      [256, 256],
    ],
    build: ([x, weight]: Inputs) => x!.matmul(weight!, { transposeB: true }).sum([0]),
  },
  'over the pixels of maps': {
    shapes: [
      [2, 16, 112, 112],
      [16, 1, 1, 1],
    ],
    build: ([x, w]: Inputs) =>
      x!.conv(w!, null, { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 16 }).sum([0, 2, 3]),
  },
};

describe.skipIf(block === null)('long sums keep their digits', () => {
  test.each(Object.entries(SUMS))('%s', async (name, { shapes, build }) => {
    const rng = rngFrom(name.length, 'sums');
    const graph = newGraph();
    const y = build(shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape)));
    const program = prune(new Map([['y', y]]));
    const feeds = new Map(shapes.map((shape, i) => [`x${i}`, randomArray(shape, rng)] as const));

    const exact = interpret(program, feeds).get('y')!.data;
    const actual = (await runOnnx(program, blockedBackend(block!), feeds)).get('y')!.data;

    const length = (values: Float64Array) => Math.hypot(...values);
    expect(length(actual.map((value, i) => value - exact[i]!)) / length(exact)).toBeLessThan(4.2e-7);
  });
});

/** Output types of every primitive. Sizes follow the ONNX operators of the same name. */

import type { ShapeRules, TensorType } from '../core/graph.ts';
import {
  type ConvAttrs,
  type PoolAttrs,
  type PrimAttrs,
  type ReduceAttrs,
  type RoiAlignAttrs,
  slidingSize,
} from '../core/primitives.ts';
import { broadcastShapes, type DType, type Shape, ShapeError, sameShape, sizeOf } from '../core/shape.ts';

const same = ([x]: readonly TensorType[]): TensorType[] => [{ dtype: x!.dtype, shape: x!.shape }];
const typed = (dtype: DType, shape: Shape): TensorType[] => [{ dtype, shape }];

function requireThat(condition: boolean, message: string): void {
  if (!condition) throw new ShapeError(message);
}

function requireFloat(types: readonly TensorType[], operation: string): void {
  for (const { dtype } of types) requireThat(dtype === 'float32', `${operation}: needs float32, got ${dtype}`);
}

const floatOnly =
  (operation: string) =>
  (types: readonly TensorType[]): TensorType[] => {
    requireFloat(types, operation);
    return same(types);
  };

/** Outputs: x times a function of x, that function's value. */
const withFactor =
  (operation: string) =>
  (types: readonly TensorType[]): TensorType[] => {
    requireFloat(types, operation);
    return [...same(types), ...same(types)];
  };

function broadcast(operation: string, result: DType | null) {
  return ([a, b]: readonly TensorType[]): TensorType[] => {
    requireThat(a!.dtype === b!.dtype, `${operation}: ${a!.dtype} and ${b!.dtype} do not mix`);
    return typed(result ?? a!.dtype, broadcastShapes(a!.shape, b!.shape, operation));
  };
}

function reduced([x]: readonly TensorType[], { axes, keepDims }: ReduceAttrs): TensorType[] {
  const kept = x!.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  return typed(x!.dtype, keepDims ? kept : x!.shape.filter((_, axis) => !axes.includes(axis)));
}

/** `first` and `second` have one shape; the result has it too. */
const likeFirst =
  (operation: string) =>
  ([first, second]: readonly TensorType[]): TensorType[] => {
    requireFloat([first!, second!], operation);
    requireThat(sameShape(first!.shape, second!.shape), `${operation}: [${first!.shape}] is not [${second!.shape}]`);
    return same([first!]);
  };

function pooled(operation: string, x: TensorType, { kernel, strides, pads }: PoolAttrs): number[] {
  requireThat(x.shape.length === 4, `${operation}: needs [N,C,H,W], got [${x.shape}]`);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const ho = slidingSize(h, kernel[0], strides[0], 1, pads[0] + pads[2]);
  const wo = slidingSize(w, kernel[1], strides[1], 1, pads[1] + pads[3]);
  requireThat(ho > 0 && wo > 0, `${operation}: window ${kernel} does not fit x [${x.shape}] with pads [${pads}]`);
  return [n, c, ho, wo];
}

function convolved([x, weight, bias]: readonly TensorType[], attrs: ConvAttrs): TensorType[] {
  requireFloat([x!, weight!], 'conv');
  requireThat(x!.shape.length === 4 && weight!.shape.length === 4, `conv: needs rank 4, got [${x!.shape}]`);
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const [k, perGroup, kh, kw] = weight!.shape as [number, number, number, number];
  requireThat(
    perGroup * attrs.group === c && k % attrs.group === 0,
    `conv: weight [${weight!.shape}] with ${attrs.group} groups needs ${perGroup * attrs.group} input channels, ` +
      `x [${x!.shape}] has ${c}`,
  );
  requireThat(bias === undefined || sameShape(bias.shape, [k]), `conv: bias [${bias?.shape}] is not [${k}]`);
  const ho = slidingSize(h, kh, attrs.strides[0], attrs.dilations[0], attrs.pads[0] + attrs.pads[2]);
  const wo = slidingSize(w, kw, attrs.strides[1], attrs.dilations[1], attrs.pads[1] + attrs.pads[3]);
  requireThat(ho > 0 && wo > 0, `conv: kernel [${kh},${kw}] does not fit x [${x!.shape}] with pads [${attrs.pads}]`);
  return typed('float32', [n, k, ho, wo]);
}

function multiplied([a, b, bias]: readonly TensorType[], transposeA: boolean, transposeB: boolean): TensorType[] {
  requireFloat([a!, b!], 'matmul');
  requireThat(a!.shape.length >= 2 && b!.shape.length >= 2, `matmul: needs rank 2 or more`);
  const [m, inner] = lastTwo(a!.shape, transposeA);
  const [otherInner, n] = lastTwo(b!.shape, transposeB);
  requireThat(inner === otherInner, `matmul: [${a!.shape}] x [${b!.shape}] need ${inner} = ${otherInner}`);
  const takesBias = a!.shape.length === 2 && b!.shape.length === 2;
  requireThat(
    bias === undefined || (takesBias && sameShape(bias.shape, [n])),
    `matmul: bias [${bias?.shape}] needs two matrices and [${n}], operands are [${a!.shape}] and [${b!.shape}]`,
  );
  return typed('float32', [...broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2), 'matmul'), m, n]);
}

function lastTwo(shape: Shape, isSwapped: boolean): [number, number] {
  const [p, q] = shape.slice(-2) as [number, number];
  return isSwapped ? [q, p] : [p, q];
}

function sliced(x: TensorType, starts: readonly number[], ends: readonly number[], steps: readonly number[]): number[] {
  const rank = x.shape.length;
  requireThat(starts.length === rank && ends.length === rank && steps.length === rank, `slice: needs ${rank} ranges`);
  return x.shape.map((side, axis) => {
    const step = steps[axis]!;
    const start = starts[axis]!;
    const end = step > 0 ? Math.min(ends[axis]!, side) : Math.max(ends[axis]!, -1);
    const count = Math.ceil((end - start) / step);
    requireThat(step !== 0 && start >= 0 && start < side && count > 0, `slice: empty on axis ${axis} of [${x.shape}]`);
    return count;
  });
}

function joined(types: readonly TensorType[], axis: number): TensorType[] {
  const [first] = types;
  const total = types.reduce((sum, type) => sum + type.shape[axis]!, 0);
  const fits = types.every((type) => sameShape(type.shape.with(axis, 0), first!.shape.with(axis, 0)));
  requireThat(fits, `concat on axis ${axis}: ${types.map((type) => `[${type.shape}]`).join(' ')}`);
  return typed(first!.dtype, first!.shape.with(axis, total));
}

function parted(x: TensorType, axis: number, sizes: readonly number[]): TensorType[] {
  const fits = sizes.every((size) => size > 0) && sizes.reduce((sum, size) => sum + size, 0) === x.shape[axis];
  requireThat(fits, `split: sizes [${sizes}] do not fill axis ${axis} of [${x.shape}]`);
  return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.with(axis, size) }));
}

function gathered([x, indices]: readonly TensorType[], axis: number): TensorType[] {
  const isWhole = indices!.dtype === 'int32' || indices!.dtype === 'int64';
  requireThat(isWhole, `gather: indices are ${indices!.dtype}, not int32 or int64`);
  requireThat(axis >= 0 && axis < x!.shape.length, `gather: no axis ${axis} in [${x!.shape}]`);
  return typed(x!.dtype, [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)]);
}

/** The input of a convolution whose output is `g`. */
function convolutionInput([g, weight]: readonly TensorType[], attrs: PrimAttrs['ConvInputGrad']): TensorType[] {
  const [forward] = convolved([{ dtype: 'float32', shape: attrs.inputShape }, weight!], attrs);
  const fits = sameShape(forward!.shape, g!.shape);
  requireThat(fits, `convInputGrad: [${g!.shape}] is not the [${forward!.shape}] that [${attrs.inputShape}] gives`);
  return typed('float32', attrs.inputShape);
}

/** Shapes: x [N,C,H,W], then vectors [C]. */
function requireChannels(operation: string, x: TensorType, vectors: readonly TensorType[]): void {
  requireFloat([x, ...vectors], operation);
  const fits = x.shape.length === 4 && vectors.every((vector) => sameShape(vector.shape, [x.shape[1]!]));
  requireThat(fits, `${operation}: x [${x.shape}], vectors ${vectors.map((vector) => `[${vector.shape}]`).join(' ')}`);
}

function requireRois(
  boxes: TensorType,
  images: TensorType,
  levels: TensorType,
  maps: readonly TensorType[],
  { scales, samplingRatio }: RoiAlignAttrs,
): void {
  const [count] = boxes.shape;
  requireFloat([boxes, ...maps], 'roiAlign');
  requireThat(sameShape(boxes.shape, [count!, 4]), `roiAlign: boxes are [${boxes.shape}], not [R,4]`);
  for (const [name, { shape, dtype }] of Object.entries({ images, levels })) {
    const fits = dtype === 'int32' && sameShape(shape, [count!]);
    requireThat(fits, `roiAlign: ${name} are ${dtype} [${shape}], not int32 [${count}]`);
  }
  requireThat(scales.length === maps.length, `roiAlign: ${scales.length} scales for ${maps.length} maps`);
  const isWhole = Number.isInteger(samplingRatio) && samplingRatio >= 0;
  requireThat(isWhole, `roiAlign: sampling ratio ${samplingRatio} is not a whole number`);
  const [first] = maps;
  const fits = maps.every(({ shape }) => shape.length === 4 && sameShape(shape.slice(0, 2), first!.shape.slice(0, 2)));
  requireThat(fits, `roiAlign: maps ${maps.map(({ shape }) => `[${shape}]`).join(' ')} differ in images or channels`);
}

export const shapeRules: ShapeRules = {
  Neg: floatOnly('neg'),
  Exp: floatOnly('exp'),
  Log: floatOnly('log'),
  Sqrt: floatOnly('sqrt'),
  Relu: floatOnly('relu'),
  Gelu: ([x]) => [...withFactor('gelu')([x!]), ...same([x!])],
  Silu: withFactor('silu'),
  Sigmoid: floatOnly('sigmoid'),
  HardSigmoid: floatOnly('hardSigmoid'),
  Tanh: floatOnly('tanh'),
  Softplus: floatOnly('softplus'),
  Erf: floatOnly('erf'),
  Atan: floatOnly('atan'),
  Abs: floatOnly('abs'),
  Floor: floatOnly('floor'),
  Pow: floatOnly('pow'),
  StopGradient: same,
  Clip: floatOnly('clip'),
  Cast: ([x], { to }) => typed(to, x!.shape),
  Add: broadcast('add', null),
  Sub: broadcast('sub', null),
  Mul: broadcast('mul', null),
  Div: broadcast('div', null),
  Max: broadcast('max', null),
  Min: broadcast('min', null),
  Greater: broadcast('greater', 'bool'),
  Equal: broadcast('equal', 'bool'),
  Where: ([condition, yes, no]) => {
    requireThat(condition!.dtype === 'bool', `where: condition is ${condition!.dtype}, not bool`);
    const [value] = broadcast('where', null)([yes!, no!]);
    return typed(value!.dtype, broadcastShapes(condition!.shape, value!.shape, 'where'));
  },
  ReduceSum: reduced,
  ReduceMean: reduced,
  Reshape: ([x], { shape }) => {
    requireThat(sizeOf(x!.shape) === sizeOf(shape), `reshape: [${x!.shape}] does not fill [${shape}]`);
    return typed(x!.dtype, shape);
  },
  Transpose: ([x], { perm }) => {
    const isPermutation = perm.length === x!.shape.length && perm.every((_, axis) => perm.includes(axis));
    requireThat(isPermutation, `transpose: [${perm}] does not permute [${x!.shape}]`);
    return typed(
      x!.dtype,
      perm.map((axis) => x!.shape[axis]!),
    );
  },
  Expand: ([x], { shape }) => {
    requireThat(sameShape(broadcastShapes(x!.shape, shape, 'expand'), shape), `expand: [${x!.shape}] to [${shape}]`);
    return typed(x!.dtype, shape);
  },
  Slice: ([x], { starts, ends, steps }) => typed(x!.dtype, sliced(x!, starts, ends, steps)),
  Pad: ([x], { before, after }) => {
    const fits = before.length === x!.shape.length && after.length === x!.shape.length;
    requireThat(fits && [...before, ...after].every((n) => n >= 0), `pad: [${before}] [${after}] on [${x!.shape}]`);
    return typed(
      x!.dtype,
      x!.shape.map((side, axis) => side + before[axis]! + after[axis]!),
    );
  },
  Concat: (types, { axis }) => joined(types, axis),
  Gather: (types, { axis }) => gathered(types, axis),
  TopK: ([x], { k }) => {
    requireFloat([x!], 'topK');
    const side = x!.shape.at(-1) ?? 0;
    requireThat(Number.isInteger(k) && k >= 1 && k <= side, `topK: ${k} of the last axis of [${x!.shape}]`);
    const shape = x!.shape.with(-1, k);
    return [...typed('float32', shape), ...typed('int32', shape)];
  },
  RoiAlign: ([boxes, images, levels, ...maps], attrs) => {
    requireRois(boxes!, images!, levels!, maps, attrs);
    return typed('float32', [boxes!.shape[0]!, maps[0]!.shape[1]!, ...attrs.size]);
  },
  NonMaxSuppression: ([boxes, scores]) => {
    requireFloat([boxes!, scores!], 'nonMaxSuppression');
    const [n, , r] = scores!.shape;
    const fits = scores!.shape.length === 3 && sameShape(boxes!.shape, [n!, r!, 4]);
    requireThat(fits, `nonMaxSuppression: boxes [${boxes!.shape}] and scores [${scores!.shape}], not [N,R,4], [N,C,R]`);
    return same([scores!]);
  },
  Upsample: ([x], { factors: [down, across] }) => {
    requireFloat([x!], 'upsample');
    requireThat(x!.shape.length === 4, `upsample: needs [N,C,H,W], got [${x!.shape}]`);
    const areWhole = [down, across].every((factor) => Number.isInteger(factor) && factor >= 1);
    requireThat(areWhole, `upsample: factors [${down},${across}] are not whole numbers of at least 1`);
    return typed('float32', [x!.shape[0]!, x!.shape[1]!, x!.shape[2]! * down, x!.shape[3]! * across]);
  },
  Split: ([x], { axis, sizes }) => parted(x!, axis, sizes),
  MatMul: (types, { transposeA, transposeB }) => multiplied(types, transposeA, transposeB),
  Conv: convolved,
  MaxPool: ([x], attrs) => {
    requireFloat([x!], 'maxPool');
    const { kernel, pads } = attrs;
    const paddedLess = pads.every((pad, i) => pad < kernel[i % 2]!);
    requireThat(paddedLess, `maxPool: pads [${pads}] reach a whole window [${kernel}]`);
    const shape = pooled('maxPool', x!, attrs);
    return [
      { dtype: 'float32', shape },
      { dtype: 'int64', shape },
    ];
  },
  AveragePool: ([x], attrs) => typed('float32', pooled('averagePool', x!, attrs)),
  BatchNormTrain: ([x, scale, bias]) => {
    requireChannels('batchNorm', x!, [scale!, bias!]);
    const vector: TensorType = { dtype: 'float32', shape: scale!.shape };
    return [{ dtype: 'float32', shape: x!.shape }, vector, vector];
  },
  BatchNormInference: ([x, ...vectors]) => {
    requireChannels('batchNorm', x!, vectors);
    return same([x!]);
  },
  ChannelMoments: ([x]) => {
    requireChannels('channelMoments', x!, []);
    return [...typed('float32', [x!.shape[1]!]), ...typed('float32', [x!.shape[1]!])];
  },
  AcrossBatches: ([x]) => {
    requireThat(x!.shape.length === 1, `acrossBatches: [${x!.shape}] is not a vector`);
    return same([x!]);
  },
  Standardize: ([x]) => {
    requireFloat([x!], 'standardize');
    requireThat(x!.shape.length > 0, 'standardize: needs an axis, got a scalar');
    return [...same([x!]), ...typed('float32', x!.shape.with(-1, 1))];
  },
  Softmax: floatOnly('softmax'),
  LogSoftmax: floatOnly('logSoftmax'),
  OneHot: ([x], { depth }) => {
    requireThat(x!.dtype === 'int32', `oneHot: needs int32, got ${x!.dtype}`);
    return typed('float32', [...x!.shape, depth]);
  },
  ReluGrad: likeFirst('reluGrad'),
  ClipGrad: likeFirst('clipGrad'),
  SiluGrad: likeFirst('siluGrad'),
  ConvInputGrad: convolutionInput,
  ConvWeightGrad: (_, { weightShape }) => typed('float32', weightShape),
  MaxPoolGrad: (_, { inputShape }) => typed('float32', inputShape),
  AveragePoolGrad: (_, { inputShape }) => typed('float32', inputShape),
  GatherGrad: ([g, indices], { axis, inputShape }) => {
    const [forward] = gathered([{ dtype: 'float32', shape: inputShape }, indices!], axis);
    requireThat(sameShape(forward!.shape, g!.shape), `gatherGrad: [${g!.shape}] is not [${forward!.shape}]`);
    return typed('float32', inputShape);
  },
  RoiAlignGrad: ([g, boxes, images, levels], { mapShapes, ...attrs }) => {
    const maps: TensorType[] = mapShapes.map((shape) => ({ dtype: 'float32', shape }));
    requireRois(boxes!, images!, levels!, maps, attrs);
    requireThat(attrs.samplingRatio > 0, 'roiAlignGrad: needs a fixed sampling ratio');
    const forward = [boxes!.shape[0]!, maps[0]!.shape[1]!, ...attrs.size];
    requireThat(sameShape(g!.shape, forward), `roiAlignGrad: [${g!.shape}] is not [${forward}]`);
    return maps;
  },
  StandardizeGrad: likeFirst('standardizeGrad'),
  BatchNormGrad: ([g, x, scale, mean, variance]) => {
    requireChannels('batchNormGrad', x!, [scale!, mean!, variance!]);
    requireThat(sameShape(g!.shape, x!.shape), `batchNormGrad: [${g!.shape}] is not [${x!.shape}]`);
    const vector: TensorType = { dtype: 'float32', shape: scale!.shape };
    return [{ dtype: 'float32', shape: x!.shape }, vector, vector];
  },
  ScaleAdd: ([scale, x, y]) => {
    requireFloat([scale!, x!, y!], 'scaleAdd');
    requireThat(scale!.shape.length === 0, `scaleAdd: scale [${scale!.shape}] is not a scalar`);
    requireThat(sameShape(x!.shape, y!.shape), `scaleAdd: [${x!.shape}] is not [${y!.shape}]`);
    return same([x!]);
  },
};

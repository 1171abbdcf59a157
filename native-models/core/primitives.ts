/**
 * The primitives of the intermediate representation, with their attributes. Every table in `rules/` has one entry for
 * each of them; a missing entry is a compile error. Tensors are NCHW, weights KCHW (output channels first).
 */

import type { DType } from './shape.ts';

export type Pair = readonly [height: number, width: number];
/** Rows and columns added around a map. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

type None = Record<never, never>;

export interface ConvAttrs {
  readonly strides: Pair;
  readonly pads: Pads;
  readonly dilations: Pair;
  readonly group: number;
}

export interface PoolAttrs {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
}

/** Samples of boxes taken from a pyramid of maps. */
export interface RoiAlignAttrs {
  /** Bins of a box, down and across. */
  readonly size: Pair;
  /** Samples along each side of a bin; 0: as many as the bin has map pixels, rounded up, and no gradient. */
  readonly samplingRatio: number;
  /** Map pixels per image pixel, one for each map. */
  readonly scales: readonly number[];
  /** Whether pixel centres lie at half; torchvision's detectors use false. */
  readonly aligned: boolean;
}

export interface ReduceAttrs {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** One value of the result from the values at the same place of the operands. */
export interface ElementwiseAttrs {
  // One operand.
  Neg: None;
  Exp: None;
  Log: None;
  Sqrt: None;
  Relu: None;
  /** x times the normal distribution's cumulative function at x. Outputs: y, that function's value, x for the derivative. */
  Gelu: None;
  /** x * sigmoid(x). Outputs: y, sigmoid(x). */
  Silu: None;
  Sigmoid: None;
  /** alpha * x + beta, held within 0 and 1. */
  HardSigmoid: { readonly alpha: number; readonly beta: number };
  Tanh: None;
  /** log(1 + exp(x)). */
  Softplus: None;
  Erf: None;
  Atan: None;
  Abs: None;
  Floor: None;
  Pow: { readonly exponent: number };
  /** x itself; its cotangent goes no further. */
  StopGradient: None;
  Clip: { readonly min: number; readonly max: number };
  Cast: { readonly to: DType };
  // Broadcasting.
  Add: None;
  Sub: None;
  Mul: None;
  Div: None;
  Max: None;
  Min: None;
  Greater: None;
  Equal: None;
  Where: None;
}

export interface PrimAttrs extends ElementwiseAttrs {
  // Reductions.
  ReduceSum: ReduceAttrs;
  ReduceMean: ReduceAttrs;
  // Movement.
  Reshape: { readonly shape: readonly number[] };
  Transpose: { readonly perm: readonly number[] };
  Expand: { readonly shape: readonly number[] };
  Slice: { readonly starts: readonly number[]; readonly ends: readonly number[]; readonly steps: readonly number[] };
  Pad: { readonly before: readonly number[]; readonly after: readonly number[] };
  Concat: { readonly axis: number };
  /** One output per size; every output carries a gradient. */
  Split: { readonly axis: number; readonly sizes: readonly number[] };
  /** Inputs: x, whole-number indices. Takes the place of one axis by those of the indices. */
  Gather: { readonly axis: number };
  /**
   * The k largest numbers along the last axis, falling; of equal ones the first comes first. Outputs: values, their places
   * (int32). The values carry a gradient.
   */
  TopK: { readonly k: number };
  /**
   * Inputs: boxes xyxy [N,R,4], scores [N,C,R]. For each image and class by itself, of the boxes that score above
   * `scoreThreshold`, the best is kept and those that overlap a kept one by more than `iouThreshold` are not.
   * Output: 1 where kept, else 0, [N,C,R].
   */
  NonMaxSuppression: { readonly iouThreshold: number; readonly scoreThreshold: number };
  /**
   * Inputs: boxes xyxy [R,4] in image pixels, images int32 [R], levels int32 [R] (which map each box is taken from), then
   * the maps [N,C,Hl,Wl]. Output: [R,C,height,width], the mean of the bilinear samples in each bin. Boxes get no gradient.
   */
  RoiAlign: RoiAlignAttrs;
  /** Every row and column of a map repeated. */
  Upsample: { readonly factors: Pair };
  // Products.
  /** Inputs: a, b and, for two matrices, an optional bias over the columns of the product. */
  MatMul: { readonly transposeA: boolean; readonly transposeB: boolean };
  Conv: ConvAttrs;
  // Windows.
  MaxPool: PoolAttrs;
  AveragePool: PoolAttrs & { readonly countPads: boolean };
  // Normalisation and losses.
  BatchNormTrain: { readonly epsilon: number };
  BatchNormInference: { readonly epsilon: number };
  /** Mean and population variance of each channel; both outputs carry a gradient. */
  ChannelMoments: None;
  /**
   * The mean of a vector over all batches of an update; of one batch, the vector itself. `name` is unique in a graph.
   * Every batch has its own program, so this is where programs are cut: `passes/stages.ts`.
   */
  AcrossBatches: { readonly name: string };
  /** Over the last axis: (x - mean) / sqrt(variance + epsilon). Outputs: that, 1 / sqrt(variance + epsilon). */
  Standardize: { readonly epsilon: number };
  Softmax: { readonly axis: number };
  LogSoftmax: { readonly axis: number };
  OneHot: { readonly depth: number };
  // Gradients that have a better form than their composition; each is emitted by one rule of `rules/vjp.ts`.
  ReluGrad: None;
  /** Inputs: cotangent, both outputs of Silu. */
  SiluGrad: None;
  ClipGrad: { readonly min: number; readonly max: number };
  ConvInputGrad: ConvAttrs & { readonly inputShape: readonly number[] };
  ConvWeightGrad: ConvAttrs & { readonly weightShape: readonly number[] };
  MaxPoolGrad: { readonly inputShape: readonly number[] };
  AveragePoolGrad: PoolAttrs & { readonly countPads: boolean; readonly inputShape: readonly number[] };
  BatchNormGrad: { readonly epsilon: number };
  /** Inputs: cotangent, indices. What an index took several times gets the sum. */
  GatherGrad: { readonly axis: number; readonly inputShape: readonly number[] };
  /** Inputs: cotangent, boxes, images, levels. One output per map. */
  RoiAlignGrad: RoiAlignAttrs & { readonly mapShapes: readonly (readonly number[])[] };
  /** scale * x + y, with one scale for all elements: what optimizers are made of, and one pass where a backend has it. */
  ScaleAdd: None;
  /** Inputs: cotangent, the standardized tensor, the inverse deviations. */
  StandardizeGrad: None;
}

export type Prim = keyof PrimAttrs;
export type ElementwisePrim = keyof ElementwiseAttrs;

/** Output size of a window that slides over one axis. Source: ONNX Conv, `auto_pad = NOTSET`, floor mode. */
export function slidingSize(size: number, kernel: number, stride: number, dilation: number, padding: number): number {
  return Math.floor((size + padding - dilation * (kernel - 1) - 1) / stride) + 1;
}

/**
 * A value of a graph under construction, and the operations a model is written with. Each method adds one primitive
 * to the graph, checks its shapes at once, and returns the result.
 */

import type { Graph } from './graph.ts';
import type { ConvAttrs, Pads, Pair, PoolAttrs, Prim, PrimAttrs } from './primitives.ts';
import { type DType, normalAxes, type Shape, ShapeError, sameShape } from './shape.ts';

/** One application of a primitive. */
export interface Op<P extends Prim = Prim> {
  readonly id: number;
  readonly prim: P;
  readonly attrs: PrimAttrs[P];
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

export type Source =
  | { readonly kind: 'input'; readonly name: string }
  | { readonly kind: 'constant'; readonly data: Float64Array }
  | { readonly kind: 'op'; readonly op: Op; readonly index: number };

/** The operation whose result a tensor is, where that is of one kind. */
export function madeBy<P extends Prim>({ source }: Tensor, prim: P): Op<P> | null {
  return source.kind === 'op' && source.op.prim === prim ? (source.op as Op as Op<P>) : null;
}

/** A tensor, or a number that stands for a scalar of the other operand's type. */
export type Operand = Tensor | number;

export class Tensor {
  readonly graph: Graph;
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly source: Source;

  constructor(graph: Graph, id: number, dtype: DType, shape: Shape, source: Source) {
    this.graph = graph;
    this.id = id;
    this.dtype = dtype;
    this.shape = shape;
    this.source = source;
  }

  neg(): Tensor {
    return this.one('Neg', [], {});
  }
  exp(): Tensor {
    return this.one('Exp', [], {});
  }
  log(): Tensor {
    return this.one('Log', [], {});
  }
  sqrt(): Tensor {
    return this.one('Sqrt', [], {});
  }
  relu(): Tensor {
    return this.one('Relu', [], {});
  }
  /** Source: Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415; the exact form, by the error function. */
  gelu(): Tensor {
    return this.graph.apply('Gelu', [this], {})[0]!;
  }
  /** Source: Ramachandran et al. 2017, https://arxiv.org/abs/1710.05941; beta 1. */
  silu(): Tensor {
    return this.graph.apply('Silu', [this], {})[0]!;
  }
  sigmoid(): Tensor {
    return this.one('Sigmoid', [], {});
  }
  /** The defaults are torch's. */
  hardSigmoid(alpha: number = 1 / 6, beta = 0.5): Tensor {
    return this.one('HardSigmoid', [], { alpha, beta });
  }
  /** Source: Howard et al. 2019, https://arxiv.org/abs/1905.02244, section 5.2. */
  hardSwish(): Tensor {
    return this.mul(this.hardSigmoid());
  }
  tanh(): Tensor {
    return this.one('Tanh', [], {});
  }
  softplus(): Tensor {
    return this.one('Softplus', [], {});
  }
  erf(): Tensor {
    return this.one('Erf', [], {});
  }
  atan(): Tensor {
    return this.one('Atan', [], {});
  }
  abs(): Tensor {
    return this.one('Abs', [], {});
  }
  floor(): Tensor {
    return this.one('Floor', [], {});
  }
  /** Called on numbers of at least 0, unless the exponent is whole. */
  pow(exponent: number): Tensor {
    return this.one('Pow', [], { exponent });
  }
  /** The same values, constant to every derivative. */
  stopGradient(): Tensor {
    return this.one('StopGradient', [], {});
  }
  clip(min: number, max: number): Tensor {
    return this.one('Clip', [], { min, max });
  }
  cast(to: DType): Tensor {
    return to === this.dtype ? this : this.one('Cast', [], { to });
  }

  add(other: Operand): Tensor {
    return this.one('Add', [other], {});
  }
  sub(other: Operand): Tensor {
    return this.one('Sub', [other], {});
  }
  mul(other: Operand): Tensor {
    return this.one('Mul', [other], {});
  }
  div(other: Operand): Tensor {
    return this.one('Div', [other], {});
  }
  /** this * scale + other. Shapes: scale [], other as this. */
  scaleAdd(scale: Operand, other: Tensor): Tensor {
    const factor = typeof scale === 'number' ? this.graph.scalar(scale, this.dtype) : scale;
    return this.graph.apply('ScaleAdd', [factor, this, other], {})[0]!;
  }
  /** Where both are equal each gets half the gradient, as in torch. */
  maximum(other: Operand): Tensor {
    return this.one('Max', [other], {});
  }
  /** Where both are equal each gets half the gradient, as in torch. */
  minimum(other: Operand): Tensor {
    return this.one('Min', [other], {});
  }
  /** Result: bool. */
  greater(other: Operand): Tensor {
    return this.one('Greater', [other], {});
  }
  /** Result: bool. */
  equal(other: Operand): Tensor {
    return this.one('Equal', [other], {});
  }
  /** Called on a bool tensor: `yes` where true, else `no`. */
  where(yes: Tensor, no: Tensor): Tensor {
    return this.one('Where', [yes, no], {});
  }

  sum(axes: readonly number[], keepDims = false): Tensor {
    return this.one('ReduceSum', [], { axes: normalAxes(axes, this.shape.length, 'sum'), keepDims });
  }
  mean(axes: readonly number[], keepDims = false): Tensor {
    return this.one('ReduceMean', [], { axes: normalAxes(axes, this.shape.length, 'mean'), keepDims });
  }

  reshape(shape: Shape): Tensor {
    return sameShape(shape, this.shape) ? this : this.one('Reshape', [], { shape });
  }
  transpose(perm: readonly number[]): Tensor {
    return perm.every((axis, i) => axis === i) ? this : this.one('Transpose', [], { perm });
  }
  expand(shape: Shape): Tensor {
    return sameShape(shape, this.shape) ? this : this.one('Expand', [], { shape });
  }
  /** `ends` past the side are clipped; a negative step walks from `starts` down to before `ends`. */
  slice(starts: readonly number[], ends: readonly number[], steps = starts.map(() => 1)): Tensor {
    return this.one('Slice', [], { starts, ends, steps });
  }
  /** Zeros around; every count is at least 0. */
  pad(before: readonly number[], after: readonly number[]): Tensor {
    return [...before, ...after].every((n) => n === 0) ? this : this.one('Pad', [], { before, after });
  }
  /** Called on the first of the tensors to be joined. */
  concat(others: readonly Tensor[], axis: number): Tensor {
    return this.one('Concat', others, { axis: axis < 0 ? axis + this.shape.length : axis });
  }
  /** Consecutive parts along one axis; the sizes add up to its side. */
  split(sizes: readonly number[], axis: number): readonly Tensor[] {
    return this.graph.apply('Split', [this], { axis: axis < 0 ? axis + this.shape.length : axis, sizes });
  }

  /** Shapes: [A,S,B], indices int32 or int64 [...] within [0,S), axis 1 -> [A,...,B]. */
  gather(indices: Tensor, axis: number): Tensor {
    return this.one('Gather', [indices], { axis: axis < 0 ? axis + this.shape.length : axis });
  }
  /** The largest along the last axis, falling, and their places. Shapes: [...,S] -> [...,k], int32 [...,k]. */
  topK(k: number): readonly [values: Tensor, places: Tensor] {
    const [values, places] = this.graph.apply('TopK', [this], { k });
    return [values!, places!];
  }
  /** Called on boxes xyxy [N,R,4]. Shapes: scores [N,C,R] -> [N,C,R], 1 where kept. */
  nonMaxSuppression(scores: Tensor, thresholds: PrimAttrs['NonMaxSuppression']): Tensor {
    return this.one('NonMaxSuppression', [scores], thresholds);
  }
  /** Shapes: [N,C,H,W] -> [N,C,H*down,W*across], each pixel repeated. */
  upsample(factors: number | Pair): Tensor {
    return this.one('Upsample', [], { factors: pair(factors) });
  }

  /** Shapes: [...,M,K] x [...,K,N] -> [...,M,N]; leading axes broadcast; a transposed operand swaps its last two axes. */
  matmul(other: Tensor, { transposeA = false, transposeB = false } = {}): Tensor {
    return this.one('MatMul', [other], { transposeA, transposeB });
  }
  /** Shapes: x [M,K], weight [N,K], bias [N] -> [M,N]. */
  linear(weight: Tensor, bias: Tensor): Tensor {
    return this.one('MatMul', [weight, bias], { transposeA: false, transposeB: true });
  }
  /** Shapes: x [N,C,H,W], weight [K,C/group,kh,kw], bias [K] or null -> [N,K,Ho,Wo]. */
  conv(weight: Tensor, bias: Tensor | null, attrs: ConvAttrs): Tensor {
    return this.one('Conv', bias === null ? [weight] : [weight, bias], attrs);
  }
  /**
   * Transposed convolution: the gradient of a convolution with respect to its input, as an operator of its own.
   * Shapes: x [N,C,H,W], weight [C,K/group,kh,kw] -> [N,K,(H-1)*stride-padding+reach,…].
   */
  convTranspose(weight: Tensor, attrs: ConvAttrs): Tensor {
    const [n, , h, w] = this.shape as [number, number, number, number];
    const [, k, kh, kw] = weight.shape as [number, number, number, number];
    const side = (size: number, kernel: number, axis: 0 | 1) =>
      (size - 1) * attrs.strides[axis] -
      attrs.pads[axis] -
      attrs.pads[axis + 2]! +
      attrs.dilations[axis] * (kernel - 1) +
      1;
    const inputShape = [n, k * attrs.group, side(h, kh, 0), side(w, kw, 1)];
    return this.one('ConvInputGrad', [weight], { ...attrs, inputShape });
  }
  /** Shapes: [N,C,H,W] -> [N,C,Ho,Wo]; padding never wins. */
  maxPool(options: PoolOptions): Tensor {
    const attrs = poolAttrs(this.shape, options);
    const takesSingles = attrs.kernel.every((side) => side === 1) && attrs.pads.every((pad) => pad === 0);
    if (takesSingles) return this.slice([0, 0, 0, 0], this.shape, [1, 1, ...attrs.strides]);
    return this.graph.apply('MaxPool', [this], attrs)[0]!;
  }
  /** Shapes: [N,C,H,W] -> [N,C,Ho,Wo]; `countPads`: padding counts as zeros in the mean. */
  averagePool(options: PoolOptions & { readonly countPads?: boolean }): Tensor {
    const countPads = options.countPads ?? true;
    if (options.ceil && countPads) throw new ShapeError('averagePool: ceil needs countPads: false');
    return this.one('AveragePool', [], { ...poolAttrs(this.shape, options), countPads });
  }

  /** Zero mean and unit variance (population form) along the last axis. */
  standardize(epsilon: number): Tensor {
    return this.graph.apply('Standardize', [this], { epsilon })[0]!;
  }
  softmax(axis: number): Tensor {
    return this.one('Softmax', [], { axis: axis < 0 ? axis + this.shape.length : axis });
  }
  logSoftmax(axis: number): Tensor {
    return this.one('LogSoftmax', [], { axis: axis < 0 ? axis + this.shape.length : axis });
  }
  /** Shapes: int32 [...] -> float32 [...,depth]; a class outside [0,depth) gives a row of zeros. */
  oneHot(depth: number): Tensor {
    return this.one('OneHot', [], { depth });
  }

  private one<P extends Prim>(prim: P, others: readonly Operand[], attrs: PrimAttrs[P]): Tensor {
    const operands = others.map((other) => (typeof other === 'number' ? this.graph.scalar(other, this.dtype) : other));
    return this.graph.apply(prim, [this, ...operands], attrs)[0]!;
  }
}

export const pair = (size: number | Pair): Pair => (typeof size === 'number' ? [size, size] : size);
export const padsOf = (size: number | Pads): Pads => (typeof size === 'number' ? [size, size, size, size] : size);

export interface PoolOptions {
  readonly kernel: number | Pair;
  readonly stride: number | Pair;
  readonly padding?: number | Pads;
  /** A last window that the map's end cuts off still counts, as torch's `ceil_mode`. */
  readonly ceil?: boolean;
}

function poolAttrs(shape: Shape, { kernel, stride, padding = 0, ceil = false }: PoolOptions): PoolAttrs {
  const attrs = { kernel: pair(kernel), strides: pair(stride), pads: padsOf(padding) };
  if (!ceil) return attrs;
  const [top, left, bottom, right] = attrs.pads;
  const reach = ([before, after]: Pair, axis: 0 | 1) => {
    const size = shape[axis + 2]!;
    const steps = Math.ceil((size + before + after - attrs.kernel[axis]) / attrs.strides[axis]);
    // A window that would start after the map and the pads before it is dropped.
    const last = Math.min(steps, Math.ceil((size + before) / attrs.strides[axis]) - 1);
    return Math.max(0, last * attrs.strides[axis] + attrs.kernel[axis] - size - before);
  };
  return { ...attrs, pads: [top, left, reach([top, bottom], 0), reach([left, right], 1)] };
}

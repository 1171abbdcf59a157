/**
 * The gradient of max pooling over blocked maps, one axis after the other. Of the elements of a window along one axis, the
 * first that is not below the maximum gets the window's share: one pass each tells where the maximum lies further on, 0 or 1,
 * and what is left is passed on to the next. The first row that holds the maximum, and in it the first column, is what the
 * reference evaluator picks, too.
 */

import type { PoolAttrs } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import { madeBy, type Op, type Tensor } from '../core/tensor.ts';
import type { Attributes, Emitter, LoweringRule } from './emitter.ts';
import { packedShape } from './layout.ts';
import { inLayout, NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';
import { steepMask } from './onnx-blocked-masks.ts';
import { type Axis, along, byAxis } from './onnx-blocked-pool.ts';

type Sizes = readonly [number, number, number, number];

/** The pooling whose indices a gradient reads, where it runs over blocked maps by axes here; else null. */
function poolOf(emit: Emitter, indices: Tensor): Op<'MaxPool'> | null {
  const pool = madeBy(indices, 'MaxPool');
  return pool !== null && emit.value(pool.outputs[0]!).layout === 'blocked' ? pool : null;
}

export function blockedMaxPoolGrad(otherwise: LoweringRule<'MaxPoolGrad'>, block: number): LoweringRule<'MaxPoolGrad'> {
  return (emit, op) => {
    const [g, indices] = op.inputs as readonly [Tensor, Tensor];
    const pool = poolOf(emit, indices);
    if (pool === null) return otherwise(emit, op);
    // Who reads it may be the gradient of a ReLU, which asks for another.
    return [{ layout: 'blocked', padding: 0, name: () => poolGrad(emit, pool, emit.in(g, 'blocked'), block) }];
  };
}

/**
 * A ReLU's gradient behind that of a pooling: a window whose maximum is zero holds nothing but zeros, so what it would pass on
 * is left out before it is spread, on a map a fraction as large.
 */
export function reluGradBehindPool(otherwise: LoweringRule<'ReluGrad'>, block: number): LoweringRule<'ReluGrad'> {
  return (emit, op) => {
    const [g, y] = op.inputs as readonly [Tensor, Tensor];
    const spread = emit.readers(g) === 1 ? madeBy(g, 'MaxPoolGrad') : null;
    const pool = spread && poolOf(emit, spread.inputs[1]!);
    if (spread === null || pool === null || pool.inputs[0] !== y) return otherwise(emit, op);
    const cotangent = emit.in(spread.inputs[0]!, 'blocked');
    const passedOn = emit.one('Mul', [cotangent, steepMask(emit, byAxis(emit, pool).both)]);
    return [inLayout('blocked', poolGrad(emit, pool, passedOn, block))];
  };
}

function poolGrad(emit: Emitter, pool: Op<'MaxPool'>, g: string, block: number): string {
  const [x, y] = [pool.inputs[0]!, pool.outputs[0]!];
  const whole = packedShape(x.shape, 'blocked', block) as Sizes;
  const final = packedShape(y.shape, 'blocked', block) as Sizes;
  const middle = final.with(2, whole[2]) as unknown as Sizes;
  const { rows, both } = byAxis(emit, pool);
  const down = { emit, block, axis: 2, attrs: along(pool.attrs, 2), from: middle, to: final } as const;
  const across = { emit, block, axis: 3, attrs: along(pool.attrs, 3), from: whole, to: middle } as const;
  return axisGrad(across, emit.in(x, 'blocked'), rows, axisGrad(down, rows, both, g));
}

interface AxisTask {
  readonly emit: Emitter;
  readonly block: number;
  readonly axis: Axis;
  readonly attrs: PoolAttrs;
  /** Shapes of the map and of its maxima. */
  readonly from: Sizes;
  readonly to: Sizes;
}

/** The cotangent of a map from that of its maxima along one axis. */
function axisGrad(task: AxisTask, x: string, maxima: string, g: string): string {
  const { emit, axis, attrs } = task;
  const taps = attrs.kernel[axis - 2]!;
  const shares: string[] = [];
  let rest = g;
  for (let tap = 0; tap < taps - 1; tap++) {
    const passedOn = emit.one('Mul', [rest, isBelow(task, x, maxima, tap)]);
    shares.push(emit.one('Sub', [rest, passedOn]));
    rest = passedOn;
  }
  return putBack(task, [...shares, rest]);
}

/** So steep that any normal number above zero becomes one. */
const STEEPEST: Attributes = { activation: 'HardSigmoid', activation_params: { floats: [2 ** 126, 0] } };

/** 1 where a window's element is below its maximum, else 0: a depthwise convolution that picks it, less the maximum. */
function isBelow({ emit, block, axis, attrs, from }: AxisTask, x: string, maxima: string, tap: number): string {
  const [, channels] = from;
  const { first, last, before, after } = reach(attrs, axis, tap);
  const taps = last - first + 1;
  const picked = Float64Array.from({ length: channels * taps }, (_, i) =>
    Math.floor(i / block) % taps === tap - first ? -1 : 0,
  );
  const sides = axis === 2 ? [taps, 1] : [1, taps];
  const pads = axis === 2 ? [before, 0, after, 0] : [0, before, 0, after];
  const filter = emit.constant(picked, [channels, 1, ...sides], 'float32');
  const none = emit.constant(new Float64Array(channels), [channels], 'float32');
  const window = { kernel_shape: sides, strides: attrs.strides, pads, dilations: [1, 1], group: channels };
  return emit.one(`${NCHWC}Conv`, [x, filter, none, maxima], { ...window, ...STEEPEST });
}

/** The taps of the shortest kernel that picks one of them, as many as padding can make up for left away. */
function reach({ kernel, pads }: PoolAttrs, axis: Axis, tap: number) {
  const [before, after] = [pads[axis - 2]!, pads[axis]!];
  const first = Math.min(tap, before);
  const rest = kernel[axis - 2]! - 1 - tap;
  return {
    first,
    last: tap + rest - Math.min(rest, after),
    before: before - first,
    after: after - Math.min(rest, after),
  };
}

/**
 * What each window gives to its elements, summed where they lie: the elements of every phase of the stride get theirs from
 * other windows, and phases are interleaved.
 */
function putBack(task: AxisTask, shares: readonly string[]): string {
  const { emit, block, axis, attrs, from, to } = task;
  const [stride, pad] = [attrs.strides[axis - 2]!, attrs.pads[axis - 2]!];
  const count = Math.ceil(from[axis] / stride);
  const phases = Array.from({ length: stride }, (_, phase) => {
    const givers = shares.flatMap((share, tap) => {
      const distance = phase + pad - tap;
      return distance % stride === 0 ? [{ share, distance: distance / stride }] : [];
    });
    return summed(task, givers, count);
  });
  const [n, c] = to;
  const planes = (n * c) / block;
  const joined = interleaved(
    emit,
    phases,
    axis === 2 ? [planes * count, to[3] * block] : [planes * to[2] * count, block],
  );
  const whole: Shape = axis === 2 ? [n, c, count * stride, to[3]] : [n, c, to[2], count * stride];
  return pixelsOf(emit, reshaped(emit, joined, whole), whole, { to: [from[2], from[3]] }, block).name;
}

interface Giver {
  readonly share: string;
  /** From the element to the window that gives it this share. */
  readonly distance: number;
}

/** The sum of what windows give to `count` places, each from its own distance. */
function summed(task: AxisTask, givers: readonly Giver[], count: number): string {
  const { axis, emit, to } = task;
  if (count !== to[axis]) {
    return givers
      .map(({ share, distance }) => shifted(task, share, distance, count))
      .reduce((sum, giver) => emit.one('Add', [sum, giver]));
  }
  const [nearest, ...others] = givers.toSorted((a, b) => Math.abs(a.distance) - Math.abs(b.distance));
  const start = nearest!.distance === 0 ? nearest!.share : shiftedOnto(task, nearest!, null);
  return others.reduce((sum, giver) => shiftedOnto(task, giver, sum), start);
}

/** A shift with zeros where there is no window, and a sum with another map, in one pass: a kernel of which one tap is one. */
function shiftedOnto({ emit, axis, block, to }: AxisTask, { share, distance }: Giver, sum: string | null): string {
  const [, channels] = to;
  const taps = Math.abs(distance) + 1;
  const [before, after] = [Math.max(0, -distance), Math.max(0, distance)];
  const picked = Float64Array.from({ length: channels * taps }, (_, i) =>
    Math.floor(i / block) % taps === after ? 1 : 0,
  );
  const sides = axis === 2 ? [taps, 1] : [1, taps];
  const filter = emit.constant(picked, [channels, 1, ...sides], 'float32');
  const none = emit.constant(new Float64Array(channels), [channels], 'float32');
  return emit.one(`${NCHWC}Conv`, [share, filter, none, ...(sum === null ? [] : [sum])], {
    kernel_shape: sides,
    strides: [1, 1],
    pads: axis === 2 ? [before, 0, after, 0] : [0, before, 0, after],
    dilations: [1, 1],
    group: channels,
  });
}

/** The window at each place plus `distance`, for `count` places; zeros where there is none. */
function shifted({ emit, block, axis, to }: AxisTask, share: string, distance: number, count: number): string {
  const [n, c, height, width] = to;
  const windows = to[axis];
  const [outer, chunk] = axis === 2 ? [(n * c) / block, width * block] : [((n * c) / block) * height, block];
  const [before, after] = [-distance, count + distance - windows];
  const view = reshaped(emit, share, [outer, windows, chunk]);
  if (before === 0 && after === 0) return view;
  return emit.one('Pad', [view, emit.ints([0, before, 0, 0, after, 0])]);
}

function interleaved(emit: Emitter, phases: readonly string[], [places, chunk]: readonly [number, number]): string {
  if (phases.length === 1) return phases[0]!;
  const parts = phases.map((phase) => reshaped(emit, phase, [places, 1, chunk]));
  return emit.one('Concat', parts, { axis: 1 });
}

/**
 * Max pooling over blocked maps: along each row first, then down the columns, so that the gradient takes few passes. Of
 * the elements of a window along one axis, the first that is not below the maximum gets the window's share: one pass each
 * tells where the maximum lies further on, 0 or 1, and what is left is passed on to the next. The first row that holds the
 * maximum, and in it the first column, is what the reference evaluator picks, too.
 *
 * Padding reads as zero here. Maps that are never negative lose nothing by it: where zero is the maximum, the activation
 * that made the map lets no gradient through.
 */

import type { PoolAttrs } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Attributes, Emitter, LoweringRule, Value } from './emitter.ts';
import { packedShape } from './layout.ts';
import { inLayout, NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

export function blockedMaxPool(otherwise: LoweringRule<'MaxPool'>): LoweringRule<'MaxPool'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const [, indices] = op.outputs as readonly [Tensor, Tensor];
    if (emit.value(x).layout !== 'blocked') return otherwise(emit, op);
    if (!emit.isRead(indices)) return [inLayout('blocked', pooled(emit, emit.in(x, 'blocked'), op.attrs)), null];
    if (!isSeparable(op)) return otherwise(emit, op);
    // Who reads the indices is mostly this backend's gradient, which makes do without.
    const written = () => otherwise(emit, op)[1] as string;
    const asked: Value = { layout: 'plain', padding: 0, name: written };
    return [inLayout('blocked', byAxis(emit, op).both), asked];
  };
}

/** One nchwc pooling. */
function pooled(emit: Emitter, x: string, { kernel, strides, pads }: PoolAttrs): string {
  return emit.one(`${NCHWC}MaxPool`, [x], { kernel_shape: kernel, strides, pads });
}

type Axis = 2 | 3;

/** The part of a pooling that runs along one axis. */
function along({ kernel, strides, pads }: PoolAttrs, axis: Axis): PoolAttrs {
  const [top, left, bottom, right] = pads;
  if (axis === 2) return { kernel: [kernel[0], 1], strides: [strides[0], 1], pads: [top, 0, bottom, 0] };
  return { kernel: [1, kernel[1]], strides: [1, strides[1]], pads: [0, left, 0, right] };
}

/** The maxima of each row's windows, and of the windows. */
function byAxis(emit: Emitter, { inputs: [x], attrs }: Op<'MaxPool'>) {
  const rows = pooled(emit, emit.in(x!, 'blocked'), along(attrs, 3));
  return { rows, both: pooled(emit, rows, along(attrs, 2)) };
}

/** Whether its gradient has this form: every element under some window, and none below zero. */
function isSeparable({ inputs: [x], attrs }: Op<'MaxPool'>): boolean {
  return attrs.kernel.every((side, i) => side >= attrs.strides[i]!) && isNeverNegative(x!);
}

function isNeverNegative({ source }: Tensor): boolean {
  if (source.kind !== 'op') return false;
  const { op } = source;
  if (op.prim === 'Clip') return (op as Op<'Clip'>).attrs.min >= 0;
  return op.prim === 'Relu' || (op.prim === 'MaxPool' && isNeverNegative(op.inputs[0]!));
}

export function blockedMaxPoolGrad(otherwise: LoweringRule<'MaxPoolGrad'>, block: number): LoweringRule<'MaxPoolGrad'> {
  return (emit, op) => {
    const [g, indices] = op.inputs as readonly [Tensor, Tensor];
    const { source } = indices;
    const isHere = source.kind === 'op' && source.op.prim === 'MaxPool';
    const pool = isHere ? (source.op as Op<'MaxPool'>) : null;
    if (pool === null || emit.value(pool.outputs[0]!).layout !== 'blocked') return otherwise(emit, op);
    const [x, y] = [pool.inputs[0]!, pool.outputs[0]!];
    const whole = packedShape(x.shape, 'blocked', block) as Sizes;
    const final = packedShape(y.shape, 'blocked', block) as Sizes;
    const middle = final.with(2, whole[2]) as unknown as Sizes;
    const { rows, both } = byAxis(emit, pool);
    const down = { emit, block, axis: 2, attrs: along(pool.attrs, 2), from: middle, to: final } as const;
    const across = { emit, block, axis: 3, attrs: along(pool.attrs, 3), from: whole, to: middle } as const;
    const ofRows = axisGrad(down, rows, both, emit.in(g, 'blocked'));
    return [inLayout('blocked', axisGrad(across, emit.in(x, 'blocked'), rows, ofRows))];
  };
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
function isBelow({ emit, block, attrs, from }: AxisTask, x: string, maxima: string, tap: number): string {
  const { kernel, strides, pads } = attrs;
  const [, channels] = from;
  const taps = Math.max(...kernel);
  const isPicked = (i: number) => Math.floor(i / block) % taps === tap;
  const picked = Float64Array.from({ length: channels * taps }, (_, i) => (isPicked(i) ? -1 : 0));
  const filter = emit.constant(picked, [channels, 1, ...kernel], 'float32');
  const none = emit.constant(new Float64Array(channels), [channels], 'float32');
  const window = { kernel_shape: kernel, strides, pads, dilations: [1, 1], group: channels };
  return emit.one(`${NCHWC}Conv`, [x, filter, none, maxima], { ...window, ...STEEPEST });
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
      return distance % stride === 0 ? [shifted(task, share, distance / stride, count)] : [];
    });
    return givers.reduce((sum, giver) => emit.one('Add', [sum, giver]));
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

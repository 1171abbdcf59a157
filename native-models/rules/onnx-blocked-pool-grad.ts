/**
 * The gradient of max pooling over blocked maps, one axis after the other. Of the elements of a window along one axis, the
 * first that is not below the maximum gets the window's share: one pass each tells where the maximum lies further on, 0 or 1,
 * and what is left is passed on to the next. The first row that holds the maximum, and in it the first column, is what the
 * reference evaluator picks, too. All of that runs over some planes at a time, few enough that a core's caches keep them.
 */

import type { PoolAttrs } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import { madeBy, type Op, type Tensor } from '../core/tensor.ts';
import type { Attributes, Emitter, LoweringRule, Writer } from './emitter.ts';
import { packedShape } from './layout.ts';
import { inLayout, NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';
import { steepMask } from './onnx-blocked-masks.ts';
import { planesAtOnce } from './onnx-blocked-parts.ts';
import { type Axis, along, pool } from './onnx-blocked-pool.ts';

type Sizes = readonly [number, number, number, number];

/** The pooling whose indices a gradient reads, where this backend makes do without them; else null. */
function poolOf(emit: Emitter, indices: Tensor): Op<'MaxPool'> | null {
  const source = madeBy(indices, 'MaxPool');
  return source !== null && emit.value(source.outputs[0]!).layout === 'blocked' ? source : null;
}

export function blockedMaxPoolGrad(otherwise: LoweringRule<'MaxPoolGrad'>, block: number): LoweringRule<'MaxPoolGrad'> {
  return (emit, op) => {
    const [g, indices] = op.inputs as readonly [Tensor, Tensor];
    const source = poolOf(emit, indices);
    if (source === null) return otherwise(emit, op);
    // Who reads it may be the gradient of a ReLU, which asks for another.
    return [{ layout: 'blocked', padding: 0, name: () => poolGrad(emit, source, g, false, block) }];
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
    const source = spread && poolOf(emit, spread.inputs[1]!);
    if (spread === null || source === null || source.inputs[0] !== y) return otherwise(emit, op);
    return [inLayout('blocked', poolGrad(emit, source, spread.inputs[0]!, true, block))];
  };
}

function poolGrad(
  emit: Emitter,
  { inputs, outputs, attrs }: Op<'MaxPool'>,
  g: Tensor,
  isOfRelu: boolean,
  block: number,
) {
  const [x, y] = [inputs[0]!, outputs[0]!];
  const [n, c, h, w] = packedShape(x.shape, 'blocked', block) as Sizes;
  const [, , ho, wo] = y.shape as Sizes;
  const planes = (n * c) / block;
  const taken = planesAtOnce(planes, h * w * block);
  const [from, to]: Sizes[] = [
    [1, taken * block, h, w],
    [1, taken * block, ho, wo],
  ];
  const operands = [
    { name: emit.in(x, 'blocked'), shape: from! },
    { name: emit.in(g, 'blocked'), shape: to! },
    ...(isOfRelu ? [{ name: emit.in(y, 'blocked'), shape: to! }] : []),
  ];
  const result = emit.inParts({
    count: planes / taken,
    operands,
    write: (writer, [own, cotangent, maxima]) => {
      const mask = maxima === undefined ? null : steepMask(writer, maxima);
      const passedOn = mask === null ? cotangent! : writer.one('Mul', [cotangent!, mask]);
      return byAxis(
        { emit: writer, block, attrs, from: from!, to: to!, isNeverNegative: isNeverNegative(x) },
        own!,
        passedOn,
      );
    },
  });
  return reshaped(emit, result, [n, c, h, w]);
}

interface Task {
  readonly emit: Writer;
  readonly block: number;
  readonly attrs: PoolAttrs;
  /** Shapes of the map and of its maxima. */
  readonly from: Sizes;
  readonly to: Sizes;
  /** The map may be read beyond its edges, where zero is no more than any of its elements. */
  readonly isNeverNegative: boolean;
}

function isNeverNegative({ source }: Tensor): boolean {
  if (source.kind !== 'op') return false;
  const { op } = source;
  if (op.prim === 'Clip') return (op as Op<'Clip'>).attrs.min >= 0;
  return op.prim === 'Relu' || (op.prim === 'MaxPool' && isNeverNegative(op.inputs[0]!));
}

/** The maxima of each row's windows are found first, and get what the windows pass on. */
function byAxis(task: Task, x: string, g: string): string {
  const { emit, from, to, attrs } = task;
  const middle: Sizes = [from[0], from[1], from[2], to[3]];
  const across: AxisTask = { ...task, axis: 3, attrs: along(attrs, 3), to: middle };
  const down: AxisTask = { ...task, axis: 2, attrs: along(attrs, 2), from: middle };
  const rows = pool(emit, x, across.attrs);
  return axisGrad(across, x, rows, axisGrad(down, rows, pool(emit, rows, down.attrs), g));
}

interface AxisTask extends Task {
  readonly axis: Axis;
}

/** The cotangent of a map from that of its maxima along one axis. */
function axisGrad(task: AxisTask, x: string, maxima: string, g: string): string {
  const { emit, axis, attrs, isNeverNegative } = task;
  const taps = attrs.kernel[axis - 2]!;
  const [read, around] = isNeverNegative ? [x, task] : beyondEdges(task, x);
  const shares: string[] = [];
  let rest = g;
  for (let tap = 0; tap < taps - 1; tap++) {
    const passedOn = emit.one('Mul', [rest, isBelow(around, read, maxima, tap)]);
    shares.push(emit.one('Sub', [rest, passedOn]));
    rest = passedOn;
  }
  return putBack(task, [...shares, rest]);
}

const LOWEST = -(2 ** 126); // below any element, and a number still when subtracted from one

/** A map with what lies beyond its edges along one axis, so that its windows need no padding. */
function beyondEdges(task: AxisTask, x: string): readonly [string, AxisTask] {
  const { emit, axis, attrs, from, block } = task;
  const [before, after] = [attrs.pads[axis - 2]!, attrs.pads[axis]!];
  if (before === 0 && after === 0) return [x, task];
  const [n, c, h, w] = from;
  const planes = (n * c) / block;
  const sides = axis === 2 ? [planes, h, w * block] : [planes * h, w, block];
  const lowest = emit.constant([LOWEST], [], 'float32');
  const whole = emit.one('Pad', [reshaped(emit, x, sides), emit.ints([0, before, 0, 0, after, 0]), lowest]);
  const shape = from.with(axis, from[axis] + before + after) as unknown as Sizes;
  return [reshaped(emit, whole, shape), { ...task, from: shape, attrs: { ...attrs, pads: [0, 0, 0, 0] } }];
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

function interleaved(emit: Writer, phases: readonly string[], [places, chunk]: readonly [number, number]): string {
  if (phases.length === 1) return phases[0]!;
  const parts = phases.map((phase) => reshaped(emit, phase, [places, 1, chunk]));
  return emit.one('Concat', parts, { axis: 1 });
}

/**
 * The input gradient of a strided convolution: the input's pixels fall into stride * stride phases, each reached by its own taps of
 * the kernel. One small convolution makes each phase; then columns are interleaved, then rows. A depthwise kernel's planes are
 * maps of their own, so some at a time go through all of that, few enough that a core's caches keep them.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import type { Emitter, Parted, Writer } from './emitter.ts';
import { NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';
import { planesAtOnce } from './onnx-blocked-parts.ts';

type Sizes = readonly [number, number, number, number];
type Sides = readonly [number, number];

export function conv(emit: Writer, inputs: readonly string[], kernel: readonly number[], attrs: ConvAttrs): string {
  const { strides, pads, dilations, group } = attrs;
  return emit.one(`${NCHWC}Conv`, inputs, { kernel_shape: kernel, strides, pads, dilations, group });
}

/** Along one axis: the taps that reach a phase, last first, and the padding of the cotangent. */
interface Phase {
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

interface Phases {
  readonly down: readonly Phase[];
  readonly across: readonly Phase[];
  readonly stride: number;
  /** Pixels of a phase. */
  readonly counts: Sides;
  /** Of the input. */
  readonly sides: Sides;
}

export function phasesOf(sides: Sides, [, , ho, wo]: Sizes, [kh, kw]: Sides, { strides, pads }: ConvAttrs): Phases {
  const stride = strides[0];
  const counts = [Math.ceil(sides[0] / stride), Math.ceil(sides[1] / stride)] as const;
  const along = (kernel: number, pad: number, count: number, outputs: number) =>
    Array.from({ length: stride }, (_, phase) => phaseOf(phase, kernel, stride, pad, count, outputs));
  return { down: along(kh, pads[0], counts[0], ho), across: along(kw, pads[1], counts[1], wo), stride, counts, sides };
}

/** For the input pixels stride * i + phase. */
function phaseOf(phase: number, kernel: number, stride: number, pad: number, count: number, outputs: number): Phase {
  const first = (phase + pad) % stride;
  const taps = Array.from({ length: kernel }, (_, tap) => tap).filter((tap) => tap % stride === first);
  const offset = (phase + pad - first) / stride;
  return { taps: taps.toReversed(), before: taps.length - 1 - offset, after: count + offset - outputs };
}

interface PhasesTask {
  readonly g: string;
  /** Channels filled up. */
  readonly gShape: Sizes;
  readonly phases: Phases;
  /** Of a phase, by its place down and across. */
  readonly filter: (i: number, j: number) => string;
  readonly block: number;
}

/** One convolution per phase. Shapes: -> [planes * rows of a phase, stride, columns * stride * b]. */
export function phasesGrad(
  emit: Writer,
  { g, gShape, phases, filter, block, planes, group }: PhasesTask & { readonly planes: number; readonly group: number },
): string {
  const { counts, stride } = phases;
  const rows = phases.down.map((down, i) => {
    const parts = phases.across.map((across, j) => {
      const window = cropped(emit, g, gShape, [down.before, across.before], [down.after, across.after], block);
      const pads = [...window.before, ...window.after] as unknown as ConvAttrs['pads'];
      const operands = [window.name, filter(i, j)];
      const sliding = { strides: [1, 1], dilations: [1, 1], pads, group } as const;
      const part = conv(emit, operands, [down.taps.length, across.taps.length], sliding);
      return reshaped(emit, part, [planes * counts[0], counts[1], 1, block]);
    });
    const joined = emit.one('Concat', parts, { axis: 2 });
    return reshaped(emit, joined, [planes * counts[0], 1, counts[1] * stride * block]);
  });
  return emit.one('Concat', rows, { axis: 1 });
}

/** The same of a depthwise kernel, cut to the input, over some planes at a time. */
export function planesGrad(emit: Emitter, task: PhasesTask): Parted {
  const { g, gShape, phases, filter, block } = task;
  const [n, channels, ho, wo] = gShape;
  const { sides, stride, counts } = phases;
  const planes = (n * channels) / block;
  const taken = planesAtOnce(planes, sides[0] * sides[1] * block);
  const group = taken * block;
  const filterOf = (i: number, j: number) => {
    const [rows, columns] = [phases.down[i]!.taps.length, phases.across[j]!.taps.length];
    const size = rows * columns * block;
    const one = reshaped(emit, filter(i, j), [1, channels / block, size]);
    const name = n === 1 ? one : emit.one('Expand', [one, emit.ints([n, channels / block, size])]);
    return { name, shape: [group, 1, rows, columns] };
  };
  const filters = phases.down.flatMap((_, i) => phases.across.map((_, j) => filterOf(i, j)));
  const part: Sizes = [1, group, ho, wo];
  const whole: Sizes = [1, group, counts[0] * stride, counts[1] * stride];
  return {
    count: planes / taken,
    operands: [{ name: g, shape: part }, ...filters],
    write: (writer, [own, ...given]) => {
      const ofPart = { g: own!, gShape: part, filter: (i: number, j: number) => given[i * stride + j]! };
      const joined = phasesGrad(writer, { ...task, ...ofPart, planes: taken, group });
      return pixelsOf(writer, reshaped(writer, joined, whole), whole, { to: sides }, block).name;
    },
  };
}

/** Pads that are negative become a cut; the rest is left to the convolution. */
export function cropped(
  emit: Writer,
  name: string,
  shape: Shape,
  before: readonly number[],
  after: readonly number[],
  block: number,
) {
  const sides = { before: before.map((pad) => Math.max(0, pad)), after: after.map((pad) => Math.max(0, pad)) };
  const from = [Math.max(0, -before[0]!), Math.max(0, -before[1]!)] as const;
  const to = [shape[2]! + Math.min(0, after[0]!), shape[3]! + Math.min(0, after[1]!)] as const;
  return { ...pixelsOf(emit, name, shape, { from, to }, block), ...sides };
}

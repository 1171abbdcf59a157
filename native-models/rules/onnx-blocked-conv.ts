/**
 * Convolution over blocked maps, and its input gradient: again a convolution, of the cotangent with the filters turned
 * by 180 degrees and their channels swapped. At a stride s the input's pixels fall into s * s phases, each reached by
 * its own taps of the kernel: one small convolution per phase, interleaved afterwards.
 */

import type { ConvAttrs, Pair } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type ConvForm, convForm } from './blocked-arrange.ts';
import type { Emitter, LoweringRule, Value } from './emitter.ts';
import { packedShape, roundUp } from './layout.ts';
import { along, chunksPicked } from './onnx-blocked-chunks.ts';
import { blockedFilters } from './onnx-blocked-conv-groups.ts';
import { conv, cropped, phasesGrad, phasesOf, planesGrad } from './onnx-blocked-conv-phases.ts';
import { filledUp, inLayout, NCHWC, pixelsOf, reshaped } from './onnx-blocked-convert.ts';
import { inputGradOfProduct } from './onnx-blocked-normed-product.ts';
import { pendingParts } from './onnx-blocked-parts.ts';
import { imagesInRow, sideBySide } from './onnx-blocked-side-by-side.ts';
import { suitsWinograd, type WinogradConv, winograd } from './onnx-blocked-winograd.ts';
import { isPointwise } from './onnx-standard-conv.ts';

type Sizes = readonly [number, number, number, number];

export function blockedConv(otherwise: LoweringRule<'Conv'>, block: number): LoweringRule<'Conv'> {
  return (emit, op) => {
    const [x, weight, bias] = op.inputs as readonly [Tensor, Tensor, Tensor | undefined];
    const form = convForm(x.shape, weight.shape, op.outputs[0]!.shape, op.attrs, block);
    if (form === null) return otherwise(emit, op);
    const filters = weight.shape[0]!;
    const map = emit.in(x, form === 'stem' ? 'plain' : 'blocked');
    const { name, group } = blockedFilters(emit, weight, op.attrs.group, form, block);
    const others = [name];
    if (bias !== undefined) others.push(filledUp(emit, emit.name(bias), filters, block));
    const kernel = weight.shape.slice(2) as unknown as Pair;
    const over: Over = (input, rest = others) => conv(emit, [input, ...rest], kernel, { ...op.attrs, group });
    if (form === 'stem' || form === 'depthwise' || emit.anyBatch) return [inLayout('blocked', over(map))];
    const shape = packedShape(x.shape, 'blocked', block) as Sizes;
    const dense = { emit, x: map, shape, kernel, outputs: roundUp(filters, block), attrs: op.attrs, block };
    return [fastest({ ...dense, filter: name, bias: others[1] ?? null, group }, op.attrs, over)];
  };
}

/** Writes a convolution of some map, with other operands behind it than its own if need be. */
type Over = (x: string, rest?: readonly string[]) => string;

/** A dense convolution in the form that takes least: of combined rows, several images in a row, or as it is. */
function fastest(
  task: WinogradConv & { readonly group: number },
  { strides }: Pick<ConvAttrs, 'strides'>,
  over: Over,
): Value {
  const isStrided = strides.some((stride) => stride !== 1);
  if (!isStrided && task.group === 1 && suitsWinograd(task)) return inLayout('blocked', winograd(task));
  const count = isStrided ? 1 : imagesInRow(task);
  return count === 1 ? addable(task, over) : inLayout('blocked', sideBySide(task, count, over));
}

/** A convolution that is written when it is read, unless its reader adds another map to it. */
function addable({ x, filter, bias }: Pick<WinogradConv, 'x' | 'filter' | 'bias'>, over: Over): Value {
  const plus = (addend: string) => over(x, [filter, bias ?? '', addend]);
  return { layout: 'blocked', padding: 0, name: () => over(x), plus };
}

export function blockedConvInputGrad(
  otherwise: LoweringRule<'ConvInputGrad'>,
  block: number,
): LoweringRule<'ConvInputGrad'> {
  return (emit, op) => {
    const [g, weight] = op.inputs as readonly [Tensor, Tensor];
    const { attrs } = op;
    const form = convForm(attrs.inputShape, weight.shape, g.shape, attrs, block);
    if (form === null || form === 'stem' || !isCovered(attrs, weight.shape)) return otherwise(emit, op);
    const { ofProduct } = emit.value(g);
    if (ofProduct?.conv.inputs[1] === weight) return [inputGradOfProduct(emit, ofProduct, block)];
    const kernel = new TurnedFilter(emit, weight, attrs.group, form, block);
    const task: Task = {
      emit,
      g: emit.in(g, 'blocked'),
      gShape: packedShape(g.shape, 'blocked', block) as Sizes,
      kernel,
      attrs,
    };
    return [strideOf(attrs) === 1 ? plainGrad(task) : stridedGrad(task, block)];
  };
}

const strideOf = ({ strides }: ConvAttrs): number => Math.max(...strides);

/** Every phase must be reached by some tap, except that a 1x1 kernel's zeros are easily put in. */
function isCovered(attrs: ConvAttrs, weight: Shape): boolean {
  const { strides, dilations, pads } = attrs;
  const [kh, kw] = [weight[2]!, weight[3]!];
  const isDense = dilations[0] === 1 && dilations[1] === 1;
  const isPadded = pads[0] > dilations[0] * (kh - 1) || pads[1] > dilations[1] * (kw - 1);
  if (strides[0] === 1 && strides[1] === 1) return !isPadded;
  return isDense && strides[0] === strides[1] && (isPointwise(weight, attrs) || (kh >= strides[0] && kw >= strides[1]));
}

interface Task {
  readonly emit: Emitter;
  readonly g: string;
  /** Channels filled up. */
  readonly gShape: Sizes;
  readonly kernel: TurnedFilter;
  readonly attrs: ConvAttrs & { readonly inputShape: Shape };
}

function plainGrad({ emit, g, gShape, kernel, attrs }: Task): Value {
  const { dilations, pads, inputShape } = attrs;
  const [kh, kw] = kernel.sides;
  const before = [dilations[0] * (kh - 1) - pads[0], dilations[1] * (kw - 1) - pads[1]] as const;
  const after = [0, 1].map(
    (axis) =>
      inputShape[axis + 2]! - (gShape[axis + 2]! + before[axis]! - dilations[axis]! * (kernel.sides[axis]! - 1)),
  );
  const window = cropped(emit, g, gShape, [...before], after, kernel.block);
  const filter = kernel.taps(range(kh).reverse(), range(kw).reverse());
  const around = [window.before[0]!, window.before[1]!, window.after[0]!, window.after[1]!] as const;
  const sliding = { strides: [1, 1], dilations, pads: around, group: kernel.group } as const;
  const over: Over = (name, rest = [filter]) => conv(emit, [name, ...rest], [kh, kw], sliding);
  if (kernel.isDepthwise) return inLayout('blocked', over(window.name));
  const { name: x, shape } = window;
  const dense = { emit, x, shape, kernel: kernel.sides, outputs: kernel.inputs, attrs: sliding, block: kernel.block };
  return fastest({ ...dense, filter, bias: null, group: kernel.group }, sliding, over);
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The map of all phases, of which the last may reach beyond the input, cut to the input. */
function stridedGrad(task: Task, block: number): Value {
  const { emit, g, gShape, kernel, attrs } = task;
  const isPixel = kernel.sides.every((side) => side === 1);
  const [, , height, width] = attrs.inputShape as Sizes;
  const phases = phasesOf([height, width], gShape, kernel.sides, attrs);
  const filter = (i: number, j: number) => kernel.taps(phases.down[i]!.taps, phases.across[j]!.taps);
  const phased = { g, gShape, phases, filter, block };
  if (kernel.isDepthwise && !isPixel) {
    return pendingParts(emit, planesGrad(emit, phased), attrs.inputShape, block);
  }
  const whole: Sizes = [gShape[0], kernel.inputs, phases.counts[0] * phases.stride, phases.counts[1] * phases.stride];
  const joined = isPixel
    ? spreadGrad(task, phases.counts, block)
    : phasesGrad(emit, { ...phased, planes: (whole[0] * whole[1]) / block, group: kernel.group });
  return inLayout('blocked', pixelsOf(emit, reshaped(emit, joined, whole), whole, { to: [height, width] }, block).name);
}

const dense = (kernel: TurnedFilter) =>
  ({ strides: [1, 1], dilations: [1, 1], group: kernel.group }) as const satisfies Omit<ConvAttrs, 'pads'>;

/** A 1x1 kernel reaches the first phase alone: the others are zeros. */
function spreadGrad(
  { emit, g, gShape, kernel, attrs }: Task,
  [down, across]: readonly [number, number],
  block: number,
) {
  const stride = attrs.strides[0];
  const planes = (gShape[0]! * kernel.inputs) / block;
  const few = cropped(emit, g, gShape, [0, 0], [down - gShape[2]!, across - gShape[3]!], block);
  const pads = [0, 0, few.after[0]!, few.after[1]!] as const;
  const result = conv(emit, [few.name, kernel.taps([0], [0])], [1, 1], { ...dense(kernel), pads });
  const pixels = reshaped(emit, result, [planes * down, 1, across, block]);
  // Behind each pixel the columns, and behind each row the rows, that are zeros.
  return emit.one('Pad', [pixels, emit.ints([0, 0, 0, 0, 0, stride - 1, 0, (stride - 1) * block])]);
}

/** The filters of a convolution as its input gradient needs them: channels swapped, taps picked in any order. */
class TurnedFilter {
  readonly sides: readonly [number, number];
  readonly group: number;
  readonly isDepthwise: boolean;
  /** Channels of the input gradient, filled up. */
  readonly inputs: number;
  readonly block: number;
  private readonly emit: Emitter;
  /** Filters, and channels that each of them reads; filled up. */
  private readonly outputs: number;
  private readonly perFilter: number;
  private readonly tiles: string;

  constructor(emit: Emitter, weight: Tensor, groups: number, form: ConvForm, block: number) {
    const [kh, kw] = weight.shape.slice(2) as [number, number];
    const { name, group, perFilter } = blockedFilters(emit, weight, groups, form, block);
    this.emit = emit;
    this.block = block;
    this.sides = [kh, kw];
    this.group = group;
    this.isDepthwise = form === 'depthwise';
    this.outputs = roundUp(weight.shape[0]!, block);
    this.perFilter = perFilter;
    this.inputs = group * perFilter;
    this.tiles = this.isDepthwise ? name : this.swapped(name, kh * kw);
  }

  /** Each tile [b of C, b of K] transposed: to the reordering operator, a tile is a map of one row per K. */
  private swapped(name: string, taps: number): string {
    const { emit, block } = this;
    const tiles = (this.outputs * this.perFilter * taps) / (block * block);
    return emit.one(`${NCHWC}ReorderInput`, [reshaped(emit, name, [tiles, block, block, 1])]);
  }

  taps(rows: readonly number[], columns: readonly number[]): string {
    const { emit, block, group, outputs, perFilter, isDepthwise } = this;
    const [kh, kw] = this.sides;
    const picked = rows.flatMap((row) => columns.map((column) => row * kw + column));
    const taps = kh * kw;
    if (isDepthwise) {
      const isAll = picked.length === taps && picked.every((tap, i) => tap === i);
      const view = reshaped(emit, this.tiles, [outputs / block, taps, block]);
      const chosen = isAll ? view : emit.one('Gather', [view, emit.ints(picked)], { axis: 1 });
      return reshaped(emit, chosen, [outputs, 1, rows.length, columns.length]);
    }
    const [filters, inputs] = [outputs / group / block, perFilter / block];
    const swapped = chunksPicked(
      emit,
      this.tiles,
      block * block,
      [group, inputs, filters, picked.length],
      [
        { axes: [3], numbers: picked },
        along(2, filters, inputs * taps),
        along(1, inputs, taps),
        along(0, group, filters * inputs * taps),
      ],
    );
    return reshaped(emit, swapped, [this.inputs, outputs / group, rows.length, columns.length]);
  }
}

/**
 * Weight gradients by rows: the rows of all images are the channels that a blocked convolution sums over, one convolution
 * for each row of the kernel.
 *
 *   X as [1, (h,n), w, c], g as filters [K, (h,n), wo, 1] -> [1, K, kw, c]
 *
 * Rows are picked for each row of the kernel and brought to blocks; zeros fill the last block. Where images fill whole
 * blocks, `onnx-blocked-conv-images.ts` copies less.
 */

import type { ConvAttrs } from '../core/primitives.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter } from './emitter.ts';
import { packedShape, roundUp } from './layout.ts';
import { NCHWC, reshaped, toBlocked, toPlain } from './onnx-blocked-convert.ts';

type Sizes = readonly [number, number, number, number];

export interface WeightGradTask {
  readonly emit: Emitter;
  readonly x: Tensor;
  readonly g: Tensor;
  readonly weight: Sizes;
  readonly attrs: ConvAttrs;
  /** Groups that the runtime is told of, each of whole blocks. */
  readonly group: number;
  readonly block: number;
}

/** Rows and columns that windows read, beyond the map's last (negative: some are never read). */
export function overhang({ x, g, weight, attrs }: WeightGradTask): [down: number, across: number] {
  const { strides, dilations, pads } = attrs;
  const read = [0, 1].map(
    (axis) => (g.shape[axis + 2]! - 1) * strides[axis]! + dilations[axis]! * (weight[axis + 2]! - 1) + 1,
  );
  return [read[0]! - x.shape[2]! - pads[0], read[1]! - x.shape[3]! - pads[1]];
}

/** Shapes: -> filters [K,C/group,kh,kw], channels filled up. */
export function byRows(task: WeightGradTask): string {
  const { emit, x, g, weight, attrs, group, block } = task;
  const [, , kh, kw] = weight;
  const [, channels, , w] = packedShape(x.shape, 'blocked', block) as Sizes;
  const c = channels / group;
  const k = roundUp(g.shape[1]!, block);
  const wo = g.shape[3]!;
  const rows = new Rows(task, rowsFirst(task), [w, c]);
  const filter = rowFilter(task, [k, rows.filledUp, wo, 1]);

  const [, across] = overhang(task);
  const width = w + Math.min(0, across);
  const window = { kernel_shape: [wo, 1], strides: [1, 1], dilations: [attrs.strides[1], 1], group };
  const parts = Array.from({ length: kh }, (_, tap) => {
    const taken = rows.readBy(tap);
    const kept = width === w ? taken : columnsCut(emit, taken, [(group * rows.filledUp) / block, w, width, c * block]);
    const map = reshaped(emit, kept, [1, group * rows.filledUp, width, c]);
    return emit.one(`${NCHWC}Conv`, [map, filter], { ...window, pads: [attrs.pads[1], 0, Math.max(0, across), 0] });
  });
  const tiles = reshaped(emit, joined(emit, parts), [kh, k / block, kw, c / block, block * block]);
  const turned = emit.one('Transpose', [tiles], { perm: [1, 3, 0, 2, 4] });
  return reshaped(emit, turned, [k, c, kh, kw]);
}

/** Shapes: X [N,C,H,W] -> plain [group,H,N,W*C/group]. */
function rowsFirst({ emit, x, group, block }: WeightGradTask): string {
  const [n, channels, h, w] = packedShape(x.shape, 'blocked', block) as Sizes;
  const images = toPlain(emit, emit.in(x, 'blocked'), channels, true);
  if (group === 1) return emit.one('Transpose', [reshaped(emit, images, [n, h, w * channels])], { perm: [1, 0, 2] });
  const byGroup = reshaped(emit, images, [n, h, w, group, channels / group]);
  return emit.one('Transpose', [byGroup], { perm: [3, 1, 0, 2, 4] });
}

const joined = (emit: Emitter, parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : emit.one('Concat', parts, { axis: 0 });

/** The cotangent's rows as filters. Shapes: g [N,K,Ho,Wo] -> [K,(ho,n) filled up,Wo,1]. */
function rowFilter({ emit, g, block }: WeightGradTask, shape: readonly number[]): string {
  const [n, k, ho, wo] = packedShape(g.shape, 'blocked', block) as Sizes;
  const map = emit.in(g, 'blocked');
  const [, filledUp] = shape as readonly [number, number];
  const turned = (view: readonly number[], perm: readonly number[], name = map) =>
    emit.one('Transpose', [reshaped(emit, name, view)], { perm });
  const perBlock = block / n; // rows of the map
  if (block % n === 0 && ho % perBlock === 0) {
    const view = [n, k / block, ho / perBlock, perBlock, wo, block];
    return reshaped(emit, turned(view, [1, 2, 4, 3, 0, 5]), shape);
  }
  const rows = reshaped(emit, turned([n, k / block, ho, wo * block], [1, 2, 0, 3]), [k / block, ho * n, wo * block]);
  const missing = filledUp - ho * n;
  const whole = missing === 0 ? rows : emit.one('Pad', [rows, emit.ints([0, 0, 0, 0, missing, 0])]);
  return reshaped(emit, turned([k / block, filledUp / block, block, wo, block], [0, 1, 3, 2, 4], whole), shape);
}

/** The rows of all images, in the order (h,n), as channels of each group. */
class Rows {
  /** Rows that the cotangent has, filled up to whole blocks. */
  readonly filledUp: number;
  private readonly task: WeightGradTask;
  private readonly plain: string;
  /** What a row holds, as the pixels of a map. */
  private readonly row: readonly [number, number];

  /** Shapes: plain [group,H,N,...row]. */
  constructor(task: WeightGradTask, plain: string, row: readonly [number, number]) {
    this.task = task;
    this.plain = plain;
    this.row = row;
    this.filledUp = roundUp(task.x.shape[0]! * task.g.shape[2]!, task.block);
  }

  /** The input rows that all output rows read through one row of the kernel. Shapes: -> blocked [group,filledUp,...row]. */
  readBy(tap: number): string {
    const { emit, x, g, group } = this.task;
    const [n, , h] = x.shape as Sizes;
    const length = n * this.row[0] * this.row[1];
    const own = this.picked(reshaped(emit, this.plain, [group, h, length]), tap);
    return toBlocked(emit, reshaped(emit, own, [group, g.shape[2]! * n, ...this.row]), g.shape[2]! * n);
  }

  /** Shapes: [group,H,length] -> [group,Ho,length]; zeros where there is no row, which are the one behind the last. */
  private picked(rows: string, tap: number): string {
    const { emit, x, g, attrs } = this.task;
    const h = x.shape[2]!;
    const read = Array.from({ length: g.shape[2]! }, (_, row) => row * attrs.strides[0] + tap - attrs.pads[0]);
    if (read.length === h && read.every((row, i) => row === i)) return rows;
    const isInside = (row: number) => row >= 0 && row < h;
    const source = read.every(isInside) ? rows : emit.one('Pad', [rows, emit.ints([0, 0, 0, 0, 1, 0])]);
    return emit.one('Gather', [source, emit.ints(read.map((row) => (isInside(row) ? row : h)))], { axis: 1 });
  }
}

/** Shapes: [rows,w,chunk] -> [rows,kept,chunk]. */
function columnsCut(emit: Emitter, name: string, [rows, w, kept, chunk]: Sizes): string {
  const view = reshaped(emit, name, [rows, w, chunk]);
  return emit.one('Slice', [view, emit.ints([0]), emit.ints([kept]), emit.ints([1])]);
}

/**
 * Max pooling over blocked maps: along each row first, then down the columns, so that the gradient takes few passes; see
 * `onnx-blocked-pool-grad.ts`.
 *
 * Padding reads as zero here. Maps that are never negative lose nothing by it: where zero is the maximum, the activation
 * that made the map lets no gradient through.
 */

import type { PoolAttrs } from '../core/primitives.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule, Value } from './emitter.ts';
import { inLayout, NCHWC } from './onnx-blocked-convert.ts';

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

export type Axis = 2 | 3;

/** The part of a pooling that runs along one axis. */
export function along({ kernel, strides, pads }: PoolAttrs, axis: Axis): PoolAttrs {
  const [top, left, bottom, right] = pads;
  if (axis === 2) return { kernel: [kernel[0], 1], strides: [strides[0], 1], pads: [top, 0, bottom, 0] };
  return { kernel: [1, kernel[1]], strides: [1, strides[1]], pads: [0, left, 0, right] };
}

/** The maxima of each row's windows, and of the windows. */
export function byAxis(emit: Emitter, { inputs: [x], attrs }: Op<'MaxPool'>) {
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

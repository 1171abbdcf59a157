/** Max pooling over blocked maps; its gradient makes do without indices, see `onnx-blocked-pool-grad.ts`. */

import type { PoolAttrs } from '../core/primitives.ts';
import type { Tensor } from '../core/tensor.ts';
import type { LoweringRule, Value, Writer } from './emitter.ts';
import { inLayout, NCHWC } from './onnx-blocked-convert.ts';

export function blockedMaxPool(otherwise: LoweringRule<'MaxPool'>): LoweringRule<'MaxPool'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const [, indices] = op.outputs as readonly [Tensor, Tensor];
    if (emit.value(x).layout !== 'blocked') return otherwise(emit, op);
    const result = inLayout('blocked', pooled(emit, emit.in(x, 'blocked'), op.attrs));
    if (!emit.isRead(indices)) return [result, null];
    if (!isSeparable(op.attrs)) return otherwise(emit, op);
    // Who reads the indices is mostly this backend's gradient, which makes do without.
    const written = () => otherwise(emit, op)[1] as string;
    const asked: Value = { layout: 'plain', padding: 0, name: written };
    return [result, asked];
  };
}

/** Taps of a window up to which one pass over all of them is cheaper than one along each axis. */
const FEW_TAPS = 9;

function pooled(emit: Writer, x: string, attrs: PoolAttrs): string {
  const [kh, kw] = attrs.kernel;
  if (kh * kw <= FEW_TAPS) return pool(emit, x, attrs);
  return pool(emit, pool(emit, x, along(attrs, 3)), along(attrs, 2));
}

/** One nchwc pooling; padding never wins. */
export function pool(emit: Writer, x: string, { kernel, strides, pads }: PoolAttrs): string {
  return emit.one(`${NCHWC}MaxPool`, [x], { kernel_shape: kernel, strides, pads });
}

export type Axis = 2 | 3;

/** The part of a pooling that runs along one axis. */
export function along({ kernel, strides, pads }: PoolAttrs, axis: Axis): PoolAttrs {
  const [top, left, bottom, right] = pads;
  if (axis === 2) return { kernel: [kernel[0], 1], strides: [strides[0], 1], pads: [top, 0, bottom, 0] };
  return { kernel: [1, kernel[1]], strides: [1, strides[1]], pads: [0, left, 0, right] };
}

/** Whether its gradient has a blocked form: every element lies under some window. */
const isSeparable = ({ kernel, strides }: PoolAttrs): boolean => kernel.every((side, i) => side >= strides[i]!);

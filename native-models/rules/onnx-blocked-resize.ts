/** Maps made larger by repeating their pixels, or smaller by averaging them, block by block. */

import type { Emitter, LoweringRule } from './emitter.ts';
import { roundUp } from './layout.ts';
import { inLayout, NCHWC } from './onnx-blocked-convert.ts';
import { scaled } from './onnx-blocked-fused.ts';

const repeated = (emit: Emitter, x: string, factors: readonly number[]): string =>
  emit.one(`${NCHWC}Upsample`, [x], { scales: [1, 1, ...factors], mode: 'nearest' });

export function blockedUpsample(otherwise: LoweringRule<'Upsample'>): LoweringRule<'Upsample'> {
  return (emit, op) => {
    const [x] = op.inputs;
    if (emit.value(x!).layout !== 'blocked') return otherwise(emit, op);
    return [inLayout('blocked', repeated(emit, emit.in(x!, 'blocked'), op.attrs.factors))];
  };
}

export function blockedAveragePool(otherwise: LoweringRule<'AveragePool'>): LoweringRule<'AveragePool'> {
  return (emit, op) => {
    const [x] = op.inputs;
    if (emit.value(x!).layout !== 'blocked') return otherwise(emit, op);
    const { kernel, strides, pads, countPads } = op.attrs;
    const window = { kernel_shape: kernel, strides, pads, count_include_pad: Number(countPads) };
    return [inLayout('blocked', emit.one(`${NCHWC}AveragePool`, [emit.in(x!, 'blocked')], window))];
  };
}

/** Where windows lie side by side and cover the map, each pixel gets a share of its own window. */
export function blockedAveragePoolGrad(
  otherwise: LoweringRule<'AveragePoolGrad'>,
  block: number,
): LoweringRule<'AveragePoolGrad'> {
  return (emit, op) => {
    const [g] = op.inputs;
    const { kernel, strides, pads, inputShape } = op.attrs;
    const covers = [0, 1].every(
      (axis) => kernel[axis] === strides[axis] && g!.shape[axis + 2]! * kernel[axis]! === inputShape[axis + 2],
    );
    if (emit.value(g!).layout !== 'blocked' || !covers || pads.some((pad) => pad !== 0)) return otherwise(emit, op);
    const channels = roundUp(g!.shape[1]!, block);
    const vector = (value: number) => emit.constant(new Float64Array(channels).fill(value), [channels], 'float32');
    const share = {
      x: emit.in(g!, 'blocked'),
      scale: vector(1 / (kernel[0] * kernel[1])),
      shift: vector(0),
      added: null,
    };
    return [inLayout('blocked', repeated(emit, scaled(emit, share, channels), kernel))];
  };
}

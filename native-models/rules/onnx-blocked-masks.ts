/**
 * Gradients of activations with kinks: the cotangent times a mask of zeros and ones. Comparing and casting cost a pass
 * each; slopes so steep that any number clearly above the kink is cut off at one give the mask in floating point.
 */

import type { Tensor } from '../core/tensor.ts';
import type { Attributes, Emitter, LoweringRule, Writer } from './emitter.ts';
import { roundUp } from './layout.ts';
import { inLayout } from './onnx-blocked-convert.ts';
import { scaled } from './onnx-blocked-fused.ts';

/** Every normal float32 above zero becomes at least one. */
const STEEPEST = 2 ** 126;
/** Steep enough for the number next to the limit, flat enough to be added to. */
const STEEP = 2 ** 40;

/** g where y > 0, else 0. */
export const steepReluGrad: LoweringRule<'ReluGrad'> = (emit, { inputs: [g, y] }) => {
  return [emit.one('Mul', [emit.name(g!), steepMask(emit, emit.name(y!))])];
};

/** 1 where a map is above zero, 0 where it is zero or below. */
export const steepMask = (emit: Writer, map: string): string =>
  emit.one('HardSigmoid', [map], { alpha: { float: STEEPEST }, beta: { float: 0 } });

const clipped = (low: number, high: number): Attributes => ({
  activation: 'Clip',
  activation_params: { floats: [low, high] },
});

/**
 * g where 0 < y < max, else 0, with y within 0 and max: one pass falls from 0 to -limit at y = 0, a second adds it to a
 * slope that is cut off at one everywhere but at y = max.
 */
export function blockedClipGrad(otherwise: LoweringRule<'ClipGrad'>, block: number): LoweringRule<'ClipGrad'> {
  return (emit, op) => {
    const [g, y] = op.inputs as readonly [Tensor, Tensor];
    const { min, max } = op.attrs;
    const isBlocked = emit.value(y).layout === 'blocked' && emit.value(g).layout === 'blocked';
    if (!isBlocked || min !== 0 || !(max > 0 && max < STEEP)) return otherwise(emit, op);
    const channels = roundUp(y.shape[1]!, block);
    const limit = STEEP * max;
    const x = emit.in(y, 'blocked');
    const vector = (value: number) => constantVector(emit, value, channels);
    const low = { x, scale: vector(STEEPEST), shift: vector(-limit), added: null };
    const added = scaled(emit, low, channels, clipped(-limit, 0));
    const mask = scaled(emit, { x, scale: vector(-STEEP), shift: vector(limit), added }, channels, clipped(0, 1));
    return [inLayout('blocked', emit.one('Mul', [emit.in(g, 'blocked'), mask]))];
  };
}

const constantVector = (emit: Emitter, value: number, length: number): string =>
  emit.constant(new Float64Array(length).fill(value), [length], 'float32');

/**
 * Gradients of activations with kinks: the cotangent times a mask of zeros and ones. Comparing and casting cost a pass
 * each; slopes so steep that any number clearly above the kink is cut off at one give the mask in floating point.
 */

import { sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule, Parted, Writer } from './emitter.ts';
import { packedShape } from './layout.ts';
import { reshaped } from './onnx-blocked-convert.ts';
import { constantVector, scaled } from './onnx-blocked-fused.ts';
import { partsOf, pendingParts } from './onnx-blocked-parts.ts';

/** Every normal float32 above zero becomes at least one. */
const STEEPEST = 2 ** 126;
/** Steep enough for the number next to a limit above `NARROWEST`. */
const STEEP = 2 ** 40;
const NARROWEST = 2 ** -14; // distance of a limit from the middle

/** g where y > 0, else 0. */
export const steepReluGrad: LoweringRule<'ReluGrad'> = (emit, { inputs: [g, y] }) => {
  return [emit.one('Mul', [emit.name(g!), steepMask(emit, emit.name(y!))])];
};

/** 1 where a map is above zero, 0 where it is zero or below. */
export const steepMask = (emit: Writer, map: string): string =>
  emit.one('HardSigmoid', [map], { alpha: { float: STEEPEST }, beta: { float: 0 } });

/**
 * g where min < y < max, else 0, with y within min and max: one pass makes y's distance from the middle, a second, over that, a slope
 * which is cut off at one everywhere but at the limits. A number within rounding of a limit counts as the limit.
 */
export function blockedClipGrad(otherwise: LoweringRule<'ClipGrad'>, block: number): LoweringRule<'ClipGrad'> {
  return (emit, op) => {
    const [g, y] = op.inputs as readonly [Tensor, Tensor];
    const isBlocked = emit.value(y).layout === 'blocked' && emit.value(g).layout === 'blocked';
    const limits = halved(op.attrs);
    if (!isBlocked || limits === null) return otherwise(emit, op);
    return [pendingParts(emit, clipped(emit, g, y, limits, block), y.shape, block)];
  };
}

/** What makes the cotangent, where that goes part by part as well, and the mask behind it. */
function clipped(emit: Emitter, g: Tensor, y: Tensor, limits: Limits, block: number): Parted {
  const size = sizeOf(packedShape(y.shape, 'blocked', block));
  const { parted } = emit.value(g);
  const before = parted !== undefined && emit.readers(g) === 1 ? parted : null;
  const count = before?.count ?? partsOf(size, block);
  const shape = [1, block, size / count / block, 1];
  return {
    count,
    operands: [
      { name: emit.raw(y, 'blocked'), shape },
      ...(before?.operands ?? [{ name: emit.in(g, 'blocked'), shape }]),
    ],
    write: (writer, [own, ...given]) => {
      const slope = before === null ? given[0]! : reshaped(writer, before.write(writer, given), shape);
      return writer.one('Mul', [slope, insideMask(writer, own!, limits, block)]);
    },
  };
}

/** 1 where a number is between the limits, 0 where it is at one. Shapes: a map of `block` channels. */
function insideMask(emit: Writer, map: string, { middle, half }: Limits, block: number): string {
  const vector = (value: number) => constantVector(emit, value, block);
  const centred = { x: map, scale: vector(1), shift: vector(-middle), added: null };
  const distance = scaled(emit, centred, block, { activation: 'LeakyRelu', activation_params: { floats: [-1] } });
  return emit.one('HardSigmoid', [distance], { alpha: { float: -STEEP }, beta: { float: STEEP * half } });
}

interface Limits {
  readonly middle: number;
  readonly half: number;
}

/** The middle of an interval and how far both limits lie from it, in float32; null where they are not equally far there. */
function halved({ min, max }: { readonly min: number; readonly max: number }): Limits | null {
  const middle = Math.fround((min + max) / 2);
  const half = Math.fround(Math.fround(max) - middle);
  const isEven = half === Math.fround(middle - Math.fround(min));
  return isEven && half >= NARROWEST && half < STEEP ? { middle, half } : null;
}

/**
 * SiLU over blocked maps: y = x * s(x) by the runtime's QuickGelu, one pass that keeps no factor. Its gradient is
 *
 *   g * (s + y * (1 - s)) = g * (1 - t + y * t),  t = 1 - s(x) = s(-x)
 *
 * and t takes one pass over what a batch norm before it was made from, which is kept for that norm's own gradient: scale, shift and
 * sigmoid are one operator's. So of a convolution, a norm and SiLU two maps stay until the way back, and not three.
 */

import type { Tensor } from '../core/tensor.ts';
import type { Affine, Attributes, Emitter, LoweringRule } from './emitter.ts';
import { roundUp } from './layout.ts';
import { inLayout } from './onnx-blocked-convert.ts';
import { constantVector, scaled } from './onnx-blocked-fused.ts';

const QUICK_GELU = 'com.microsoft:QuickGelu';
const SIGMOID: Attributes = { activation: 'Sigmoid' };
const HALF = 0.5; // the sigmoid of what fills up blocks

export function blockedSilu(otherwise: LoweringRule<'Silu'>, block: number): LoweringRule<'Silu'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const { layout, affine } = emit.value(x);
    if (layout !== 'blocked') return otherwise(emit, op);
    const channels = roundUp(x.shape[1]!, block);
    const map = emit.in(x, 'blocked');
    const y = emit.one(QUICK_GELU, [map], { alpha: { float: 1 } });
    const signed = (sign: 1 | -1) => scaled(emit, timesSign(emit, affine, map, channels, sign), channels, SIGMOID);
    const factor = { layout, padding: HALF, name: () => signed(1), complement: () => signed(-1) };
    return [inLayout('blocked', y), factor];
  };
}

/** x or -x as a pass: over what x is made from where that is one map alone, else over x itself. */
function timesSign(emit: Emitter, affine: Affine | undefined, map: string, channels: number, sign: 1 | -1): Affine {
  const isOfOneMap = affine !== undefined && affine.added === null && !affine.isProduct && !affine.ofImages;
  if (!isOfOneMap) {
    return {
      x: map,
      scale: constantVector(emit, sign, channels),
      shift: constantVector(emit, 0, channels),
      added: null,
    };
  }
  const turned = (vector: string) => (sign === 1 ? vector : emit.one('Neg', [vector]));
  return { ...affine, scale: turned(affine.scale), shift: turned(affine.shift) };
}

export function blockedSiluGrad(otherwise: LoweringRule<'SiluGrad'>, block: number): LoweringRule<'SiluGrad'> {
  return (emit, op) => {
    const [g, y, factor] = op.inputs as readonly [Tensor, Tensor, Tensor];
    const { complement } = emit.value(factor);
    if (complement === undefined || emit.value(g).layout !== 'blocked') return otherwise(emit, op);
    const channels = roundUp(y.shape[1]!, block);
    const rest = complement();
    const added = emit.one('Mul', [emit.in(y, 'blocked'), rest]);
    const vector = (value: number) => constantVector(emit, value, channels);
    const slope = scaled(emit, { x: rest, scale: vector(-1), shift: vector(1), added }, channels);
    return [inLayout('blocked', emit.one('Mul', [emit.in(g, 'blocked'), slope]))];
  };
}

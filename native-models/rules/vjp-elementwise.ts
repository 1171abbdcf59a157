/** Derivatives of elementwise primitives: the cotangent times f'(x), by the output where that is cheaper. */

import type { ElementwisePrim } from '../core/primitives.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { input, none, output, sumTo, type VjpRule } from './cotangents.ts';

/** Density of the standard normal distribution at 0. */
const PEAK = 1 / Math.sqrt(2 * Math.PI);

/** dx = g * (cdf(x) + x * pdf(x)), with the cumulative function kept from the forward pass. */
function geluVjp(g: Tensor, op: Op<'Gelu'>): [Tensor] {
  const x = input(op, 0);
  const density = x.mul(x).mul(-0.5).exp().mul(PEAK);
  return [g.mul(x.mul(density).add(output(op, 1)))];
}

export const elementwiseVjpRules: { readonly [P in ElementwisePrim]: VjpRule<P> } = {
  Neg: (g) => [g.neg()],
  Exp: (g, op) => [g.mul(output(op))],
  Log: (g, op) => [g.div(input(op, 0))],
  Sqrt: (g, op) => [g.mul(0.5).div(output(op))],
  Relu: (g, op) => g.graph.apply('ReluGrad', [g, output(op)], {}),
  Gelu: geluVjp,
  Clip: (g, op) => g.graph.apply('ClipGrad', [g, input(op, 0)], op.attrs),
  Cast: (g, op) => [input(op, 0).dtype === 'float32' && op.attrs.to === 'float32' ? g : null],
  // Binary: operands broadcast forward, so each cotangent is summed back to its operand.
  Add: (g, op) => [sumTo(g, input(op, 0).shape), sumTo(g, input(op, 1).shape)],
  Sub: (g, op) => [sumTo(g, input(op, 0).shape), sumTo(g.neg(), input(op, 1).shape)],
  Mul: (g, op) => [sumTo(g.mul(input(op, 1)), input(op, 0).shape), sumTo(g.mul(input(op, 0)), input(op, 1).shape)],
  Div: (g, op) => [
    sumTo(g.div(input(op, 1)), input(op, 0).shape),
    sumTo(g.mul(output(op)).div(input(op, 1)).neg(), input(op, 1).shape),
  ],
  Greater: none, // piecewise constant
  Equal: none, // piecewise constant
  Where: (g, op) => {
    const zero = g.graph.scalar(0, g.dtype);
    const [condition, yes, no] = op.inputs as [Tensor, Tensor, Tensor];
    return [null, sumTo(condition.where(g, zero), yes.shape), sumTo(condition.where(zero, g), no.shape)];
  },
};

/** Derivatives of elementwise primitives: the cotangent times f'(x), by the output where that is cheaper. */

import type { ElementwisePrim } from '../core/primitives.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { input, none, output, sumTo, type VjpRule } from './cotangents.ts';

const asFloat = (condition: Tensor): Tensor => condition.cast('float32');

/** The larger operand of Max (the smaller of Min) takes the cotangent; equal ones share it. */
function extremeVjp(g: Tensor, op: Op<'Max' | 'Min'>): [Tensor, Tensor] {
  const [a, b] = op.inputs as [Tensor, Tensor];
  const wins = op.prim === 'Max' ? a.greater(b) : b.greater(a);
  const forFirst = g.mul(asFloat(wins).add(asFloat(a.equal(b)).mul(0.5)));
  return [sumTo(forFirst, a.shape), sumTo(g.sub(forFirst), b.shape)];
}

function powVjp(g: Tensor, op: Op<'Pow'>): [Tensor | null] {
  const { exponent } = op.attrs;
  if (exponent === 0) return [null]; // constant
  if (exponent === 1) return [g];
  return [g.mul(input(op, 0).pow(exponent - 1)).mul(exponent)];
}

/** Density of the standard normal distribution at 0. */
const PEAK = 1 / Math.sqrt(2 * Math.PI);

/** dx = g * (cdf(x) + x * pdf(x)), with the cumulative function kept from the forward pass. */
function geluVjp(g: Tensor, op: Op<'Gelu'>): [Tensor] {
  const x = output(op, 2);
  const bell = x.mul(x).mul(-0.5).exp();
  return [g.mul(x.mul(bell).scaleAdd(PEAK, output(op, 1)))];
}

export const elementwiseVjpRules: { readonly [P in ElementwisePrim]: VjpRule<P> } = {
  Neg: (g) => [g.neg()],
  Exp: (g, op) => [g.mul(output(op))],
  Log: (g, op) => [g.div(input(op, 0))],
  Sqrt: (g, op) => [g.mul(0.5).div(output(op))],
  Relu: (g, op) => g.graph.apply('ReluGrad', [g, output(op)], {}),
  Gelu: geluVjp,
  Silu: (g, op) => g.graph.apply('SiluGrad', [g, output(op), output(op, 1)], {}),
  Sigmoid: (g, op) => [g.mul(output(op).sub(output(op).mul(output(op))))],
  HardSigmoid: (g, op) => [g.graph.apply('ClipGrad', [g, output(op)], { min: 0, max: 1 })[0]!.mul(op.attrs.alpha)],
  Tanh: (g, op) => [g.sub(g.mul(output(op)).mul(output(op)))],
  Softplus: (g, op) => [g.mul(input(op, 0).sigmoid())],
  Erf: (g, op) => [g.mul(input(op, 0).mul(input(op, 0)).neg().exp()).mul(2 / Math.sqrt(Math.PI))],
  Atan: (g, op) => [g.div(input(op, 0).mul(input(op, 0)).add(1))],
  Abs: (g, op) => {
    const x = input(op, 0);
    return [g.mul(asFloat(x.greater(0)).sub(asFloat(g.graph.scalar(0, x.dtype).greater(x))))];
  },
  Floor: none, // piecewise constant
  Pow: powVjp,
  StopGradient: none,
  Clip: (g, op) => g.graph.apply('ClipGrad', [g, output(op)], op.attrs),
  Cast: (g, op) => [input(op, 0).dtype === 'float32' && op.attrs.to === 'float32' ? g : null],
  // Binary: operands broadcast forward, so each cotangent is summed back to its operand.
  Add: (g, op) => [sumTo(g, input(op, 0).shape), sumTo(g, input(op, 1).shape)],
  Sub: (g, op) => [sumTo(g, input(op, 0).shape), sumTo(g.neg(), input(op, 1).shape)],
  Mul: (g, op) => [sumTo(g.mul(input(op, 1)), input(op, 0).shape), sumTo(g.mul(input(op, 0)), input(op, 1).shape)],
  Div: (g, op) => [
    sumTo(g.div(input(op, 1)), input(op, 0).shape),
    sumTo(g.mul(output(op)).div(input(op, 1)).neg(), input(op, 1).shape),
  ],
  Max: extremeVjp,
  Min: extremeVjp,
  Greater: none, // piecewise constant
  Equal: none, // piecewise constant
  Where: (g, op) => {
    const zero = g.graph.scalar(0, g.dtype);
    const [condition, yes, no] = op.inputs as [Tensor, Tensor, Tensor];
    return [null, sumTo(condition.where(g, zero), yes.shape), sumTo(condition.where(zero, g), no.shape)];
  },
};

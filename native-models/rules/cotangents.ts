/** What derivative rules are written with. */

import type { Prim } from '../core/primitives.ts';
import type { Shape } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';

export type VjpRule<P extends Prim> = (g: Tensor, op: Op<P>, all: readonly Tensor[]) => readonly (Tensor | null)[];

export const none = (_: Tensor, op: Op): null[] => op.inputs.map(() => null);

/** For primitives that are themselves gradients: asking for their derivative is a bug, not a zero. */
export const onlyOnce = (_: Tensor, op: Op): never => {
  throw new Error(`bug: ${op.prim} has no second derivative here`);
};

/** Sums a cotangent back over the axes along which its operand was broadcast. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((side, axis) => {
    const own = axis < extra ? 1 : shape[axis - extra]!;
    return axis < extra || (own === 1 && side !== 1) ? [axis] : [];
  });
  return (axes.length === 0 ? g : g.sum(axes, true)).reshape(shape);
}

export const input = (op: Op, index: number): Tensor => op.inputs[index]!;
export const output = (op: Op, index = 0): Tensor => op.outputs[index]!;

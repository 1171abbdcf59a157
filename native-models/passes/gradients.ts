/** Adds to a graph the derivative of one scalar with respect to given tensors. */

import { assert } from '../core/assert.ts';
import type { Prim } from '../core/primitives.ts';
import { sameShape, sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { pullBack } from '../rules/vjp.ts';

/** Primitives whose outputs all carry a gradient; of the others the first alone does. */
const CARRY_ALL: ReadonlySet<string> = new Set<Prim>(['Split', 'ChannelMoments']);

/** What an operation passes on to its operands when its outputs receive the cotangents. */
export type PullBack = typeof pullBack;

/**
 * Reverse mode over the operations in the order they were written.
 * Shapes: loss [] -> one tensor per `wrt`, of its shape; a tensor the loss does not depend on gets zeros.
 * Errors: a bug is raised when a gradient would have to flow through a statistic or an index.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  assert(loss.shape.length === 0, `gradients: the loss is [${loss.shape}], not a scalar`);
  return pulledBack(loss, loss.graph.scalar(1, loss.dtype), wrt);
}

/**
 * The same from a cotangent: what `y`, of any shape, passes on to each of `wrt` when it receives `g`. Another `pull`
 * makes it something else than the derivative.
 * Shapes: g as y -> one tensor per `wrt`, of its shape.
 */
export function pulledBack(y: Tensor, g: Tensor, wrt: readonly Tensor[], pull: PullBack = pullBack): Tensor[] {
  assert(sameShape(y.shape, g.shape), `gradients: a cotangent [${g.shape}] for [${y.shape}]`);
  const forward = [...y.graph.ops];
  const isOnPath = dependents(forward, wrt);
  const cotangents = new Map<Tensor, Tensor>([[y, g]]);

  for (const op of forward.reverse()) {
    const carriers = CARRY_ALL.has(op.prim) ? op.outputs : op.outputs.slice(0, 1);
    assert(
      op.outputs.slice(carriers.length).every((extra) => !cotangents.has(extra)),
      `${op.prim}: a gradient reached a secondary output`,
    );
    if (!carriers.some((carrier) => cotangents.has(carrier)) || !isOnPath.has(op.outputs[0]!)) continue;
    const known = carriers.map((carrier) => cotangents.get(carrier) ?? zerosLike(carrier));
    pull(known, op).forEach((cotangent, i) => {
      const input = op.inputs[i]!;
      if (cotangent === null || !isOnPath.has(input)) return;
      const sum = cotangents.get(input);
      cotangents.set(input, sum === undefined ? cotangent : sum.add(cotangent));
    });
  }
  return wrt.map((tensor) => cotangents.get(tensor) ?? zerosLike(tensor));
}

/** Every tensor that depends on one of `roots`, the roots included. */
function dependents(ops: Tensor['graph']['ops'], roots: readonly Tensor[]): ReadonlySet<Tensor> {
  const reached = new Set(roots);
  for (const op of ops) {
    if (op.inputs.some((input) => reached.has(input))) for (const output of op.outputs) reached.add(output);
  }
  return reached;
}

function zerosLike(tensor: Tensor): Tensor {
  const zero = tensor.graph.scalar(0, tensor.dtype);
  return sizeOf(tensor.shape) === 1 ? zero.reshape(tensor.shape) : zero.expand(tensor.shape);
}

/** Adds to a graph the derivative of one scalar with respect to given tensors. */

import { assert } from '../core/assert.ts';
import { sizeOf } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { pullBack } from '../rules/vjp.ts';

/**
 * Reverse mode over the operations in the order they were written.
 * Shapes: loss [] -> one tensor per `wrt`, of its shape; a tensor the loss does not depend on gets zeros.
 * Errors: a bug is raised when a gradient would have to flow through a statistic or an index.
 */
export function gradients(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  assert(loss.shape.length === 0, `gradients: the loss is [${loss.shape}], not a scalar`);
  const { graph } = loss;
  const forward = [...graph.ops];
  const isOnPath = dependents(forward, wrt);
  const cotangents = new Map<Tensor, Tensor>([[loss, graph.scalar(1, loss.dtype)]]);

  for (const op of forward.reverse()) {
    const g = cotangents.get(op.outputs[0]!);
    assert(
      op.outputs.slice(1).every((extra) => !cotangents.has(extra)),
      `${op.prim}: a gradient reached a secondary output`,
    );
    if (g === undefined || !isOnPath.has(op.outputs[0]!)) continue;
    pullBack(g, op).forEach((cotangent, i) => {
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

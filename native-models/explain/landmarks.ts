/**
 * Places of a classifier's graph that explanations start from. They are found by what the operations do, so a model need
 * not know that it is going to be explained.
 */

import type { Op, Tensor } from '../core/tensor.ts';

/**
 * The map that the head's global average pool reads: the output of the last convolutional stage, after its activation.
 * Null where the logits do not come from such a pool.
 * Shapes: [N,C,H,W].
 * Source: Selvaraju et al. 2016, https://arxiv.org/abs/1610.02391, section 3: the last convolutional layer.
 */
export function lastMapOf(logits: Tensor): Tensor | null {
  const pool = ancestors(logits).findLast(isGlobalPool);
  return pool?.inputs[0] ?? null;
}

/** A model's own pools (squeeze and excitation) come back as factors of maps; only the head's is the last of all. */
function isGlobalPool(op: Op): boolean {
  const [x] = op.inputs;
  return isPrim(op, 'ReduceMean') && x!.shape.length === 4 && `${op.attrs.axes}` === '2,3';
}

/**
 * What each block's tokens take from which, first block first; empty where nothing attends.
 * Shapes: [heads,N,T,T], rows sum to 1; [heads,N,1,T] where a block makes the class token alone.
 */
export function attentionsOf(logits: Tensor): Tensor[] {
  const tables = ancestors(logits).filter((op) => isPrim(op, 'Softmax') && op.attrs.axis === 3);
  return tables.map((op) => op.outputs[0]!);
}

function isPrim<P extends Op['prim']>(op: Op, prim: P): op is Op<P> {
  return op.prim === prim;
}

/** Every operation that has a part in `tensor`, in the order in which they run. */
function ancestors(tensor: Tensor): Op[] {
  const needed = new Set<Tensor>([tensor]);
  const found: Op[] = [];
  for (const op of tensor.graph.ops.toReversed()) {
    if (!op.outputs.some((output) => needed.has(output))) continue;
    for (const input of op.inputs) needed.add(input);
    found.push(op);
  }
  return found.reverse();
}

/**
 * Attention's heads between rows and plain tensors. A head is some whole blocks of a linear layer's channels, so in rows it is
 * one run, and bringing it to the rows of a matrix of its own is what the reordering operators do:
 *
 *   rows of [N,T,heads*D]  <->  plain [heads,N,T,D]
 *
 * A model writes that as a reshape and a transpose that brings the heads to the front, or as the two backwards.
 */

import { sameShape, sizeOf } from '../core/shape.ts';
import { madeBy, type Tensor } from '../core/tensor.ts';
import type { Emitter, LoweringRule } from './emitter.ts';
import { inLayout, NCHWC, reshaped } from './onnx-blocked-convert.ts';

/** Heads brought to the front of what lies in rows. */
export function headsFromRows(otherwise: LoweringRule<'Transpose'>, block: number): LoweringRule<'Transpose'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const rows = madeBy(x, 'Reshape')?.inputs[0];
    const rank = x.shape.length;
    const isToFront = op.attrs.perm.every((from, to) => from === (to === 0 ? rank - 2 : to === rank - 1 ? to : to - 1));
    const isHeads = rows !== undefined && isToFront && areHeads(emit, x.shape, rows, block);
    if (!isHeads || emit.value(rows).layout !== 'rows') return otherwise(emit, op);
    const [heads, depth] = x.shape.slice(-2) as [number, number];
    // Each of a head's blocks is a pixel, whose channels are all of its rows: all threads do that.
    const lines = [heads, 1, depth / block, sizeOf(x.shape.slice(0, -2)) * block];
    const view = reshaped(emit, emit.in(rows, 'rows'), lines);
    const matrices = emit.one(`${NCHWC}ReorderInput`, [view], { channels_last: 1 });
    return [reshaped(emit, matrices, op.outputs[0]!.shape)];
  };
}

/** Heads brought back beside one another, which gives rows. */
export function rowsFromHeads(otherwise: LoweringRule<'Reshape'>, block: number): LoweringRule<'Reshape'> {
  return (emit, op) => {
    const [x] = op.inputs as readonly [Tensor];
    const turned = madeBy(x, 'Transpose');
    const rank = x.shape.length;
    const isToBack = turned?.attrs.perm.every(
      (from, to) => from === (to === rank - 2 ? 0 : to === rank - 1 ? to : to + 1),
    );
    if (turned === null || !isToBack || !areHeads(emit, x.shape, op.outputs[0]!, block)) return otherwise(emit, op);
    const [heads, depth] = x.shape.slice(-2) as [number, number];
    const view = reshaped(emit, emit.name(turned.inputs[0]!), [heads, 1, sizeOf(x.shape.slice(0, -2)), depth]);
    const rows = emit.one(`${NCHWC}ReorderInput`, [view], { channels_last: 1 });
    return [inLayout('rows', reshaped(emit, rows, op.attrs.shape))];
  };
}

/** Whether [...,heads,D] are the channels of [...,heads*D], in whole blocks. */
function areHeads(emit: Emitter, byHead: Tensor['shape'], rows: Tensor, block: number): boolean {
  const [heads, depth] = byHead.slice(-2) as [number, number];
  const isWhole = depth % block === 0 && rows.dtype === 'float32' && !emit.anyBatch && byHead.length > 2;
  return isWhole && sameShape(rows.shape, [...byHead.slice(0, -2), heads * depth]);
}

/** Transposes that leave the last sides together, as those of attention's heads do: whole chunks change places. */

import { sizeOf } from '../core/shape.ts';
import type { LoweringRule } from './emitter.ts';
import { chunksPicked } from './onnx-blocked-chunks.ts';
import { reshaped } from './onnx-blocked-convert.ts';

/** Elements of a tensor from which all threads are worth waking, and of a chunk that is worth a number. */
const LEAST = { tensor: 2 ** 16, chunk: 16 };

export function chunkTranspose(otherwise: LoweringRule<'Transpose'>): LoweringRule<'Transpose'> {
  return (emit, op) => {
    const [x] = op.inputs;
    const { perm } = op.attrs;
    const moved = perm.findLastIndex((from, to) => from !== to) + 1;
    const chunk = sizeOf(x!.shape.slice(moved));
    const isWorthIt = sizeOf(x!.shape) >= LEAST.tensor && chunk >= LEAST.chunk;
    if (emit.anyBatch || !isWorthIt || moved === 0) return otherwise(emit, op);
    const terms = perm.slice(0, moved).map((from, to) => {
      const step = sizeOf(x!.shape.slice(from + 1, moved));
      return { axes: [to], numbers: Array.from({ length: x!.shape[from]! }, (_, i) => i * step) };
    });
    const { shape } = op.outputs[0]!;
    const picked = chunksPicked(emit, emit.name(x!), chunk, shape.slice(0, moved), terms.toReversed());
    return [reshaped(emit, picked, shape)];
  };
}

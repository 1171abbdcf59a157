/** Weights files made from others. */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseSafetensors, writeSafetensors } from '../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../native-models/weights/stored-tensor.ts';

/** A copy with every tensor changed. */
export function rewriteWeights(
  from: string,
  to: string,
  change: (
    name: string,
    shape: readonly number[],
    data: Float32Array,
  ) => { shape: readonly number[]; data: Float32Array },
): void {
  const { tensors, metadata } = parseSafetensors(readFileSync(from));
  const changed = [...tensors].map(
    ([name, stored]) => [name, change(name, stored.shape, toFloat32(name, stored))] as const,
  );
  writeFileSync(to, writeSafetensors(new Map(changed), metadata));
}

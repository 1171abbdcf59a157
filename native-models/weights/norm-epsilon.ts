/** Frozen batch norm of networks that add nothing to its variances, for one that does. */

import { type StoredTensor, toFloat32 } from './stored-tensor.ts';

const VARIANCE = '.running_var';

/**
 * Scales grow by what the epsilon makes the deviations larger, so that the norms do what they did: w / sqrt(v) is
 * w' / sqrt(v + e) for w' = w sqrt((v + e) / v). Values are made when they are read.
 */
export function withEpsilon(tensors: ReadonlyMap<string, StoredTensor>, epsilon: number): Map<string, StoredTensor> {
  const changed = [...tensors].flatMap(([name, variances]) => {
    const scaleName = `${name.slice(0, -VARIANCE.length)}.weight`;
    const scales = name.endsWith(VARIANCE) ? tensors.get(scaleName) : undefined;
    if (scales === undefined) return [];
    const read = () => {
      const v = toFloat32(name, variances);
      const grown = toFloat32(scaleName, scales).map((w, i) => w * Math.sqrt((v[i]! + epsilon) / v[i]!));
      return new Uint8Array(grown.buffer);
    };
    return [[scaleName, { type: 'F32', shape: scales.shape, read }] as const];
  });
  return new Map([...tensors, ...changed]);
}

/** Finds a model's parameters in a weights file, by name and shape. */

import { type Shape, sameShape } from '../core/shape.ts';
import { toFloat32, type WeightsFile } from './stored-tensor.ts';

export interface Match {
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Head parameters that were left at their initial values: the file has none, or another class count. */
  readonly replacedHead: readonly string[];
  /** Parameters of the body that the file lacks or has in another shape, with the reason; weights do not fit then. */
  readonly problems: readonly string[];
  /** Tensors of the file that the model has no use for. */
  readonly unused: readonly string[];
}

const isBookkeeping = (name: string) => name.endsWith('.num_batches_tracked'); // torch counts batches; nothing reads it

/**
 * A head of another class count is left out; everything else must be there in its shape.
 * Errors: WeightsFormatError when a tensor that is needed holds integers.
 */
export function matchWeights(
  parameters: ReadonlyMap<string, { readonly shape: Shape }>,
  file: WeightsFile,
  headPrefixes: readonly string[],
): Match {
  const values = new Map<string, Float32Array>();
  const misfits: string[] = [];
  const problems: string[] = [];
  for (const [name, { shape }] of parameters) {
    const stored = file.tensors.get(name);
    if (stored && sameShape(stored.shape, shape)) values.set(name, toFloat32(name, stored));
    else if (headPrefixes.some((prefix) => name.startsWith(prefix))) misfits.push(name);
    else problems.push(stored ? `${name} is [${stored.shape}], needs [${shape}]` : `${name} [${shape}] is missing`);
  }
  const unused = [...file.tensors.keys()].filter((name) => !parameters.has(name) && !isBookkeeping(name));
  if (misfits.length === 0) return { values, replacedHead: [], problems, unused };
  // A bias may fit by chance where its weight does not: the head is kept or replaced as a whole.
  const head = [...parameters.keys()].filter((name) => headPrefixes.some((prefix) => name.startsWith(prefix)));
  for (const name of head) values.delete(name);
  return { values, replacedHead: head, problems, unused };
}

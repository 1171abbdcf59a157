/** Finds a model's parameters in a weights file, by name and shape; values are read only when asked for. */

import { type Shape, sameShape } from '../core/shape.ts';
import { BACKBONE_PREFIX, MODEL_NAMINGS, type Naming, renamed } from './naming.ts';
import { type StoredTensor, toFloat32, type WeightsFile } from './stored-tensor.ts';

/** Values of one shape made into values of another, where a model knows how; null where it does not. */
export type Adapt = (name: string, from: Shape, to: Shape) => ((values: Float32Array) => Float32Array) | null;

export interface MatchOptions {
  /** Prefixes of the parameters that depend on the number of classes. */
  readonly headPrefixes: readonly string[];
  readonly adapt?: Adapt;
  /** The model whose weights will do for the backbone, where there is one. */
  readonly backbone?: string;
}

export interface Match {
  readonly naming: Naming;
  /** How to read each parameter the file has a use for. */
  readonly found: ReadonlyMap<string, () => Float32Array>;
  /** Parameters that are there in another shape and are made to fit. */
  readonly adapted: readonly string[];
  /** Head parameters that stay at their initial values: the file has none, or another class count. */
  readonly replacedHead: readonly string[];
  /** All that is not the backbone, and stays at its initial values, where the file is of a backbone by itself. */
  readonly besideBackbone: readonly string[];
  /** Parameters of the body that the file lacks or has in another shape, with the reason; weights do not fit then. */
  readonly problems: readonly string[];
  /** Tensors of the file that the model has no use for. */
  readonly unused: readonly string[];
}

type Parameters = ReadonlyMap<string, { readonly shape: Shape }>;

/** The match under the names that fit best. A head of another class count is left out; all else must be there. */
export function matchWeights(parameters: Parameters, file: WeightsFile, options: MatchOptions): Match {
  const namings = isBackboneAlone(file, options) ? [...MODEL_NAMINGS, 'backbone-alone' as const] : MODEL_NAMINGS;
  const matches = namings.map((naming) => matchUnder(naming, parameters, file, options));
  return matches.toSorted((a, b) => a.problems.length - b.problems.length)[0]!;
}

/** Errors: WeightsFormatError when a tensor that is needed holds integers. */
export function valuesOf({ found }: Match): ReadonlyMap<string, Float32Array> {
  return new Map([...found].map(([name, read]) => [name, read()]));
}

/** A file that has anything of a detector is one, whatever it lacks. */
const isBackboneAlone = ({ tensors }: WeightsFile, { backbone }: MatchOptions): boolean =>
  backbone !== undefined && ![...tensors.keys()].some((name) => name.startsWith(BACKBONE_PREFIX));

const isBookkeeping = (name: string) => name.endsWith('.num_batches_tracked'); // torch counts batches; nothing reads it

function matchUnder(naming: Naming, parameters: Parameters, file: WeightsFile, options: MatchOptions): Match {
  const tensors = renamed(file.tensors, naming);
  const isOfHead = (name: string) => options.headPrefixes.some((prefix) => name.startsWith(prefix));
  const found = new Map<string, () => Float32Array>();
  const adapted: string[] = [];
  const besideBackbone: string[] = [];
  const problems: string[] = [];
  let isHeadWhole = true;
  for (const [name, { shape }] of parameters) {
    if (naming === 'backbone-alone' && !name.startsWith(BACKBONE_PREFIX)) {
      besideBackbone.push(name);
      continue;
    }
    const stored = tensors.get(name);
    const read = stored ? readerOf(name, stored, shape, options.adapt) : null;
    if (read !== null) found.set(name, read);
    else if (isOfHead(name)) isHeadWhole = false;
    else problems.push(stored ? `${name} is [${stored.shape}], needs [${shape}]` : `${name} [${shape}] is missing`);
    if (stored && read !== null && !sameShape(stored.shape, shape)) adapted.push(name);
  }
  const unused = [...tensors.keys()].filter((name) => !parameters.has(name) && !isBookkeeping(name));
  // A bias may fit by chance where its weight does not: the head is kept or replaced as a whole.
  const replacedHead = isHeadWhole ? [] : [...parameters.keys()].filter(isOfHead);
  for (const name of replacedHead) found.delete(name);
  return { naming, found, adapted, replacedHead, besideBackbone, problems, unused };
}

function readerOf(
  name: string,
  stored: StoredTensor,
  shape: Shape,
  adapt: Adapt | undefined,
): (() => Float32Array) | null {
  if (sameShape(stored.shape, shape)) return () => toFloat32(name, stored);
  const change = adapt?.(name, stored.shape, shape) ?? null;
  return change === null ? null : () => change(toFloat32(name, stored));
}

/** Takes the weights out of a model file that `write.ts` wrote. A file is input from a stranger: every length is checked. */

import { sizeOf } from '../core/shape.ts';
import { ONNX_TYPES } from '../rules/onnx-types.ts';
import { ModelProto } from './schema.ts';

/** The bytes are not a model file that holds its weights. */
export class ModelFormatError extends Error {
  override readonly name = 'ModelFormatError';
}

export interface StoredWeight {
  readonly shape: readonly number[];
  /** A view of the file where its place allows one. */
  readonly data: Float32Array;
}

interface StoredTensor {
  readonly name: string;
  readonly dataType: number;
  readonly dims: readonly (number | { toNumber(): number })[];
  readonly rawData: Uint8Array;
}

/** Every float32 initializer by its name. Errors: ModelFormatError. */
export function readWeights(file: Uint8Array): Map<string, StoredWeight> {
  const tensors = initializersOf(file).filter(({ dataType }) => dataType === ONNX_TYPES.float32);
  return new Map(tensors.map((tensor) => [tensor.name, weightOf(tensor)] as const));
}

function initializersOf(file: Uint8Array): readonly StoredTensor[] {
  try {
    const model = ModelProto.decode(file) as unknown as { graph: { initializer: StoredTensor[] } | null };
    if (model.graph) return model.graph.initializer;
  } catch (cause) {
    throw new ModelFormatError('is not an ONNX model', { cause });
  }
  throw new ModelFormatError('is an ONNX model without a graph');
}

function weightOf({ name, dims, rawData }: StoredTensor): StoredWeight {
  const shape = dims.map((side) => (typeof side === 'number' ? side : side.toNumber()));
  const isWhole = shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  if (!isWhole || sizeOf(shape) * 4 !== rawData.length) {
    throw new ModelFormatError(`holds ${rawData.length} bytes for "${name}" [${shape}]`);
  }
  const isAligned = rawData.byteOffset % 4 === 0;
  const { buffer, byteOffset } = isAligned ? rawData : Uint8Array.from(rawData);
  return { shape, data: new Float32Array(buffer, byteOffset, rawData.length / 4) };
}

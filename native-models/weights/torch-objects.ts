/**
 * What the names in a torch checkpoint stand for: tensors, the storages they are views of, and ordered dicts. Nothing
 * else is let in.
 * Source: torch 1.13, torch/serialization.py, torch/_utils.py.
 */

import type { ByteSource } from './byte-source.ts';
import type { PickleHost } from './pickle.ts';
import { ELEMENT_BYTES, type StoredTensor, type StoredType, WeightsFormatError } from './stored-tensor.ts';

/** Elements in a row somewhere in the file; several tensors may be views of one. */
export interface Storage {
  readonly key: string;
  readonly type: StoredType;
  readonly elements: number;
  /** Where it begins inside the storage of that key, counted in elements: only old files have views of storages. */
  readonly first: number;
}

/** A view of a storage. Units: offset and strides count elements. */
export class TorchTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const STORAGES: Readonly<Record<string, StoredType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

class StorageClass {
  readonly type: StoredType;

  constructor(type: StoredType) {
    this.type = type;
  }
}

type Callable = (values: readonly unknown[]) => unknown;

const CALLABLES: Readonly<Record<string, Callable>> = {
  'collections.OrderedDict': orderedDict,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor]) => tensor,
};

const fail = (problem: string) => new WeightsFormatError(problem);

/** For the pickle of a checkpoint. Tells of each storage that a tensor is a view of. */
export function torchHost(onStorage: (storage: Storage) => void = () => {}): PickleHost {
  return {
    global: (name) => {
      if (Object.hasOwn(STORAGES, name)) return new StorageClass(STORAGES[name]!);
      if (Object.hasOwn(CALLABLES, name)) return CALLABLES[name];
      throw fail(`holds ${JSON.stringify(name)}, which is no part of weights and is not run; ${SAVE_AGAIN}`);
    },
    call: (callee, values) => {
      if (typeof callee !== 'function') throw fail('calls what is no function');
      return (callee as Callable)(values);
    },
    persistent: (id) => {
      const storage = storageOf(id);
      onStorage(storage);
      return storage;
    },
  };
}

export const SAVE_AGAIN = 'save the state dict alone: torch.save(model.state_dict(), "weights.pth")';

/** Python 3 makes it empty and fills it afterwards; Python 2 gave a list of pairs. */
function orderedDict([pairs]: readonly unknown[]): Map<unknown, unknown> {
  if (pairs === undefined) return new Map();
  const isPairs = Array.isArray(pairs) && pairs.every((pair) => Array.isArray(pair) && pair.length === 2);
  if (!isPairs) throw fail('makes an ordered dict of what is no list of pairs');
  return new Map(pairs as [unknown, unknown][]);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

const MOST_AXES = 64; // torch's own limit

function rebuildTensor([storage, offset, shape, strides]: readonly unknown[]): TorchTensor {
  const isWhole =
    isStorage(storage) && isCount(offset) && isCounts(shape) && isCounts(strides) && shape.length === strides.length;
  if (!isWhole || shape.length > MOST_AXES) throw fail('a tensor is not made of storage, offset, shape and strides');
  return new TorchTensor(storage, offset, shape, strides);
}

const isStorage = (value: unknown): value is Storage =>
  typeof value === 'object' && value !== null && 'elements' in value && !(value instanceof Map);

/** `('storage', class, key, device, elements)`; old files add a view of it: `(key, first element, elements)`, or null. */
function storageOf(id: unknown): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') throw fail('refers to something outside that is no storage');
  const [, kind, key, , elements, view] = id as unknown[];
  if (!(kind instanceof StorageClass) || typeof key !== 'string' || !isCount(elements)) {
    throw fail('refers to a storage without type, key or size');
  }
  if (view === undefined || view === null) return { key, type: kind.type, elements, first: 0 };
  const [, first, count] = Array.isArray(view) ? (view as unknown[]) : [];
  if (!isCount(first) || !isCount(count) || first + count > elements)
    throw fail(`storage "${key}" has a view outside it`);
  return { key, type: kind.type, elements: count, first };
}

/** A storage's bytes in the file. */
export interface StoragePlace {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Where the storage of a key lies. Errors: WeightsFormatError when it is not there. */
export type FindStorage = (key: string) => StoragePlace;

/** The tensor as a file holds it. Errors: WeightsFormatError when it leads outside its storage, or grows beyond it. */
export function storedTensor(name: string, tensor: TorchTensor, find: FindStorage, source: ByteSource): StoredTensor {
  const { storage, offset, shape, strides } = tensor;
  const elementBytes = ELEMENT_BYTES[storage.type];
  const place = find(storage.key);
  if ((storage.first + storage.elements) * elementBytes > place.sizeBytes) {
    throw fail(
      `tensor "${name}": its storage "${storage.key}" has ${place.sizeBytes} bytes, ${storage.elements} elements of ${storage.type} are due`,
    );
  }
  const count = shape.reduce((product, side) => product * side, 1);
  if (count === 0) return { type: storage.type, shape, read: () => new Uint8Array(0) };
  const last = shape.reduce((sum, side, axis) => sum + (side - 1) * strides[axis]!, offset);
  if (last >= storage.elements) throw fail(`tensor "${name}": element ${last} of a storage of ${storage.elements}`);
  if (count > storage.elements) {
    throw fail(`tensor "${name}": [${shape}] repeats the ${storage.elements} elements of its storage; ${SAVE_AGAIN}`);
  }
  const begin = place.offset + (storage.first + offset) * elementBytes;
  const span = source.read;
  const readSpan = () => span(begin, (last - offset + 1) * elementBytes);
  const read = isRowMajor(shape, strides) ? readSpan : () => gathered(readSpan(), shape, strides, elementBytes);
  return { type: storage.type, shape, read };
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** The elements of a view, row by row. */
function gathered(
  span: Uint8Array,
  shape: readonly number[],
  strides: readonly number[],
  elementBytes: number,
): Uint8Array {
  const count = shape.reduce((product, side) => product * side, 1);
  const out = new Uint8Array(count * elementBytes);
  const index = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < count; i++) {
    for (let byte = 0; byte < elementBytes; byte++) out[i * elementBytes + byte] = span[from * elementBytes + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

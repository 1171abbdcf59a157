/** Checkpoints as torch would write them, of any tensors. */

import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { zipOf } from './archives.ts';

/** A ZIP checkpoint: the dict itself, or wrapped under a key as training scripts do. */
export function torchFileOf(tensors: ReadonlyMap<string, FloatTensor>, wrappedAs: string | null = null): Uint8Array {
  const dict = dictOf(tensors);
  const object = wrappedAs === null ? dict : bytes('}', text(wrappedAs), dict, 's');
  const storages = [...tensors.values()].map(({ data }, i) => ({
    path: `archive/data/${i}`,
    bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    isStored: true,
  }));
  return zipOf([{ path: 'archive/data.pkl', bytes: bytes('\x80\x02', object, '.'), isStored: true }, ...storages]);
}

const dictOf = (tensors: ReadonlyMap<string, FloatTensor>): Buffer =>
  bytes('}', ...[...tensors].map(([name, tensor], i) => bytes(text(name), tensorOf(tensor, String(i)), 's')));

function tensorOf({ shape, data }: FloatTensor, key: string): Buffer {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const storage = bytes(
    '(',
    text('storage'),
    'ctorch\nFloatStorage\n',
    text(key),
    text('cpu'),
    integer(data.length),
    'tQ',
  );
  return bytes('ctorch._utils\n_rebuild_tensor_v2\n(', storage, integer(0), tuple(shape), tuple(strides), '\x89NtR');
}

const tuple = (values: readonly number[]): Buffer => bytes('(', ...values.map(integer), 't');

function integer(value: number): Buffer {
  const code = Buffer.from('J\0\0\0\0');
  code.writeInt32LE(value, 1);
  return code;
}

function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(value));
  return bytes('X', length, Buffer.from(value));
}

const bytes = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));

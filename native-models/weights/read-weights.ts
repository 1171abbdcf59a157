/** A weights file of any format that is read here, told apart by its first bytes. */

import { type ByteSource, isInside } from './byte-source.ts';
import { readSafetensors } from './safetensors.ts';
import { withoutPrefix } from './state-dict.ts';
import { type WeightsFile, WeightsFormatError } from './stored-tensor.ts';
import { readTorchLegacy, readTorchZip } from './torch-checkpoint.ts';

export type WeightsFormat = 'safetensors' | 'torch';

/** Names are the model's own: what wrappers put before them is gone. Errors: WeightsFormatError. */
export function readWeights(source: ByteSource): WeightsFile & { readonly format: WeightsFormat } {
  const { format, read } = formatOf(source);
  const { metadata, tensors } = read(source);
  return { format, metadata, tensors: withoutPrefix(tensors) };
}

const PROTO = 0x80; // the instruction a pickle begins with
const HEADER_AT = 8; // of a safetensors file, whose first byte may be any: it is a length
const TAR_MAGIC_AT = 257;

/** What other files begin with, in words. */
const FOREIGN: readonly (readonly [start: string, what: string])[] = [
  ['version https://git-lfs', 'a pointer of Git LFS, not the file it points to; fetch it with: git lfs pull'],
  ['<', 'a web page, not weights; the download needs another address, or a login'],
  ['\x89HDF', 'an HDF5 file, as Keras writes it; convert it to safetensors'],
  ['GGUF', 'a GGUF file; convert it to safetensors'],
];

function formatOf(source: ByteSource): {
  readonly format: WeightsFormat;
  readonly read: (s: ByteSource) => WeightsFile;
} {
  const start = String.fromCharCode(...source.read(0, Math.min(source.sizeBytes, 32)));
  if (start.startsWith('PK\x03\x04')) return { format: 'torch', read: readTorchZip };
  if (start[HEADER_AT] === '{') return { format: 'safetensors', read: readSafetensors };
  if (start.charCodeAt(0) === PROTO) return { format: 'torch', read: readTorchLegacy };
  const foreign = FOREIGN.find(([known]) => start.startsWith(known));
  if (foreign !== undefined) throw new WeightsFormatError(`is ${foreign[1]}`);
  if (isTar(source)) {
    throw new WeightsFormatError('is a tar archive, as torch wrote before 0.2; load it in torch and save it again');
  }
  throw new WeightsFormatError('is neither a safetensors file nor a torch checkpoint');
}

function isTar(source: ByteSource): boolean {
  if (!isInside(source, TAR_MAGIC_AT, 5)) return false;
  return String.fromCharCode(...source.read(TAR_MAGIC_AT, 5)) === 'ustar';
}

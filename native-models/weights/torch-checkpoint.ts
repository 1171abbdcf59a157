/**
 * Checkpoints as `torch.save` writes them: a ZIP archive of one pickle and one file per storage, or, before torch 1.6,
 * five pickles and the storages in a row. Nothing in them is executed.
 * Source: torch 1.13, torch/serialization.py, `_save` and `_legacy_save`.
 */

import { type ByteSource, isInside } from './byte-source.ts';
import { shown, unpickle } from './pickle.ts';
import { stateDictOf } from './state-dict.ts';
import {
  ELEMENT_BYTES,
  type StoredTensor,
  type StoredType,
  type WeightsFile,
  WeightsFormatError,
} from './stored-tensor.ts';
import { type FindStorage, SAVE_AGAIN, type StoragePlace, storedTensor, torchHost } from './torch-objects.ts';
import { type ZipEntry, zipEntries } from './zip-directory.ts';

const LARGEST_PICKLE_BYTES = 16 << 20; // that of a thousand layers with their optimizer has some 300,000

const fail = (problem: string) => new WeightsFormatError(problem);

/** Errors: WeightsFormatError, naming what was expected and what came. */
export function readTorchZip(source: ByteSource): WeightsFile {
  const entries = zipEntries(source);
  const { root, pickle } = pickleOf(entries);
  if (pickle.sizeBytes > LARGEST_PICKLE_BYTES) throw fail(`${pickle.name} has ${pickle.sizeBytes} bytes, too many`);
  refuseBigEndian(unpacked(entries.get(`${root}/byteorder`)), source);
  const { value } = unpickle(source.read(pickle.offset, pickle.sizeBytes), torchHost());
  return weightsOf(value, source, (key) => unpacked(entries.get(`${root}/data/${key}`)));
}

/** Torch packs nothing, and what is not packed cannot grow. */
function unpacked<E extends ZipEntry | undefined>(entry: E): E {
  if (entry?.isPacked) throw fail(`packs its entry "${entry.name}", torch does not; unpack it and save it in torch`);
  return entry;
}

/** The pickle lies in the archive's one folder. */
function pickleOf(entries: ReadonlyMap<string, ZipEntry>): { readonly root: string; readonly pickle: ZipEntry } {
  const names = [...entries.keys()];
  const [pickle, second] = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined || second !== undefined) {
    throw fail(`is a ZIP archive but no torch checkpoint: it holds ${names.slice(0, 3).join(', ') || 'nothing'}`);
  }
  const root = pickle.slice(0, pickle.indexOf('/'));
  if (entries.has(`${root}/constants.pkl`)) throw fail(`is a TorchScript program, not weights; ${SAVE_AGAIN}`);
  return { root, pickle: unpacked(entries.get(pickle)!) };
}

const LONGEST_ORDER = 16;

function refuseBigEndian(entry: ZipEntry | undefined, source: ByteSource): void {
  if (entry === undefined) return; // torch before 2.1 does not say
  const order = new TextDecoder().decode(source.read(entry.offset, Math.min(entry.sizeBytes, LONGEST_ORDER)));
  if (order !== 'little') throw fail(`has byte order "${order}", only little-endian files are read`);
}

const MAGIC = 0x1950a86a20f9469cfc6cn; // of the legacy format
const LEGACY_PROTOCOL = 1001;
const COUNT_BYTES = 8;

/** Errors: WeightsFormatError. */
export function readTorchLegacy(source: ByteSource): WeightsFile {
  const head = source.read(0, Math.min(source.sizeBytes, LARGEST_PICKLE_BYTES));
  const magic = unpickle(head, torchHost());
  if (magic.value !== MAGIC) throw fail('is a pickle but no torch checkpoint: its first value is not the magic number');
  const protocol = unpickle(head, torchHost(), magic.end);
  if (protocol.value !== LEGACY_PROTOCOL)
    throw fail(`has protocol ${shown(protocol.value)}, ${LEGACY_PROTOCOL} is known`);
  const system = unpickle(head, torchHost(), protocol.end);
  if (system.value instanceof Map && system.value.get('little_endian') === false) {
    throw fail('has byte order "big", only little-endian files are read');
  }
  const types = new Map<string, StoredType>();
  const object = unpickle(
    head,
    torchHost(({ key, type }) => types.set(key, type)),
    system.end,
  );
  const keys = unpickle(head, torchHost(), object.end);
  const places = storagePlaces(source, keys.value, keys.end, types);
  return weightsOf(object.value, source, (key) => places.get(key));
}

/** Storages lie one behind another, each led by the number of its elements. */
function storagePlaces(
  source: ByteSource,
  keys: unknown,
  start: number,
  types: ReadonlyMap<string, StoredType>,
): ReadonlyMap<string, StoragePlace> {
  if (!Array.isArray(keys)) throw fail('has no list of storages');
  const places = new Map<string, StoragePlace>();
  let at = start;
  for (const key of keys as unknown[]) {
    const type = typeof key === 'string' ? types.get(key) : undefined;
    if (typeof key !== 'string' || type === undefined)
      throw fail(`has a storage ${shown(key)} that nothing is made of`);
    if (!isInside(source, at, COUNT_BYTES)) throw fail(`ends before storage "${key}": it is cut short`);
    const count = source.read(at, COUNT_BYTES);
    const elements = new DataView(count.buffer, count.byteOffset, COUNT_BYTES).getBigUint64(0, true);
    const sizeBytes = Number(elements) * ELEMENT_BYTES[type];
    if (!isInside(source, at + COUNT_BYTES, sizeBytes)) {
      throw fail(`ends in storage "${key}" of ${elements} elements: it is cut short`);
    }
    places.set(key, { offset: at + COUNT_BYTES, sizeBytes });
    at += COUNT_BYTES + sizeBytes;
  }
  return places;
}

/** Tied weights are stored once and come out as often as they are used; more than this fills a disk on purpose. */
const LARGEST_GROWTH = 4;

function weightsOf(object: unknown, source: ByteSource, find: (key: string) => StoragePlace | undefined): WeightsFile {
  const place: FindStorage = (key) => {
    const found = find(key);
    if (found === undefined) throw fail(`lacks storage "${key}"`);
    return found;
  };
  const tensors = new Map<string, StoredTensor>();
  let total = 0;
  for (const [name, tensor] of stateDictOf(object)) {
    const stored = storedTensor(name, tensor, place, source);
    total += stored.shape.reduce((product, side) => product * side, ELEMENT_BYTES[stored.type]);
    if (total > LARGEST_GROWTH * source.sizeBytes) {
      throw fail(`makes more than ${total} bytes of tensors out of ${source.sizeBytes}`);
    }
    tensors.set(name, stored);
  }
  return { metadata: {}, tensors };
}

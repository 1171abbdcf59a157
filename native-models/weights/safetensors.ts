/**
 * The safetensors file format: eight bytes of header length, a JSON header, raw little-endian tensors.
 * A file is input from a stranger: every length and offset is checked before a byte is used, and nothing is executed.
 * Source: https://github.com/huggingface/safetensors, section "Format".
 */

import { sizeOf } from '../core/shape.ts';
import { type ByteSource, isInside, memorySource } from './byte-source.ts';
import {
  ELEMENT_BYTES,
  type StoredTensor,
  type StoredType,
  type WeightsFile,
  WeightsFormatError,
} from './stored-tensor.ts';

const LENGTH_BYTES = 8;
const LARGEST_HEADER = 100_000_000; // the reference implementation's limit

/** Errors: WeightsFormatError, naming what was expected and what came. */
export const parseSafetensors = (file: Uint8Array): WeightsFile => readSafetensors(memorySource(file));

/** Reads the header; the tensors' bytes when they are asked for. Errors: WeightsFormatError. */
export function readSafetensors(source: ByteSource): WeightsFile {
  const header = headerOf(source);
  const start = LENGTH_BYTES + header.length;
  const { __metadata__: metadata = {}, ...entries } = header.json;
  const places = Object.entries(entries).map(([name, entry]) => placeOf(name, entry, source.sizeBytes - start));
  refuseOverlaps(places);
  const tensors = new Map<string, StoredTensor>(
    places.map(({ name, type, shape, begin, end }) => {
      return [name, { type, shape, read: () => source.read(start + begin, end - begin) }];
    }),
  );
  return { metadata: metadataOf(metadata), tensors };
}

function headerOf(source: ByteSource): { length: number; json: Record<string, unknown> } {
  if (source.sizeBytes < LENGTH_BYTES) throw new WeightsFormatError(`file has ${source.sizeBytes} bytes, no header`);
  const first = source.read(0, LENGTH_BYTES);
  const length = Number(new DataView(first.buffer, first.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > LARGEST_HEADER || !isInside(source, LENGTH_BYTES, length)) {
    throw new WeightsFormatError(`header says it has ${length} bytes, the file has ${source.sizeBytes}`);
  }
  const text = new TextDecoder().decode(source.read(LENGTH_BYTES, length));
  try {
    const json: unknown = JSON.parse(text);
    if (isRecord(json)) return { length, json };
  } catch (cause) {
    throw new WeightsFormatError('header is not JSON', { cause });
  }
  throw new WeightsFormatError('header is not a JSON object');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

interface Place {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function placeOf(name: string, entry: unknown, dataBytes: number): Place {
  const fail = (problem: string) => new WeightsFormatError(`tensor "${name}": ${problem}`);
  if (!isRecord(entry)) throw fail('its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) throw fail(`element type ${dtype} is unknown`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw fail('its shape is not a list of counts');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail('its offsets are not a pair');
  const [begin, end] = offsets as [number, number];
  const expected = sizeOf(shape) * ELEMENT_BYTES[dtype as StoredType];
  if (end - begin !== expected || end > dataBytes) {
    throw fail(`bytes ${begin} to ${end} of ${dataBytes}, where ${dtype} [${shape}] needs ${expected}`);
  }
  return { name, type: dtype as StoredType, shape, begin, end };
}

function refuseOverlaps(places: readonly Place[]): void {
  const ordered = places.filter(({ begin, end }) => end > begin).sort((a, b) => a.begin - b.begin);
  ordered.forEach(({ name, begin }, i) => {
    const previous = ordered[i - 1];
    if (previous && begin < previous.end) throw new WeightsFormatError(`tensor "${name}" overlaps "${previous.name}"`);
  });
}

function metadataOf(value: unknown): Record<string, string> {
  const isText = isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
  if (!isText) throw new WeightsFormatError('__metadata__ is not an object of strings');
  return value as Record<string, string>;
}

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The bytes of a file, float32 throughout, tensors in the given order. Equal arguments give equal bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const described = new Map([...tensors].map(([name, { shape }]) => [name, { type: 'F32', shape }] as const));
  const header = safetensorsHeader(described, metadata);
  const dataBytes = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const file = new Uint8Array(header.length + dataBytes);
  file.set(header);
  let at = header.length;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

const ALIGNMENT = 8;

/** What a file begins with; the tensors' bytes follow in the same order, with nothing between. */
export function safetensorsHeader(
  tensors: ReadonlyMap<string, Pick<StoredTensor, 'type' | 'shape'>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let offset = 0;
  const entries = [...tensors].map(([name, { type, shape }]) => {
    const begin = offset;
    offset += sizeOf(shape) * ELEMENT_BYTES[type];
    return [name, { dtype: type, shape, data_offsets: [begin, offset] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const encoded = new TextEncoder().encode(json);
  const padding = (ALIGNMENT - (encoded.length % ALIGNMENT)) % ALIGNMENT;
  const header = new Uint8Array(LENGTH_BYTES + encoded.length + padding).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(encoded.length + padding), true);
  header.set(encoded, LENGTH_BYTES);
  return header;
}

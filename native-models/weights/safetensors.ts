/**
 * The safetensors file format: eight bytes of header length, a JSON header, raw little-endian tensors.
 * A file is input from a stranger: every length and offset is checked before a byte is used, and nothing is executed.
 * Source: https://github.com/huggingface/safetensors, section "Format".
 */

import { sizeOf } from '../core/shape.ts';

/** The bytes are not what the format says. */
export class WeightsFormatError extends Error {
  override readonly name = 'WeightsFormatError';
}

const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type StoredType = keyof typeof ELEMENT_BYTES;

export interface StoredTensor {
  readonly type: StoredType;
  readonly shape: readonly number[];
  /** A view of the file. */
  readonly bytes: Uint8Array;
}

export interface WeightsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const LENGTH_BYTES = 8;
const LARGEST_HEADER = 100_000_000; // the reference implementation's limit

/** Errors: WeightsFormatError, naming what was expected and what came. */
export function parseSafetensors(file: Uint8Array): WeightsFile {
  const header = headerOf(file);
  const start = LENGTH_BYTES + header.length;
  const { __metadata__: metadata = {}, ...entries } = header.json;
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => [name, tensorOf(name, entry, file.subarray(start))] as const),
  );
  refuseOverlaps(tensors);
  return { metadata: metadataOf(metadata), tensors };
}

function headerOf(file: Uint8Array): { length: number; json: Record<string, unknown> } {
  if (file.length < LENGTH_BYTES) throw new WeightsFormatError(`file has ${file.length} bytes, no header`);
  const length = Number(new DataView(file.buffer, file.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > LARGEST_HEADER || length > file.length - LENGTH_BYTES) {
    throw new WeightsFormatError(`header says it has ${length} bytes, the file has ${file.length}`);
  }
  const text = new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
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

function tensorOf(name: string, entry: unknown, data: Uint8Array): StoredTensor {
  const fail = (problem: string) => new WeightsFormatError(`tensor "${name}": ${problem}`);
  if (!isRecord(entry)) throw fail('its entry is not an object');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_BYTES, dtype)) throw fail(`element type ${dtype} is unknown`);
  if (!Array.isArray(shape) || !shape.every(isCount)) throw fail('its shape is not a list of counts');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail('its offsets are not a pair');
  const [begin, end] = offsets as [number, number];
  const expected = sizeOf(shape) * ELEMENT_BYTES[dtype as StoredType];
  if (end - begin !== expected || end > data.length) {
    throw fail(`bytes ${begin} to ${end} of ${data.length}, where ${dtype} [${shape}] needs ${expected}`);
  }
  return { type: dtype as StoredType, shape, bytes: data.subarray(begin, end) };
}

function refuseOverlaps(tensors: ReadonlyMap<string, StoredTensor>): void {
  const ranges = [...tensors].map(([name, { bytes }]) => ({
    name,
    begin: bytes.byteOffset,
    end: bytes.byteOffset + bytes.length,
  }));
  const ordered = ranges.filter(({ begin, end }) => end > begin).sort((a, b) => a.begin - b.begin);
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

/** Values as float32; half and bfloat16 are widened, doubles rounded. Errors: WeightsFormatError for integers. */
export function toFloat32(name: string, { type, bytes }: StoredTensor): Float32Array {
  // A copy of its own: a Node Buffer's slice would share, and views need aligned memory.
  const copy = new Uint8Array(bytes).buffer;
  switch (type) {
    case 'F32':
      return new Float32Array(copy);
    case 'F64':
      return Float32Array.from(new Float64Array(copy));
    case 'F16':
      return Float32Array.from(new Uint16Array(copy), halfToNumber);
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(copy), (bits) => bits << 16).buffer);
    default:
      throw new WeightsFormatError(`tensor "${name}" holds ${type}, weights must be real numbers`);
  }
}

/** Source: IEEE 754-2019, binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const ALIGNMENT = 8;

/** The bytes of a file, float32 throughout, tensors in the given order. Equal arguments give equal bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, FloatTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let offset = 0;
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const begin = offset;
    offset += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const encoded = new TextEncoder().encode(json);
  const padding = (ALIGNMENT - (encoded.length % ALIGNMENT)) % ALIGNMENT;
  const headerLength = encoded.length + padding;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  file.set(encoded, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * What a ZIP archive holds and where. Nothing is unpacked here, so nothing can grow; a name is only ever compared, never
 * used as a path.
 * Source: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end).
 */

import { type ByteSource, isInside } from './byte-source.ts';
import { WeightsFormatError } from './stored-tensor.ts';

export interface ZipEntry {
  readonly name: string;
  /** Of its bytes, in the file. */
  readonly offset: number;
  /** As it lies in the file. */
  readonly sizeBytes: number;
  readonly isPacked: boolean;
}

const SIGNATURE = { end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50, entry: 0x02014b50, local: 0x04034b50 };
const END_BYTES = 22;
const END64_BYTES = 56;
const LOCATOR64_BYTES = 20;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const BEYOND_16_BITS = 0xffff;
const BEYOND_32_BITS = 0xffffffff;
const ZIP64_FIELD = 1;
const ENCRYPTED = 1;
const STORED = 0;
const MOST_ENTRIES = 100_000; // a network of a thousand layers has some ten thousand
const LARGEST_DIRECTORY_BYTES = 32 << 20;

const refuse = (problem: string) => new WeightsFormatError(`ZIP archive: ${problem}`);

/** Entries by name. Errors: WeightsFormatError for an archive that is damaged, encrypted or contradicts itself. */
export function zipEntries(source: ByteSource): ReadonlyMap<string, ZipEntry> {
  const end = directoryEnd(source);
  if (end.count > MOST_ENTRIES) throw refuse(`${end.count} entries, at most ${MOST_ENTRIES} are read`);
  if (end.sizeBytes > LARGEST_DIRECTORY_BYTES) throw refuse(`its list of entries has ${end.sizeBytes} bytes`);
  const directory = viewOf(source, end.offset, end.sizeBytes, 'its list of entries');
  const entries = new Map<string, ZipEntry>();
  const taken: Taken[] = [];
  let at = 0;
  for (let i = 0; i < end.count; i++) {
    const listed = listedAt(directory, at);
    at += listed.length;
    if (entries.has(listed.name)) throw refuse(`"${listed.name}" is there twice`);
    const offset = dataOffset(source, listed);
    if (offset + listed.sizeBytes > end.offset) throw refuse(`"${listed.name}" reaches into the list of entries`);
    taken.push({ name: listed.name, begin: listed.localOffset, end: offset + listed.sizeBytes });
    entries.set(listed.name, { name: listed.name, offset, sizeBytes: listed.sizeBytes, isPacked: listed.isPacked });
  }
  refuseOverlaps(taken);
  return entries;
}

interface DirectoryPlace {
  readonly count: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

function viewOf(source: ByteSource, offset: number, sizeBytes: number, what: string): DataView {
  if (!isInside(source, offset, sizeBytes)) {
    throw refuse(`${what} is due at ${offset} with ${sizeBytes} bytes, the file has ${source.sizeBytes}: cut short?`);
  }
  const bytes = source.read(offset, sizeBytes);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The end is searched from behind, since a comment of any content may follow it. */
function directoryEnd(source: ByteSource): DirectoryPlace {
  const tailBytes = Math.min(source.sizeBytes, END_BYTES + LONGEST_COMMENT);
  const start = source.sizeBytes - tailBytes;
  const tail = viewOf(source, start, tailBytes, 'its end');
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    const isEnd =
      tail.getUint32(at, true) === SIGNATURE.end && at + END_BYTES + tail.getUint16(at + 20, true) === tailBytes;
    if (isEnd) return endAt(source, tail, at, start + at);
  }
  throw refuse('its end is missing: the file is cut short');
}

function endAt(source: ByteSource, tail: DataView, at: number, offset: number): DirectoryPlace {
  const [disk, count] = [tail.getUint16(at + 4, true), tail.getUint16(at + 10, true)];
  if (disk !== 0 && disk !== BEYOND_16_BITS) throw refuse('it is one part of several');
  const place = { count, sizeBytes: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) };
  const locatorAt = offset - LOCATOR64_BYTES;
  const locator = locatorAt >= 0 ? viewOf(source, locatorAt, LOCATOR64_BYTES, 'its end') : null;
  if (locator === null || locator.getUint32(0, true) !== SIGNATURE.locator64) return place;
  const end64 = viewOf(source, numberAt(locator, 8), END64_BYTES, 'its end');
  if (end64.getUint32(0, true) !== SIGNATURE.end64) throw refuse('its 64-bit end is not where it should be');
  return { count: numberAt(end64, 32), sizeBytes: numberAt(end64, 40), offset: numberAt(end64, 48) };
}

function numberAt(view: DataView, at: number): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw refuse(`a size or place of ${value} bytes`);
  return Number(value);
}

interface Listed {
  readonly name: string;
  readonly sizeBytes: number;
  readonly isPacked: boolean;
  readonly localOffset: number;
  /** Of its line in the list. */
  readonly length: number;
}

function listedAt(directory: DataView, at: number): Listed {
  const isWhole = at + ENTRY_BYTES <= directory.byteLength && directory.getUint32(at, true) === SIGNATURE.entry;
  if (!isWhole) throw refuse('its list of entries is damaged');
  const short = (offset: number) => directory.getUint16(at + offset, true);
  const [nameBytes, extraBytes, commentBytes] = [short(28), short(30), short(32)];
  const length = ENTRY_BYTES + nameBytes + extraBytes + commentBytes;
  if (at + length > directory.byteLength) throw refuse('its list of entries is cut short');
  const name = textOf(directory, at + ENTRY_BYTES, nameBytes);
  if ((short(8) & ENCRYPTED) !== 0) throw refuse(`"${name}" is encrypted`);
  const isPacked = short(10) !== STORED;
  const { packedBytes, sizeBytes, localOffset } = wideSizes(
    directory,
    at,
    at + ENTRY_BYTES + nameBytes,
    extraBytes,
    name,
  );
  if (!isPacked && packedBytes !== sizeBytes) throw refuse(`"${name}" has two sizes`);
  return { name, sizeBytes: packedBytes, isPacked, localOffset, length };
}

const textOf = (view: DataView, at: number, length: number): string =>
  new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, length));

/** Sizes and place; those that do not fit in 32 bits stand in an extra field, in this order. */
function wideSizes(directory: DataView, at: number, extraAt: number, extraBytes: number, name: string) {
  const narrow = [24, 20, 42].map((offset) => directory.getUint32(at + offset, true)) as [number, number, number];
  let [sizeBytes, packedBytes, localOffset] = narrow;
  if (narrow.every((value) => value !== BEYOND_32_BITS)) return { sizeBytes, packedBytes, localOffset };
  const field = fieldOf(directory, extraAt, extraBytes);
  let used = 0;
  const next = () => {
    if (field === null || used + 8 > field.byteLength) throw refuse(`"${name}" lacks its 64-bit size`);
    used += 8;
    return numberAt(field, used - 8);
  };
  if (sizeBytes === BEYOND_32_BITS) sizeBytes = next();
  if (packedBytes === BEYOND_32_BITS) packedBytes = next();
  if (localOffset === BEYOND_32_BITS) localOffset = next();
  return { sizeBytes, packedBytes, localOffset };
}

function fieldOf(directory: DataView, extraAt: number, extraBytes: number): DataView | null {
  for (let at = extraAt; at + 4 <= extraAt + extraBytes; ) {
    const length = directory.getUint16(at + 2, true);
    if (at + 4 + length > extraAt + extraBytes) return null;
    if (directory.getUint16(at, true) === ZIP64_FIELD) {
      return new DataView(directory.buffer, directory.byteOffset + at + 4, length);
    }
    at += 4 + length;
  }
  return null;
}

/** Where an entry's bytes begin: behind its own header, which must name it as the list does. */
function dataOffset(source: ByteSource, { name, localOffset }: Listed): number {
  const local = viewOf(source, localOffset, LOCAL_BYTES, `"${name}"`);
  if (local.getUint32(0, true) !== SIGNATURE.local) throw refuse(`"${name}" is not where the list says`);
  const [nameBytes, extraBytes] = [local.getUint16(26, true), local.getUint16(28, true)];
  const own = viewOf(source, localOffset + LOCAL_BYTES, nameBytes, `the name of "${name}"`);
  if (textOf(own, 0, nameBytes) !== name) throw refuse(`"${name}" has another name where it lies`);
  return localOffset + LOCAL_BYTES + nameBytes + extraBytes;
}

interface Taken {
  readonly name: string;
  readonly begin: number;
  readonly end: number;
}

function refuseOverlaps(taken: readonly Taken[]): void {
  const ordered = taken.toSorted((a, b) => a.begin - b.begin);
  ordered.forEach(({ name, begin }, i) => {
    const previous = ordered[i - 1];
    if (previous && begin < previous.end) throw refuse(`"${name}" overlaps "${previous.name}"`);
  });
}

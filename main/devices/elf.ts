/**
 * What a shared library asks of the loader, read from the file without loading it.
 * Source: System V ABI, chapter 4 and 5 (64-bit little-endian ELF): file header, program headers, dynamic section.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface ElfLibrary {
  /** Names of the libraries it cannot be loaded without, as `libcudart.so.13`. */
  readonly needed: readonly string[];
  /** Folders to search first (DT_RPATH) or after the environment's (DT_RUNPATH); may contain `$ORIGIN`. */
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
}

/** The file is not a 64-bit little-endian ELF library, or is cut short. */
export class ElfError extends Error {}

const HEADER_BYTES = 64;
const SEGMENT = { load: 1, dynamic: 2 } as const;
const TAG = { end: 0, needed: 1, stringTable: 5, stringBytes: 10, rpath: 15, runpath: 29 } as const;
const LARGEST_SECTION_BYTES = 16 << 20; // of a dynamic section or its strings; real ones are a few megabytes

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeBytes: number;
}

/**
 * Reads a few kilobytes, however large the file is.
 * Errors: ElfError when the file is something else or damaged; the system's when it cannot be read.
 */
export function readElf(path: string): ElfLibrary {
  const file = openSync(path, 'r');
  try {
    const length = fstatSync(file).size;
    const read = (offset: number, sizeBytes: number) => readExactly(file, path, length, offset, sizeBytes);
    const segments = readSegments(path, read);
    const dynamic = segments.find(({ type }) => type === SEGMENT.dynamic);
    if (dynamic === undefined) return { needed: [], rpath: [], runpath: [] };
    return readDynamic(path, segments, dynamic, read);
  } finally {
    closeSync(file);
  }
}

type Read = (offset: number, sizeBytes: number) => DataView;

function readExactly(file: number, path: string, length: number, offset: number, sizeBytes: number): DataView {
  const fits = offset >= 0 && sizeBytes <= LARGEST_SECTION_BYTES && offset + sizeBytes <= length;
  if (!fits) throw new ElfError(`${path}: bytes ${offset} to ${offset + sizeBytes} of ${length} cannot be read`);
  const bytes = new Uint8Array(sizeBytes);
  let done = 0;
  while (done < sizeBytes) {
    const got = readSync(file, bytes, done, sizeBytes - done, offset + done);
    if (got === 0) throw new ElfError(`${path}: ends after ${offset + done} bytes`);
    done += got;
  }
  return new DataView(bytes.buffer);
}

const wide = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function readSegments(path: string, read: Read): Segment[] {
  const header = read(0, HEADER_BYTES);
  const isElf = header.getUint32(0, false) === 0x7f454c46;
  const is64BitLittleEndian = header.getUint8(4) === 2 && header.getUint8(5) === 1;
  if (!isElf || !is64BitLittleEndian) throw new ElfError(`${path}: is not a 64-bit little-endian ELF library`);
  const [offset, entryBytes, count] = [wide(header, 32), header.getUint16(54, true), header.getUint16(56, true)];
  const table = read(offset, entryBytes * count);
  return Array.from({ length: count }, (_, i) => {
    const at = i * entryBytes;
    return {
      type: table.getUint32(at, true),
      offset: wide(table, at + 8),
      address: wide(table, at + 16),
      sizeBytes: wide(table, at + 32),
    };
  });
}

function readDynamic(path: string, segments: readonly Segment[], dynamic: Segment, read: Read): ElfLibrary {
  const table = read(dynamic.offset, dynamic.sizeBytes);
  const entries: [tag: number, value: number][] = [];
  for (let at = 0; at + 16 <= dynamic.sizeBytes; at += 16) {
    const tag = wide(table, at);
    if (tag === TAG.end) break;
    entries.push([tag, wide(table, at + 8)]);
  }
  const first = (wanted: number) => entries.find(([tag]) => tag === wanted)?.[1];
  const [address, sizeBytes] = [first(TAG.stringTable), first(TAG.stringBytes)];
  if (address === undefined || sizeBytes === undefined) throw new ElfError(`${path}: has no dynamic string table`);
  const strings = read(fileOffset(path, segments, address), sizeBytes);
  const all = (wanted: number) =>
    entries.flatMap(([tag, value]) => (tag === wanted ? [stringAt(path, strings, value)] : []));
  const folders = (wanted: number) => all(wanted).flatMap((list) => list.split(':').filter((folder) => folder !== ''));
  return { needed: all(TAG.needed), rpath: folders(TAG.rpath), runpath: folders(TAG.runpath) };
}

/** Where in the file the loader's address lies. */
function fileOffset(path: string, segments: readonly Segment[], address: number): number {
  const holds = ({ type, address: start, sizeBytes }: Segment) =>
    type === SEGMENT.load && address >= start && address < start + sizeBytes;
  const segment = segments.find(holds);
  if (segment === undefined) throw new ElfError(`${path}: address ${address} is in no loaded segment`);
  return segment.offset + address - segment.address;
}

function stringAt(path: string, strings: DataView, offset: number): string {
  let end = offset;
  while (end < strings.byteLength && strings.getUint8(end) !== 0) end++;
  if (offset >= strings.byteLength || end === strings.byteLength) {
    throw new ElfError(`${path}: string ${offset} is outside the string table`);
  }
  return new TextDecoder().decode(new Uint8Array(strings.buffer, offset, end - offset));
}

/**
 * Takes named files out of a ZIP archive, one pass over their bytes each.
 * Source: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
 */

import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { counted, type Extracted, isOfZlib, refuse, type Wanted } from './wanted.ts';

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;
const LARGEST_DIRECTORY_BYTES = 64 << 20;
const STORED = 0;
const DEFLATED = 8;
const BEYOND_32_BITS = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly sizeBytes: number;
  readonly offset: number;
}

/** Errors: bad-argument when the archive is damaged, holds a wanted file twice, or a file larger than allowed. */
export async function extractZip(archive: string, wanted: Wanted): Promise<Extracted> {
  const file = await open(archive, 'r');
  try {
    const entries = await entriesOf(archive, file);
    const extracted = new Map<string, string>();
    for (const entry of entries) {
      const target = wanted.targetOf(entry.name, entry.sizeBytes);
      if (target === null) continue;
      await extractEntry(archive, file, entry, target);
      extracted.set(target.name, entry.name);
    }
    return extracted;
  } finally {
    await file.close();
  }
}

async function readAt(archive: string, file: FileHandle, offset: number, sizeBytes: number): Promise<DataView> {
  const bytes = new Uint8Array(sizeBytes);
  const { bytesRead } = await file.read(bytes, 0, sizeBytes, offset);
  if (bytesRead < sizeBytes) throw refuse(`${archive}: ends where ${sizeBytes} bytes at ${offset} are due`);
  return new DataView(bytes.buffer);
}

async function entriesOf(archive: string, file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + LONGEST_COMMENT);
  const tail = await readAt(archive, file, size - tailBytes, tailBytes);
  let at = tailBytes - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END_SIGNATURE) at--;
  if (at < 0) throw refuse(`${archive}: is not a ZIP archive, or its end is missing`);
  const [count, sizeBytes, offset] = [
    tail.getUint16(at + 10, true),
    tail.getUint32(at + 12, true),
    tail.getUint32(at + 16, true),
  ];
  if (offset === BEYOND_32_BITS || sizeBytes > LARGEST_DIRECTORY_BYTES) {
    throw refuse(`${archive}: is larger than the archives this program reads`);
  }
  const directory = await readAt(archive, file, offset, sizeBytes);
  const entries: Entry[] = [];
  for (let i = 0, place = 0; i < count; i++) {
    const { entry, next } = entryAt(archive, directory, place);
    entries.push(entry);
    place = next;
  }
  return entries;
}

function entryAt(archive: string, directory: DataView, at: number): { readonly entry: Entry; readonly next: number } {
  const isWhole = at + ENTRY_BYTES <= directory.byteLength && directory.getUint32(at, true) === ENTRY_SIGNATURE;
  if (!isWhole) throw refuse(`${archive}: its list of files is damaged`);
  const short = (offset: number) => directory.getUint16(at + offset, true);
  const long = (offset: number) => directory.getUint32(at + offset, true);
  const next = at + ENTRY_BYTES + short(28) + short(30) + short(32);
  if (next > directory.byteLength) throw refuse(`${archive}: its list of files is cut short`);
  const name = new TextDecoder().decode(new Uint8Array(directory.buffer, at + ENTRY_BYTES, short(28)));
  const numbers = { method: short(10), crc: long(16), packedBytes: long(20), sizeBytes: long(24), offset: long(42) };
  return { entry: { name, ...numbers }, next };
}

async function extractEntry(
  archive: string,
  file: FileHandle,
  entry: Entry,
  target: { readonly path: string },
): Promise<void> {
  const { name, method, offset, packedBytes, sizeBytes } = entry;
  if (method !== STORED && method !== DEFLATED) throw refuse(`${archive}: ${name} is packed in a way not known here`);
  const local = await readAt(archive, file, offset, LOCAL_BYTES);
  if (local.getUint32(0, true) !== LOCAL_SIGNATURE) throw refuse(`${archive}: ${name} is not where the list says`);
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (packedBytes === 0) throw refuse(`${archive}: ${name} is empty`);
  let crc = 0;
  const check = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      crc = crc32(chunk, crc);
      yield chunk;
    }
  };
  const packed = createReadStream(archive, { start, end: start + packedBytes - 1 });
  const limited = counted(`${archive}: ${name}`, sizeBytes);
  const out = createWriteStream(target.path);
  try {
    if (method === DEFLATED) await pipeline(packed, createInflateRaw(), limited, check, out);
    else await pipeline(packed, limited, check, out);
  } catch (error) {
    throw isOfZlib(error) ? refuse(`${archive}: ${name} is damaged: ${error.message}`) : error;
  }
  if (crc !== entry.crc) throw refuse(`${archive}: ${name} is damaged: its checksum does not fit`);
}

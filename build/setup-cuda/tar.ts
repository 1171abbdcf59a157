/**
 * Takes named files out of a gzipped tar archive in one pass.
 * Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's long names and pax headers are skipped, which only
 * hides the folders of a path, never its end.
 */

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type Extracted, isOfZlib, refuse, type Wanted } from './wanted.ts';

const BLOCK = 512;
const REGULAR = new Set(['0', '\0', '7']);
const LINKS = new Set(['1', '2']);

/** Errors: bad-argument when the archive is damaged, holds a wanted file twice, as a link, or larger than allowed. */
export async function extractTarGz(archive: string, wanted: Wanted): Promise<Extracted> {
  const extracted = new Map<string, string>();
  const blocks = new Bytes(archive, createReadStream(archive).pipe(createGunzip()));
  try {
    for (let header = await blocks.header(); header !== null; header = await blocks.header()) {
      const target =
        REGULAR.has(header.type) || LINKS.has(header.type) ? wanted.targetOf(header.path, header.sizeBytes) : null;
      if (target !== null && LINKS.has(header.type)) throw refuse(`${archive}: ${header.path} is a link, not a file`);
      if (target !== null) {
        await writeEntry(blocks, target.path, header.sizeBytes);
        extracted.set(target.name, header.path);
      } else await blocks.pass(header.sizeBytes, null);
      await blocks.pass((BLOCK - (header.sizeBytes % BLOCK)) % BLOCK, null);
    }
  } catch (error) {
    throw isOfZlib(error) ? refuse(`${archive}: is damaged: ${error.message}`) : error;
  }
  return extracted;
}

async function writeEntry(blocks: Bytes, path: string, sizeBytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    await blocks.pass(sizeBytes, file);
  } finally {
    await file.close();
  }
}

interface Header {
  readonly path: string;
  readonly type: string;
  readonly sizeBytes: number;
}

/** The unpacked stream, read in amounts of our choosing. */
class Bytes {
  private readonly archive: string;
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Uint8Array = new Uint8Array();

  constructor(archive: string, stream: AsyncIterable<Uint8Array>) {
    this.archive = archive;
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** The next entry's header; null at the end of the archive. */
  async header(): Promise<Header | null> {
    const block = new Uint8Array(BLOCK);
    let filled = 0;
    await this.take(BLOCK, (part) => {
      block.set(part, filled);
      filled += part.length;
    });
    if (block.every((byte) => byte === 0)) return null;
    const text = (start: number, length: number) => {
      const end = block.indexOf(0, start);
      return new TextDecoder().decode(
        block.subarray(start, end === -1 ? start + length : Math.min(end, start + length)),
      );
    };
    const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    const sizeBytes = Number.parseInt(text(124, 12).trim() || '0', 8);
    const isWhole =
      Number.parseInt(text(148, 8).trim(), 8) === sum && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0;
    if (!isWhole) throw refuse(`${this.archive}: is not a tar archive, or a header in it is damaged`);
    const prefix = text(345, 155);
    const name = text(0, 100);
    return { path: prefix === '' ? name : `${prefix}/${name}`, type: String.fromCharCode(block[156]!), sizeBytes };
  }

  /** Moves so many bytes into the file, or past. */
  async pass(sizeBytes: number, file: FileHandle | null): Promise<void> {
    await this.take(sizeBytes, async (part) => {
      await file?.writeFile(part);
    });
  }

  private async take(sizeBytes: number, use: (part: Uint8Array) => void | Promise<void>): Promise<void> {
    let left = sizeBytes;
    while (left > 0) {
      if (this.rest.length === 0) {
        const { value, done } = await this.chunks.next();
        if (done) throw refuse(`${this.archive}: ends in the middle of a file`);
        this.rest = value;
      }
      const part = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(part.length);
      left -= part.length;
      await use(part);
    }
  }
}

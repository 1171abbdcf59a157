/**
 * Gathers records that lie scattered over a file by the image they belong to. They are kept as text: in memory as far as
 * `MOST_IN_MEMORY_BYTES` go, then on disk, so that a file of any number of outlines costs 24 bytes a record beyond that.
 */

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toDiskError } from '../store/disk-errors.ts';

const BUFFER_BYTES = 1024 * 1024;
/** A quarter of a million boxes; a million of them must come in within a gibibyte in all. */
const MOST_IN_MEMORY_BYTES = 32 * BUFFER_BYTES;
const NEAR_BYTES = 4096;
const NONE = -1;

export interface ScatteredOptions {
  readonly mostInMemoryBytes?: number;
}

export class Scattered<Value> {
  private readonly path: string;
  private readonly mostBlocks: number;
  /** Opened when memory is full. */
  private file: number | null = null;
  private readonly groups = new Map<string | number, { first: number; last: number }>();
  /** Where each record begins: in memory from 0 on, on disk from -1 down. */
  private places = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private nexts = new Int32Array(1024);
  private count = 0;
  /** Of `BUFFER_BYTES` each; no record lies in two of them. */
  private readonly blocks: Buffer[] = [];
  private blockBytes = BUFFER_BYTES;
  private diskBytes = 0;
  private unwritten: Buffer[] = [];
  private unwrittenBytes = 0;
  /** The part of the file that was read last. */
  private window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  /** Writes into `folder`, which the caller removes. */
  constructor(folder: string, name: string, { mostInMemoryBytes = MOST_IN_MEMORY_BYTES }: ScatteredOptions = {}) {
    this.path = join(folder, name);
    this.mostBlocks = Math.floor(mostInMemoryBytes / BUFFER_BYTES);
  }

  /** Errors: disk-full, folder-unwritable. */
  add(group: string | number, value: Value): void {
    const text = JSON.stringify(value);
    const index = this.count;
    this.grow();
    const length = Buffer.byteLength(text);
    this.lengths[index] = length;
    this.places[index] = this.keep(text, length);
    this.nexts[index] = NONE;
    const known = this.groups.get(group);
    if (known === undefined) this.groups.set(group, { first: index, last: index });
    else {
      this.nexts[known.last] = index;
      known.last = index;
    }
    this.count += 1;
  }

  /** Groups in the order in which they were first met. */
  keys(): IterableIterator<string | number> {
    return this.groups.keys();
  }

  /** Records of a group, in the order in which they came. */
  of(group: string | number): Value[] {
    this.write();
    const values: Value[] = [];
    for (let index = this.groups.get(group)?.first ?? NONE; index !== NONE; index = this.nexts[index]!) {
      values.push(this.read(index));
    }
    return values;
  }

  close(): void {
    if (this.file === null) return;
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  /** Puts a record where there is room, and says where. */
  private keep(text: string, length: number): number {
    if (this.blockBytes + length > BUFFER_BYTES && this.blocks.length < this.mostBlocks && length <= BUFFER_BYTES) {
      this.blocks.push(Buffer.allocUnsafeSlow(BUFFER_BYTES));
      this.blockBytes = 0;
    }
    if (this.blockBytes + length <= BUFFER_BYTES) {
      this.blocks.at(-1)!.write(text, this.blockBytes);
      const place = (this.blocks.length - 1) * BUFFER_BYTES + this.blockBytes;
      this.blockBytes += length;
      return place;
    }
    const place = -1 - this.diskBytes;
    this.diskBytes += length;
    this.unwritten.push(Buffer.from(text));
    this.unwrittenBytes += length;
    if (this.unwrittenBytes >= BUFFER_BYTES) this.write();
    return place;
  }

  private read(index: number): Value {
    const [place, length] = [this.places[index]!, this.lengths[index]!];
    if (place >= 0) {
      const from = place % BUFFER_BYTES;
      return JSON.parse(this.blocks[Math.floor(place / BUFFER_BYTES)]!.toString('utf8', from, from + length)) as Value;
    }
    const from = -1 - place;
    const { start, bytes } = this.windowOver(from, from + length);
    return JSON.parse(bytes.toString('utf8', from - start, from + length - start)) as Value;
  }

  /** Reads ahead only where records are asked for in the order in which they lie. */
  private windowOver(from: number, to: number): { readonly start: number; readonly bytes: Buffer } {
    const end = this.window.start + this.window.bytes.length;
    if (from >= this.window.start && to <= end) return this.window;
    const isNext = from >= this.window.start && from - end < NEAR_BYTES;
    const length = isNext ? Math.min(Math.max(BUFFER_BYTES, to - from), this.diskBytes - from) : to - from;
    const bytes = Buffer.alloc(length);
    readSync(this.file!, bytes, 0, length, from);
    this.window = { start: from, bytes };
    return this.window;
  }

  private write(): void {
    if (this.unwrittenBytes === 0) return;
    try {
      this.file ??= openSync(this.path, 'wx+');
      writeSync(this.file, Buffer.concat(this.unwritten));
    } catch (error) {
      throw toDiskError(error, dirname(this.path), 'gather the records of a file');
    }
    this.unwritten = [];
    this.unwrittenBytes = 0;
  }

  private grow(): void {
    if (this.count < this.places.length) return;
    this.places = enlarged(this.places, new Float64Array(this.places.length * 2));
    this.lengths = enlarged(this.lengths, new Uint32Array(this.lengths.length * 2));
    this.nexts = enlarged(this.nexts, new Int32Array(this.nexts.length * 2));
  }
}

function enlarged<Numbers extends Float64Array | Uint32Array | Int32Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

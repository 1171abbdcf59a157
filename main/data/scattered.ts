/**
 * Gathers records that lie scattered over a file by the image they belong to: what is gathered lies on disk, in memory is
 * where, so a file of any number of outlines costs 20 bytes a record.
 */

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { toDiskError } from '../store/disk-errors.ts';

const BUFFER_BYTES = 1024 * 1024;
const NEAR_BYTES = 4096;
const NONE = -1;

export class Scattered<Value> {
  private readonly path: string;
  private readonly file: number;
  private readonly groups = new Map<string | number, { first: number; last: number }>();
  private places = new Float64Array(1024);
  private nexts = new Int32Array(1024);
  private count = 0;
  private sizeBytes = 0;
  private unwritten: Buffer[] = [];
  private unwrittenBytes = 0;
  /** The part of the file that was read last. */
  private window: { readonly start: number; readonly bytes: Buffer } = { start: 0, bytes: Buffer.alloc(0) };

  /** Writes into `folder`, which the caller removes. */
  constructor(folder: string, name: string) {
    this.path = join(folder, name);
    this.file = openSync(this.path, 'wx+');
  }

  add(group: string | number, value: Value): void {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    const index = this.count;
    this.grow();
    this.places[index] = this.sizeBytes;
    this.nexts[index] = NONE;
    const known = this.groups.get(group);
    if (known === undefined) this.groups.set(group, { first: index, last: index });
    else {
      this.nexts[known.last] = index;
      known.last = index;
    }
    this.count += 1;
    this.sizeBytes += bytes.length;
    this.unwritten.push(bytes);
    this.unwrittenBytes += bytes.length;
    if (this.unwrittenBytes >= BUFFER_BYTES) this.write();
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
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }

  private read(index: number): Value {
    const from = this.places[index]!;
    const to = (index + 1 < this.count ? this.places[index + 1]! : this.sizeBytes) - 1;
    const { start, bytes } = this.windowOver(from, to);
    return JSON.parse(bytes.toString('utf8', from - start, to - start)) as Value;
  }

  /** Reads ahead only where records are asked for in the order in which they lie. */
  private windowOver(from: number, to: number): { readonly start: number; readonly bytes: Buffer } {
    const end = this.window.start + this.window.bytes.length;
    if (from >= this.window.start && to <= end) return this.window;
    const isNext = from >= this.window.start && from - end < NEAR_BYTES;
    const length = isNext ? Math.min(Math.max(BUFFER_BYTES, to - from), this.sizeBytes - from) : to - from;
    const bytes = Buffer.alloc(length);
    readSync(this.file, bytes, 0, length, from);
    this.window = { start: from, bytes };
    return this.window;
  }

  private write(): void {
    if (this.unwrittenBytes === 0) return;
    try {
      writeSync(this.file, Buffer.concat(this.unwritten));
    } catch (error) {
      throw toDiskError(error, dirname(this.path), 'gather the records of a file');
    }
    this.unwritten = [];
    this.unwrittenBytes = 0;
  }

  private grow(): void {
    if (this.count < this.places.length) return;
    const places = new Float64Array(this.places.length * 2);
    places.set(this.places);
    this.places = places;
    const nexts = new Int32Array(this.nexts.length * 2);
    nexts.set(this.nexts);
    this.nexts = nexts;
  }
}

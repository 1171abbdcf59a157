/** Shared libraries small enough to make by hand: a header, two segments, a dynamic section and its strings. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface MadeElf {
  readonly needed?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
}

const HEADER = 64;
const SEGMENT = 56;
const BASE = 0x10000; // loaded there, so that addresses and file offsets differ

/** The bytes of a 64-bit little-endian library. */
export function elfBytes({ needed = [], rpath, runpath }: MadeElf = {}): Uint8Array {
  const entries: [tag: number, text: string][] = needed.map((name) => [1, name]);
  if (rpath !== undefined) entries.push([15, rpath]);
  if (runpath !== undefined) entries.push([29, runpath]);
  let strings = '\0';
  const dynamic: [number, number][] = entries.map(([tag, text]) => {
    const at = strings.length;
    strings += `${text}\0`;
    return [tag, at];
  });
  const dynamicAt = HEADER + 2 * SEGMENT;
  const stringsAt = dynamicAt + (dynamic.length + 3) * 16;
  dynamic.push([5, BASE + stringsAt], [10, strings.length], [0, 0]);
  const bytes = new Uint8Array(stringsAt + strings.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(32, BigInt(HEADER), true);
  view.setUint16(54, SEGMENT, true);
  view.setUint16(56, 2, true);
  writeSegment(view, HEADER, 1, 0, bytes.length);
  writeSegment(view, HEADER + SEGMENT, 2, dynamicAt, dynamic.length * 16);
  dynamic.forEach(([tag, value], i) => {
    view.setBigUint64(dynamicAt + 16 * i, BigInt(tag), true);
    view.setBigUint64(dynamicAt + 16 * i + 8, BigInt(value), true);
  });
  bytes.set(new TextEncoder().encode(strings), stringsAt);
  return bytes;
}

function writeSegment(view: DataView, at: number, type: number, offset: number, size: number): void {
  view.setUint32(at, type, true);
  view.setBigUint64(at + 8, BigInt(offset), true);
  view.setBigUint64(at + 16, BigInt(BASE + offset), true);
  view.setBigUint64(at + 32, BigInt(size), true);
}

/** Writes a library, with its folders; returns its path. */
export function writeElf(path: string, made: MadeElf = {}): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, elfBytes(made));
  return path;
}

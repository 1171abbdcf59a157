/**
 * What a JPEG file says about itself before its pixels: sizes, tables, orientation. Only the kind that nearly every
 * photograph is comes out of here: 8 bits, sequential, one scan, grey or YCbCr. Anything else, and anything that looks
 * damaged, is null, so that libvips looks at it.
 * Source: ITU-T T.81, annex B (markers) and section A.2 (order of the blocks); JFIF 1.02; EXIF 2.3, section 4.6.4.
 */

import { type HuffmanTable, huffmanTable } from './huffman.ts';
import { readOrientation } from './orientation.ts';
import { type EntropyData, unstuff } from './unstuff.ts';

export interface JpegComponent {
  /** Blocks per unit, across and down: 2, 2 for the luma of most photographs. */
  readonly h: number;
  readonly v: number;
  /** Steps of the 64 coefficients, in zigzag order. */
  readonly steps: Int32Array;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
}

export interface JpegFrame {
  /** As stored, before orientation. */
  readonly width: number;
  readonly height: number;
  /** One (grey) or three (Y, Cb, Cr; the latter two with one block per unit). */
  readonly components: readonly JpegComponent[];
  /** Units between restart markers; 0 for none. */
  readonly restartInterval: number;
  readonly entropy: EntropyData;
  /** EXIF: 1 upright, to 8. */
  readonly orientation: number;
}

const COEFFICIENTS = 64;
const ADOBE_YCC = 1;
const JFIF_REVISION = 1;
/** Bits of a DC difference in pictures of 8 bits; what libjpeg takes as well. */
const MOST_DC_BITS = 15;
/** All coefficients in one go: the first, the last, no bits of either approximation. */
const SEQUENTIAL_SCAN: readonly number[] = [0, COEFFICIENTS - 1, 0];

interface Tables {
  readonly steps: Map<number, Int32Array>;
  /** Keyed by class (0 DC, 1 AC) * 16 + identifier. */
  readonly huffman: Map<number, HuffmanTable>;
  frame: Buffer | null;
  restartInterval: number;
  orientation: number | null;
  isJfif: boolean;
  adobeTransform: number | null;
}

/** The frame of a JPEG file, or null where this reader is not the one to judge it. */
export function readFrame(bytes: Buffer): JpegFrame | null {
  const tables: Tables = {
    steps: new Map(),
    huffman: new Map(),
    frame: null,
    restartInterval: 0,
    orientation: 1,
    isJfif: false,
    adobeTransform: null,
  };
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    const body = bytes.subarray(at + 4, end);
    if (end < at + 4 || end > bytes.length) return null;
    if (marker === 0xda) return assemble(tables, body, unstuff(bytes, end));
    if (!readSegment(marker, body, tables)) return null;
    at = end;
  }
  return null;
}

/** False for what is not read here. */
function readSegment(marker: number, body: Buffer, tables: Tables): boolean {
  switch (marker) {
    case 0xc0: // baseline
    case 0xc1: // extended: the same with more tables
      if (tables.frame !== null) return false;
      tables.frame = body;
      return true;
    case 0xc4:
      return readHuffmanTables(body, tables);
    case 0xdb:
      return readSteps(body, tables);
    case 0xdd:
      tables.restartInterval = body.length >= 2 ? body.readUInt16BE(0) : 0;
      return body.length >= 2;
    case 0xe0:
      if (body.toString('latin1', 0, 5) !== 'JFIF\0') return true;
      tables.isJfif = true;
      return body[5] === JFIF_REVISION;
    case 0xe1:
      if (body.toString('latin1', 0, 6) === 'Exif\0\0') tables.orientation = readOrientation(body.subarray(6));
      return tables.orientation !== null;
    case 0xee:
      if (body.toString('latin1', 0, 5) === 'Adobe' && body.length >= 12) tables.adobeTransform = body[11]!;
      return true;
    default:
      // Other application data and comments are skipped; other frames (progressive, arithmetic), and what has no length, not.
      return marker === 0xfe || (marker >= 0xe0 && marker <= 0xef);
  }
}

function readSteps(body: Buffer, { steps }: Tables): boolean {
  for (let at = 0; at < body.length; at += 1 + COEFFICIENTS) {
    const head = body[at]!;
    if (head > 3 || at + 1 + COEFFICIENTS > body.length) return false; // 16-bit steps belong to 12-bit pictures
    steps.set(head, Int32Array.from(body.subarray(at + 1, at + 1 + COEFFICIENTS)));
  }
  return true;
}

function readHuffmanTables(body: Buffer, { huffman }: Tables): boolean {
  for (let at = 0; at < body.length; ) {
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const symbols = body.subarray(at + 17, at + 17 + total);
    const table = symbols.length === total ? huffmanTable(counts, symbols, body[at]! >= 16) : null;
    if (table === null || (body[at]! & 0x0f) > 3 || body[at]! > 0x1f) return false;
    if (body[at]! < 16 && symbols.some((bits) => bits > MOST_DC_BITS)) return false;
    huffman.set(body[at]!, table);
    at += 17 + total;
  }
  return true;
}

/** Puts frame, scan and tables together; `scan` is the scan's header. */
function assemble(tables: Tables, scan: Buffer, entropy: EntropyData | null): JpegFrame | null {
  const { frame, orientation } = tables;
  if (frame === null || entropy === null || orientation === null || frame.length < 6) return null;
  const [height, width, count] = [frame.readUInt16BE(1), frame.readUInt16BE(3), frame[5]!];
  const isWhole = frame[0] === 8 && frame.length === 6 + 3 * count && scan.length === 4 + 2 * count;
  if (!isWhole || scan[0] !== count || width === 0 || height === 0) return null;
  if (SEQUENTIAL_SCAN.some((value, i) => scan[scan.length - 3 + i] !== value)) return null;
  const ids = Array.from({ length: count }, (_, i) => frame[6 + 3 * i]!);
  if (!isReadableColour(ids, tables)) return null;

  const components: JpegComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [sampling, stepsId] = [frame[7 + 3 * i]!, frame[8 + 3 * i]!];
    const [scanId, selectors] = [scan[1 + 2 * i]!, scan[2 + 2 * i]!];
    const steps = tables.steps.get(stepsId);
    const dc = tables.huffman.get(selectors >> 4);
    const ac = tables.huffman.get(16 + (selectors & 0x0f));
    if (scanId !== ids[i] || steps === undefined || dc === undefined || ac === undefined) return null;
    // A single component is stored block by block, whatever sampling it names.
    const [h, v] = count === 1 ? [1, 1] : [sampling >> 4, sampling & 0x0f];
    components.push({ h, v, steps, dc, ac });
  }
  if (!isReadableSampling(components)) return null;
  return { width, height, components, restartInterval: tables.restartInterval, entropy, orientation };
}

/** Grey, or certainly YCbCr. */
function isReadableColour(ids: readonly number[], { isJfif, adobeTransform }: Tables): boolean {
  if (ids.length === 1) return true;
  if (ids.length !== 3) return false;
  if (adobeTransform !== null) return adobeTransform === ADOBE_YCC;
  return isJfif || ids.every((id, i) => id === i + 1);
}

/** 4:4:4, 4:2:2 and 4:2:0. */
function isReadableSampling([luma, ...chroma]: readonly JpegComponent[]): boolean {
  const isUsual = [0x11, 0x21, 0x22].includes(luma!.h * 16 + luma!.v);
  return isUsual && chroma.every(({ h, v }) => h === 1 && v === 1);
}

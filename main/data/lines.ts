/** The lines of a text file of any size, one at a time, with the ones that are no UTF-8 or far too long marked. */

import { AppError } from '../../preload/contract/errors.ts';
import { readChunks } from './read-error.ts';

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface BadLine {
  readonly number: number;
  /** Why there is no text. */
  readonly problem: string;
}

/** No honest record comes near; a larger "line" is another kind of file. */
const MAX_LINE_BYTES: number = 64 * 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARKS = {
  utf8: [0xef, 0xbb, 0xbf],
  utf16: [
    [0xff, 0xfe],
    [0xfe, 0xff],
  ],
} as const;

/**
 * Lines without their ends (LF or CR LF); a byte order mark is dropped and `onByteOrderMark` told.
 * Errors: file-missing, file-unreadable (also for UTF-16, which has to be converted first).
 */
export async function* readLines(
  path: string,
  options: { readonly onByteOrderMark?: () => void; readonly maxLineBytes?: number } = {},
): AsyncGenerator<Line | BadLine, void, undefined> {
  const { onByteOrderMark, maxLineBytes = MAX_LINE_BYTES } = options;
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  for await (const bytes of rawLines(path, maxLineBytes)) {
    number += 1;
    let line = bytes.length > 0 && bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
    if (number === 1) {
      refuseUtf16(path, line);
      if (startsWith(line, BYTE_ORDER_MARKS.utf8)) {
        line = line.subarray(BYTE_ORDER_MARKS.utf8.length);
        onByteOrderMark?.();
      }
    }
    if (bytes.length > maxLineBytes) {
      yield { number, problem: `expected a line of at most ${maxLineBytes} bytes, this one is longer` };
      continue;
    }
    try {
      yield { number, text: decoder.decode(line) };
    } catch {
      yield { number, problem: 'expected UTF-8 text, got bytes that are none' };
    }
  }
}

/** Of a line that is too long no more than one byte over the limit is kept, which is enough to tell. */
async function* rawLines(path: string, maxLineBytes: number): AsyncGenerator<Buffer, void, undefined> {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer) => {
    const room = maxLineBytes + 1 - size;
    if (room > 0) parts.push(part.subarray(0, room));
    size += Math.min(part.length, Math.max(room, 0));
  };
  const take = () => {
    const line = Buffer.concat(parts);
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of readChunks(path)) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      yield take();
      from = end + 1;
    }
    add(chunk.subarray(from));
  }
  if (size > 0) yield take();
}

function refuseUtf16(path: string, line: Uint8Array): void {
  if (!BYTE_ORDER_MARKS.utf16.some((mark) => startsWith(line, mark))) return;
  throw new AppError('file-unreadable', `${path}: expected UTF-8 text, got UTF-16; save it as UTF-8`, { file: path });
}

function startsWith(bytes: Uint8Array, mark: readonly number[]): boolean {
  return mark.every((value, i) => bytes[i] === value);
}

/** The compressed data of a scan without what the file format puts in between: zero bytes after 0xff, and restart markers. */

export interface EntropyData {
  /** Followed by zeros, so that reading ahead needs no check. */
  readonly bytes: Uint8Array;
  /** Where each part between restart markers begins, then the end of the last one. */
  readonly starts: readonly number[];
}

/** A block's longest code, and four bytes read at once. */
const PADDING_BYTES = 512;
/** Bit positions must fit in 31 bits. */
const LARGEST_BYTES = 1 << 27;

const RESTART_0 = 0xd0;
const END_OF_IMAGE = 0xd9;

/** The data from `from` to the end-of-image marker; null when that is missing or another marker comes first. */
export function unstuff(file: Buffer, from: number): EntropyData | null {
  if (file.length - from > LARGEST_BYTES) return null;
  const bytes = new Uint8Array(file.length - from + PADDING_BYTES);
  const starts = [0];
  let to = 0;
  for (let at = from; ; ) {
    const marker = file.indexOf(0xff, at);
    if (marker < 0 || marker + 1 >= file.length) return null;
    bytes.set(file.subarray(at, marker), to);
    to += marker - at;
    const code = file[marker + 1]!;
    at = marker + 2;
    if (code === 0) bytes[to++] = 0xff;
    else if (code === 0xff)
      at = marker + 1; // fill byte
    else if (code === RESTART_0 + ((starts.length - 1) & 7)) starts.push(to);
    else if (code === END_OF_IMAGE) return { bytes: bytes.fill(0, to), starts: [...starts, to] };
    else return null;
  }
}

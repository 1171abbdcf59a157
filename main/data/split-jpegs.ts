/**
 * JPEGs that follow each other in a stream, as ffmpeg writes frames to a pipe.
 * Source: ITU-T T.81, annex B (markers; in a scan a byte of 255 that is no marker is followed by 0).
 */

const [START, END, SCAN] = [0xd8, 0xd9, 0xda];
const MARKER = 0xff;

/** Every JPEG, whole. What is left at the end without its own end is none. Errors: those of the stream. */
export async function* splitJpegs(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  let at = 0;
  let isInScan = false;
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const next = step(rest, at, isInScan);
      if (next === null) break;
      ({ at, isInScan } = next);
      if (!next.isEnd) continue;
      yield rest.subarray(0, at);
      rest = rest.subarray(at);
      at = 0;
    }
    if (isInScan) at = Math.max(at, rest.length - 1); // everything before was looked through
  }
}

/** Past the next marker; null where more bytes are needed to tell. */
function step(
  bytes: Buffer,
  from: number,
  isInScan: boolean,
): { at: number; isInScan: boolean; isEnd: boolean } | null {
  const at = isInScan ? nextMarker(bytes, from) : from;
  if (at === null || at + 2 > bytes.length) return null;
  const kind = bytes[at + 1]!;
  if (kind === END) return { at: at + 2, isInScan: false, isEnd: true };
  if (kind === START) return { at: at + 2, isInScan: false, isEnd: false };
  if (at + 4 > bytes.length) return null;
  const end = at + 2 + bytes.readUInt16BE(at + 2);
  return end > bytes.length ? null : { at: end, isInScan: kind === SCAN, isEnd: false };
}

/** Of a marker that is none of those inside a scan: a stuffed 0 or a restart. */
function nextMarker(bytes: Buffer, from: number): number | null {
  for (let at = bytes.indexOf(MARKER, from); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(MARKER, at + 1)) {
    const kind = bytes[at + 1]!;
    const isInside = kind === 0 || kind === MARKER || (kind >= 0xd0 && kind <= 0xd7);
    if (!isInside) return at;
  }
  return null;
}

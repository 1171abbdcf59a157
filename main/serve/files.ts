/** Sends a file of one folder, and none from outside it. */

import { createReadStream, realpathSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
};

/** The type by which a file of the window is sent. */
export function contentTypeOf(path: string): string {
  return CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';
}

/**
 * The real path of a file named relative to a folder; null when there is no such file or it lies outside the folder,
 * by `..`, an absolute path, a link or an encoded separator.
 */
export function confined(folder: string, relativePath: string): string | null {
  if (relativePath.includes('\0')) return null;
  try {
    const root = realpathSync(folder);
    const real = realpathSync(join(root, relativePath));
    return real.startsWith(root + sep) && statSync(real).isFile() ? real : null;
  } catch {
    return null; // nothing found is an answer
  }
}

/** The same of a path as it stands in an address; one that is not valid percent-encoding names no file. */
export function confinedAddress(folder: string, pathname: string): string | null {
  try {
    return confined(folder, decodeURIComponent(pathname));
  } catch {
    return null;
  }
}

/** The bytes that a request asks for. Units: bytes, both inclusive. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range of a Range header; null where all of the file is sent: no header, several ranges, or none that can be read.
 * Source: RFC 9110, section 14.
 */
export function rangeOf(header: string | undefined, sizeBytes: number): ByteRange | 'outside' | null {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (first !== '' && last !== '' && Number(last) < start) return null;
  return start >= sizeBytes || (first === '' && Number(last) === 0) ? 'outside' : { start, end };
}

/** Streams a file, or the range asked for, with the headers given; a reader that goes away early is not an error. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { size } = statSync(path);
  const range = rangeOf(request.headers.range, size);
  if (range === 'outside') {
    response.writeHead(416, { ...headers, 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const part = range === null ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` };
  response.writeHead(range === null ? 200 : 206, {
    ...headers,
    'Accept-Ranges': 'bytes',
    'Content-Length': end - start + 1,
    ...part,
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(createReadStream(path, range === null ? {} : { start, end }), response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

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

/** Streams a file with the headers given; a reader that goes away early is not an error. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  response.writeHead(200, { ...headers, 'Content-Length': statSync(path).size });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(createReadStream(path), response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** Pictures of the project by URL, so that a window shows them without a copy through the contract. */

import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbsolute } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { confined, sendFile } from './files.ts';
import { NOT_FOUND, sendPage } from './replies.ts';

/** Where one image of the project lies. */
export interface ImageFile {
  /** Relative to `folder` when the project holds a copy, else absolute. */
  readonly path: string;
  readonly storage: 'copied' | 'linked';
  /** The project's folder. */
  readonly folder: string;
  /** `jpeg`, `png` …, as the import found it. */
  readonly format: string;
  readonly sha256: string;
}

export interface ImageSource {
  /** Null for an id that is not in the project. */
  imageFile(id: number): ImageFile | null;
  /**
   * A JPEG of the image with that content; null where the project has none. A signal that is aborted saves the work.
   * Errors: those of `decode`.
   */
  thumbnail(sha256: string, signal: AbortSignal): Promise<Uint8Array | null>;
}

/** Formats that a browser shows and cannot run; any other file is sent as bytes to save. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  heif: 'image/avif',
  bmp: 'image/bmp',
  tiff: 'image/tiff',
};

const THUMBNAIL_PATH = /^\/thumbnails\/([0-9a-f]{64})$/;

/** The content hash of a path, or null where the path is none of a small picture. */
export function thumbnailOf(path: string): string | null {
  return THUMBNAIL_PATH.exec(path)?.[1] ?? null;
}

/** Named by the content, so a browser never needs to ask twice. */
export async function sendThumbnail(
  request: IncomingMessage,
  response: ServerResponse,
  source: ImageSource,
  sha256: string,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const bytes = await source.thumbnail(sha256, gone.signal);
    if (bytes === null) return sendPage(response, NOT_FOUND);
    const headers = { 'Content-Type': 'image/jpeg', 'Cache-Control': 'private, max-age=31536000, immutable' };
    response.writeHead(200, { ...headers, 'Content-Length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!gone.signal.aborted)
      sendPage(response, { status: 422, title: 'No picture', text: 'The image cannot be read.' });
  }
}

const IMAGE_PATH = /^\/images\/(\d{1,15})$/;

/** The image id of a path, or null where the path is none of an image. */
export function imageIdOf(path: string): number | null {
  const match = IMAGE_PATH.exec(path);
  return match === null ? null : Number(match[1]);
}

/** Sends the image of an id; the content hash is its tag, so a second look costs no bytes. */
export async function sendImage(
  request: IncomingMessage,
  response: ServerResponse,
  source: ImageSource,
  id: number,
): Promise<void> {
  const file = source.imageFile(id);
  const path = file === null ? null : realPath(file);
  if (file === null || path === null) return sendPage(response, NOT_FOUND);
  const headers = {
    'Content-Type': CONTENT_TYPES[file.format] ?? 'application/octet-stream',
    'Cache-Control': 'private, no-cache',
    ETag: `"${file.sha256}"`,
  };
  if (request.headers['if-none-match'] === headers.ETag) {
    response.writeHead(304, headers).end();
    return;
  }
  await sendFile(request, response, path, headers);
}

/** A copy must lie inside the project; a linked file is where the import was told it is. Null where it is not there. */
export function realPath(file: ImageFile): string | null {
  if (file.storage === 'copied') return confined(file.folder, file.path);
  if (!isAbsolute(file.path)) return null;
  return statSync(file.path, { throwIfNoEntry: false })?.isFile() === true ? file.path : null;
}

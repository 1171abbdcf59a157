/** Pictures of the project by URL, so that a window shows them without a copy through the contract. */

import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbsolute } from 'node:path';
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

/** A copy must lie inside the project; a linked file is where the import was told it is. */
function realPath(file: ImageFile): string | null {
  if (file.storage === 'copied') return confined(file.folder, file.path);
  if (!isAbsolute(file.path)) return null;
  return statSync(file.path, { throwIfNoEntry: false })?.isFile() === true ? file.path : null;
}

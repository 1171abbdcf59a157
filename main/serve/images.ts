/** Pictures of the project by URL, so that a window shows them without a copy through the contract. */

import { statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isAbsolute } from 'node:path';
import type { TilePlace } from '../../native-models/geometry/tile-pyramid.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { PyramidPart } from '../images/pyramid-parts.ts';
import { confined, contentTypeOf, sendFile } from './files.ts';
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
  /**
   * Sees to it that tiles of the image with that content can be had; false where the project has none. A signal that is
   * aborted saves the work.
   * Errors: those of `decode`, disk-full.
   */
  prepareTiles(sha256: string, part: PyramidPart, signal: AbortSignal): Promise<boolean>;
  /** The file of a tile; null where it is not there: unknown, not prepared, or given up since. */
  tileFile(sha256: string, place: TilePlace): string | null;
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

/** Of what is named by its content: a browser never needs to ask twice. */
const FOREVER = { 'Cache-Control': 'private, max-age=31536000, immutable' };

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
    response.writeHead(200, { ...FOREVER, 'Content-Type': 'image/jpeg', 'Content-Length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!gone.signal.aborted)
      sendPage(response, { status: 422, title: 'No picture', text: 'The image cannot be read.' });
  }
}

const TILE_PATH = /^\/tiles\/([0-9a-f]{64})\/(?:(exact|coarse)|(\d{1,2})\/(\d{1,5})-(\d{1,5}))$/;

/** Of a large image: a tile, or all tiles of a part, which are to be made ready. */
export type TileRequest = { readonly sha256: string } & (
  | { readonly part: PyramidPart }
  | { readonly place: TilePlace }
);

/** Null where the path is none of tiles. */
export function tilesOf(path: string): TileRequest | null {
  const match = TILE_PATH.exec(path);
  if (match === null) return null;
  const [, sha256, part, level, column, row] = match;
  if (part !== undefined) return { sha256: sha256!, part: part as PyramidPart };
  return { sha256: sha256!, place: { level: Number(level), column: Number(column), row: Number(row) } };
}

/** A tile, named by content; or 204 once all tiles of a part can be had. */
export async function sendTiles(
  request: IncomingMessage,
  response: ServerResponse,
  source: ImageSource,
  asked: TileRequest,
): Promise<void> {
  if ('place' in asked) {
    const path = source.tileFile(asked.sha256, asked.place);
    if (path === null) return sendPage(response, NOT_FOUND);
    return sendFile(request, response, path, { ...FOREVER, 'Content-Type': contentTypeOf(path) });
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    const isThere = await source.prepareTiles(asked.sha256, asked.part, gone.signal);
    if (!isThere) return sendPage(response, NOT_FOUND);
    response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!gone.signal.aborted) sendPage(response, { status: 422, title: 'No tiles', text: 'The image cannot be read.' });
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

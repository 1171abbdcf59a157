/** Looks at an image file once, on import: what it is, whether all of it decodes, and what a person should know of it. */

import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import type { Metadata, Sharp } from 'sharp';
import { AppError } from '../../preload/contract/errors.ts';
import { type DecodeOptions, decodeFile, type ImageFile, openImage, readHeader } from './decode.ts';
import { formatOfExtension, type ImageFormat } from './format.ts';

export interface Inspection {
  /** Of the upright picture, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation of the file, 1 to 8; 1 where it has none. */
  readonly orientation: number;
  readonly format: ImageFormat;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** What was worked around, without the file's name: several frames, a wrong extension, damage. */
  readonly warnings: readonly string[];
}

/** Large enough to make every block be decoded, small enough that JPEG does it at an eighth of its size. */
const CHECK_SIDE_PX = 32;

/**
 * Size, format, hash and warnings of an image file, after all of it was decoded once.
 * Errors: as `decode`.
 */
export async function inspect(path: string, options: DecodeOptions = {}): Promise<Inspection> {
  const file = openImage(path);
  const header = await readHeader(file, options);
  const damage = await checkContent(file, header, options);
  const { width, height } = header.autoOrient;
  const warnings = [...frameWarnings(header), ...extensionWarnings(file), ...damage];
  const sha256 = createHash('sha256').update(file.bytes).digest('hex');
  const { orientation = 1 } = header;
  return { width, height, orientation, format: file.format, sha256, sizeBytes: file.bytes.length, warnings };
}

/** Decodes everything, strictly first; damage that still leaves a whole picture is a warning. */
async function checkContent(file: ImageFile, header: Metadata, options: DecodeOptions): Promise<string[]> {
  const isSmall = Math.max(header.width, header.height) <= CHECK_SIDE_PX;
  const shrink = (image: Sharp) => (isSmall ? image : image.resize(CHECK_SIDE_PX, CHECK_SIDE_PX, { fit: 'fill' }));
  try {
    await decodeFile(file, options, shrink, 'warning', header);
    return [];
  } catch (error) {
    await decodeFile(file, options, shrink, 'error', header);
    const reason = error instanceof AppError && error.cause instanceof Error ? error.cause.message : String(error);
    return [`damaged, but decoded (${reason.trim().split('\n').at(-1)})`];
  }
}

function frameWarnings({ pages = 1, format }: Metadata): string[] {
  if (pages <= 1) return [];
  return [
    format === 'tiff' ? `${pages} pages; the first one is used` : `animated, ${pages} frames; the first one is used`,
  ];
}

function extensionWarnings(file: ImageFile): string[] {
  const extension = extname(file.path).slice(1);
  const promised = formatOfExtension(extension);
  return promised === null || promised === file.format
    ? []
    : [`named .${extension}, but the content is ${file.format}`];
}

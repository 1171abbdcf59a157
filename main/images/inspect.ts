/** Looks at an image file once, on import: what it is, whether all of it decodes, and what a person should know of it. */

import { hash } from 'node:crypto';
import { extname } from 'node:path';
import type { Metadata, Sharp } from 'sharp';
import { AppError } from '../../preload/contract/errors.ts';
import { checkSize, type DecodeOptions, decodeFile, type ImageFile, openImage, readHeader } from './decode.ts';
import { formatOfExtension, type ImageFormat } from './format.ts';
import { decodeJpeg } from './jpeg/decode-jpeg.ts';
import { readFrame } from './jpeg/frame.ts';
import { soundPngSize } from './png-check.ts';

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
/** A JPEG's codes are all read, whatever is made of them: a pixel of each block is the least. */
const SMALLEST_BLOCK = 1;
/** EXIF orientations from this on exchange the sides. */
const FIRST_TRANSPOSED = 5;

/**
 * Size, format, hash and warnings of an image file, after all of it was decoded once.
 * Errors: as `decode`.
 */
export async function inspect(path: string, options: DecodeOptions = {}): Promise<Inspection> {
  const file = openImage(path);
  const seen = lookQuickly(file, options) ?? (await lookThoroughly(file, options));
  const warnings = [...seen.warnings, ...extensionWarnings(file)];
  const sha256 = hash('sha256', file.bytes, 'hex');
  return { ...seen, format: file.format, sha256, sizeBytes: file.bytes.length, warnings };
}

type Seen = Pick<Inspection, 'width' | 'height' | 'orientation' | 'warnings'>;

/**
 * Of a picture that is surely whole, without libvips, whose preparations take longer than all of this does for most files.
 * Null for anything unusual and anything that may be damaged.
 */
export function lookQuickly(file: ImageFile, options: DecodeOptions): Seen | null {
  if (file.format === 'png') {
    const size = soundPngSize(file.bytes);
    if (size === null) return null;
    checkSize(file, size, options.maxPixels);
    return { ...size, orientation: 1, warnings: [] };
  }
  const frame = file.format === 'jpeg' ? readFrame(file.bytes) : null;
  if (frame === null) return null;
  checkSize(file, frame, options.maxPixels);
  if (decodeJpeg(frame, SMALLEST_BLOCK) === null) return null;
  const { width, height, orientation } = frame;
  const isTransposed = orientation >= FIRST_TRANSPOSED;
  const size = isTransposed ? { width: height, height: width } : { width, height };
  return { ...size, orientation, warnings: [] };
}

export async function lookThoroughly(file: ImageFile, options: DecodeOptions): Promise<Seen> {
  const header = await readHeader(file, options);
  const damage = await checkContent(file, header, options);
  const { width, height } = header.autoOrient;
  const { orientation = 1 } = header;
  return { width, height, orientation, warnings: [...frameWarnings(header), ...damage] };
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

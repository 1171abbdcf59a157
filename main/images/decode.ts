/**
 * Image files to upright 8-bit sRGB pixels. Usual JPEGs are decoded by `jpeg/`, the rest by libvips (sharp), which also
 * judges what `jpeg/` finds damaged; this file decides what is let in, what counts as an error and how it is called.
 * Runs in worker threads and child processes only.
 *
 * Conventions: EXIF orientation is applied; embedded colour profiles (CMYK included) are converted to sRGB; grey becomes
 * three equal channels; 16 bits are scaled to 8; transparent pixels are laid over white; of several frames or pages
 * the first one is taken.
 */

import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import { AppError, messageOf } from '../../preload/contract/errors.ts';
import { decodeBmp } from './bmp.ts';
import { describeForeign, type ImageFormat, isCutShort, MAX_PIXELS, sniffFormat } from './format.ts';
import { isSrgbProfile } from './icc.ts';
import { convertToSrgb } from './icc-conversion.ts';
import { blockSideFor, decodeJpeg } from './jpeg/decode-jpeg.ts';
import { readFrame } from './jpeg/frame.ts';
import { readJpegHeader } from './jpeg-header.ts';
import type { Pixels } from './pixels.ts';

export interface DecodeOptions {
  /** Larger pictures are refused before they are unpacked. */
  readonly maxPixels?: number;
}

/** Larger pictures go to libvips, which needs less memory for them. */
const MAX_OWN_PIXELS = 50_000_000;

const BACKGROUND = { r: 255, g: 255, b: 255 };
const DEPTHS = new Set(['uchar', 'ushort']);

/** An image file's bytes, known to be of a readable format. */
export interface ImageFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly format: ImageFormat;
}

/** An image file that libvips reads itself, as far as it has got with the picture; known to be of a readable format. */
export interface FileOnDisk {
  readonly path: string;
  readonly bytes: null;
  readonly format: ImageFormat;
}

/** Keeps libvips to one thread and no cache: the pool around it already uses every core, and each file is read once. */
export function configureDecoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
}

/**
 * The picture in a file, in full size.
 * Errors: image-missing, image-empty, image-unreadable, image-truncated, image-too-large; each names the file.
 */
export async function decode(path: string, options: DecodeOptions = {}): Promise<Pixels> {
  return decodeWhole(openImage(path), options);
}

/** The same for a file that came by another way than the disk; `name` is what errors call it. */
export async function decodeBytes(name: string, bytes: Buffer, options: DecodeOptions = {}): Promise<Pixels> {
  return decodeWhole(imageOf(name, bytes), options);
}

async function decodeWhole(file: ImageFile, options: DecodeOptions): Promise<Pixels> {
  return decodeUsualJpeg(file, Number.POSITIVE_INFINITY, options) ?? decodeFile(file, options);
}

/**
 * The picture in a file, made smaller on the way in where that saves work, with at least `shorterSidePx` on its shorter
 * side; never larger. A JPEG is halved as often as possible while its coefficients are turned into pixels; anything
 * else is resized to just that many.
 * Errors: as `decode`.
 */
export async function decodeReduced(path: string, shorterSidePx: number, options: DecodeOptions = {}): Promise<Pixels> {
  const file = openImage(path);
  const reduce = (image: Sharp) =>
    image.resize(shorterSidePx, shorterSidePx, { fit: 'outside', withoutEnlargement: true, kernel: 'linear' });
  return decodeUsualJpeg(file, shorterSidePx, options) ?? decodeFile(file, options, reduce);
}

/** Null for whatever libvips should look at: another format, an unusual or damaged JPEG, another colour space. */
function decodeUsualJpeg(file: ImageFile, shorterSidePx: number, options: DecodeOptions): Pixels | null {
  const header = file.format === 'jpeg' ? readJpegHeader(file.bytes) : null;
  if (header === null || (header.hasForeignProfile && header.foreignProfile === null)) return null;
  checkSize(file, header, options.maxPixels);
  const frame = readFrame(file.bytes);
  if (frame === null) return null;
  const side = blockSideFor(frame, shorterSidePx);
  if (header.width * header.height * (side / 8) ** 2 > MAX_OWN_PIXELS) return null;
  const pixels = decodeJpeg(frame, side);
  if (pixels === null || header.foreignProfile === null) return pixels;
  return convertToSrgb(pixels, header.foreignProfile) ? pixels : null;
}

/**
 * The bytes of an image file.
 * Errors: image-missing, image-empty, image-unreadable, image-too-large.
 */
export function openImage(path: string): ImageFile {
  return imageOf(path, readBytes(path));
}

/** What is read bit by bit; the others are unpacked here, or small beside their pixels, and their headers are asked for more. */
const READ_FROM_DISK: ReadonlySet<ImageFormat> = new Set(['png', 'tiff', 'webp', 'gif', 'avif']);
/** More than any format is known by. */
const HEAD_BYTES = 512;

/**
 * An image file that is to be read once from top to bottom: its bytes are in memory only where they have to be.
 * Errors: as `openImage`.
 */
export function openForOneReading(path: string): ImageFile | FileOnDisk {
  const format = formatOf(path, readHead(path));
  // libvips takes brackets at the end of a name for options.
  return READ_FROM_DISK.has(format) && !path.endsWith(']') ? { path, bytes: null, format } : openImage(path);
}

const imageOf = (path: string, bytes: Buffer): ImageFile => ({ path, bytes, format: formatOf(path, bytes) });

/** `bytes`: the first ones of the file. */
function formatOf(path: string, bytes: Buffer): ImageFormat {
  if (bytes.length === 0) throw new AppError('image-empty', `${path}: the file is empty (0 bytes)`, { file: path });
  const format = sniffFormat(bytes);
  if (format !== null) return format;
  const message = `${path}: expected a JPEG, PNG, GIF, WebP, TIFF, BMP or AVIF image, got ${describeForeign(bytes)}`;
  throw new AppError('image-unreadable', message, { file: path });
}

/**
 * Size, depth and frames as the file's header gives them.
 * Errors: image-unreadable, image-truncated, image-too-large.
 */
export async function readHeader(file: ImageFile | FileOnDisk, options: DecodeOptions = {}): Promise<Metadata> {
  const source = sourceOf(file, { limitInputPixels: false }, options);
  try {
    const header = await source.metadata();
    checkHeader(file, header, options.maxPixels);
    return header;
  } catch (error) {
    throw toImageError(error, file);
  }
}

/**
 * The picture in a file whose bytes are at hand. `strictness` 'warning' refuses damage that a decoder would gloss over.
 * `header` is what `readHeader` gave, where it was asked already.
 * Errors: image-unreadable, image-truncated, image-too-large.
 */
export async function decodeFile(
  file: ImageFile,
  options: DecodeOptions = {},
  transform: (image: Sharp) => Sharp = (image) => image,
  strictness: 'error' | 'warning' = 'error',
  header: Metadata | null = null,
): Promise<Pixels> {
  try {
    const source = await pipelineOf(file, options, strictness, header);
    const { data, info } = await transform(source).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels instead of 3`);
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw toImageError(error, file);
  }
}

/**
 * The picture in a file as libvips will make it: upright, sRGB, without transparency; nothing is decoded yet. What it
 * throws while it works becomes one of our errors by `toImageError`.
 * Errors: image-unreadable, image-too-large.
 */
export async function pipelineOf(
  file: ImageFile | FileOnDisk,
  options: DecodeOptions,
  strictness: 'error' | 'warning',
  header: Metadata | null,
): Promise<Sharp> {
  const ignoreIcc = await isPlainSrgb(file, options, header);
  const limits = { limitInputPixels: options.maxPixels ?? MAX_PIXELS, failOn: strictness, autoOrient: true, ignoreIcc };
  return sourceOf(file, limits, options).toColourspace('srgb').flatten({ background: BACKGROUND });
}

function sourceOf(file: ImageFile | FileOnDisk, limits: SharpOptions, options: DecodeOptions): Sharp {
  if (file.bytes === null) return sharp(file.path, limits);
  return file.format === 'bmp' ? bmpSource(file, options) : sharp(file.bytes, limits);
}

/**
 * Checks the header and says whether the colours are sRGB as they stand: converting them all the same would change
 * nothing but take 5 ms for the smallest picture.
 */
async function isPlainSrgb(
  file: ImageFile | FileOnDisk,
  options: DecodeOptions,
  header: Metadata | null,
): Promise<boolean> {
  const jpeg = file.bytes !== null && file.format === 'jpeg' ? readJpegHeader(file.bytes) : null;
  if (jpeg !== null) {
    checkSize(file, jpeg, options.maxPixels);
    return jpeg.components <= 3 && !jpeg.hasForeignProfile;
  }
  const { space, icc } = header ?? (await readHeader(file, options));
  return space !== 'cmyk' && (icc === undefined || isSrgbProfile(icc));
}

function bmpSource(file: ImageFile, options: DecodeOptions): Sharp {
  const { width, height, data } = decodeBmp(file.bytes, file.path, options.maxPixels ?? MAX_PIXELS);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Errors: image-too-large. */
export function checkSize(
  { path }: Pick<ImageFile, 'path'>,
  size: { readonly width: number; readonly height: number },
  maxPixels: number = MAX_PIXELS,
): void {
  if (size.width * size.height <= maxPixels) return;
  const message = `${path}: ${size.width} x ${size.height} pixels are more than the limit of ${maxPixels / 1e6} megapixels`;
  throw new AppError('image-too-large', message, { file: path });
}

function checkHeader(file: Pick<ImageFile, 'path'>, header: Metadata, maxPixels: number | undefined): void {
  checkSize(file, header, maxPixels);
  if (!DEPTHS.has(header.depth)) {
    const message = `${file.path}: expected 8 or 16 bits per channel, got pixels of type ${header.depth}`;
    throw new AppError('image-unreadable', message, { file: file.path });
  }
}

/** What libvips said about a file, by our codes. */
export function toImageError(error: unknown, file: ImageFile | FileOnDisk): AppError {
  if (error instanceof AppError) return error;
  const said = messageOf(error);
  const reason = said.trim().split('\n').at(-1)!;
  const details = { file: file.path, format: file.format };
  if (/exceeds pixel limit/i.test(said)) {
    return new AppError('image-too-large', `${file.path}: ${reason}`, details, { cause: error });
  }
  const bytes = file.bytes ?? readBytes(file.path);
  if (isCutShort(bytes, file.format, said)) {
    const message = `${file.path}: the ${file.format} file ends too early (${bytes.length} bytes; ${reason})`;
    return new AppError('image-truncated', message, details, { cause: error });
  }
  const message = `${file.path}: the ${file.format} file cannot be decoded (${reason})`;
  return new AppError('image-unreadable', message, details, { cause: error });
}

/** In one go: these threads have nothing else to do, and a small file is read faster than a callback comes. */
const readBytes = (path: string): Buffer => readFrom(path, () => readFileSync(path));

/** The first bytes of a file. Errors: as `openImage`. */
const readHead = (path: string): Buffer =>
  readFrom(path, () => {
    const file = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(file, head));
    } finally {
      closeSync(file);
    }
  });

function readFrom(path: string, read: () => Buffer): Buffer {
  try {
    // Asked first, since reading a pipe or a device may never end.
    const kind = statSync(path);
    if (kind.isFile()) return read();
    const what = kind.isDirectory() ? 'it is a folder' : 'it is no regular file';
    throw new AppError('image-unreadable', `${path}: cannot be read (${what})`, { file: path });
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    const options = { cause: error };
    const details = { file: path, cause: code };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AppError('image-missing', `${path}: there is no such file`, details, options);
    }
    if (code === 'ERR_FS_FILE_TOO_LARGE') {
      throw new AppError('image-too-large', `${path}: the file is larger than 2 GiB`, details, options);
    }
    throw new AppError('image-unreadable', `${path}: cannot be read (${code})`, details, options);
  }
}

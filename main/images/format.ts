/** What a file is by its first bytes, whatever its name says, and whether it stops before its own end. */

/** 400 megapixels: 1.2 GB once unpacked, more than any camera makes and what a 40 kB "bomb" can claim easily. */
export const MAX_PIXELS = 400_000_000;

/** Bytes of a value of TIFF type 1 (byte) to 12 (double). */
const TIFF_TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8];

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'bmp' | 'avif';

/**
 * The format of an image file, or null for anything that is not decoded here. Only these ever reach the decoder: it
 * could open more (SVG, PDF), and an image from a stranger must not choose a larger parser by its content.
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  const text = (from: number, to: number) => latin1(bytes.subarray(from, to));
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 4) === 'GIF8') return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(0, 4))) return 'tiff';
  if (text(0, 2) === 'BM') return 'bmp';
  if (text(4, 8) === 'ftyp' && ['avif', 'avis'].includes(text(8, 12))) return 'avif';
  return null;
}

/** What an unrecognised file seems to be, for the person who named it `.jpg`. */
export function describeForeign(bytes: Uint8Array): string {
  const head = latin1(bytes.subarray(0, 12));
  if (head.slice(4, 8) === 'ftyp') return `a file of type "${head.slice(8, 12).trim()}"`;
  if (head.startsWith('%PDF')) return 'a PDF document';
  if (head.startsWith('PK\x03\x04')) return 'a ZIP archive';
  const sample = bytes.subarray(0, 512);
  const isText = sample.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
  return isText ? `text that begins "${firstLine(sample)}"` : 'of no known image format';
}

/** File name endings that mark an image in a folder; what the content is, `sniffFormat` decides. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png bmp tif tiff gif webp avif heic heif'.split(' '),
);

/** The format that a file name promises, or null when it promises none of those read here. */
export function formatOfExtension(extension: string): ImageFormat | null {
  const lower = extension.toLowerCase();
  if (['jpg', 'jpeg', 'jpe', 'jfif'].includes(lower)) return 'jpeg';
  if (['tif', 'tiff'].includes(lower)) return 'tiff';
  if (['png', 'gif', 'webp', 'bmp', 'avif'].includes(lower)) return lower as ImageFormat;
  return null;
}

/**
 * Whether a file that failed to decode was cut short, judged by its own framing where the format has one, else by the
 * decoder's words.
 */
export function isCutShort(bytes: Uint8Array, format: ImageFormat, decoderMessage: string): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'png': {
      const end = latin1(bytes.subarray(Math.max(0, bytes.length - 64)));
      return !end.includes('IEND');
    }
    case 'webp':
      return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length;
    case 'tiff':
      return isTiffCutShort(bytes, view) || /read|end of|strip|tile/i.test(decoderMessage);
    case 'bmp':
      return bytes.length < 6 || view.getUint32(2, true) > bytes.length;
    case 'jpeg':
    case 'gif':
    case 'avif':
      return /premature end|unexpected end|too small|bad seek/i.test(decoderMessage);
    default:
      return format satisfies never;
  }
}

function firstLine(bytes: Uint8Array): string {
  return latin1(bytes)
    .split(/[\r\n]/)[0]!
    .slice(0, 40);
}

/** One character a byte. (A TextDecoder of that name follows Windows and changes 0x80 to 0x9f.) */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/**
 * Whether the first directory of a TIFF, or a value it points to, lies beyond the end of the file.
 * Source: TIFF 6.0, section 2. BigTIFF is left to the decoder's words.
 */
function isTiffCutShort(bytes: Uint8Array, view: DataView): boolean {
  const isLittle = bytes[0] === 0x49;
  if (bytes.length < 8) return true;
  if (view.getUint16(2, isLittle) !== 42) return false;
  const directory = view.getUint32(4, isLittle);
  if (directory + 2 > bytes.length) return true;
  const entries = view.getUint16(directory, isLittle);
  if (directory + 2 + 12 * entries + 4 > bytes.length) return true;
  for (let entry = directory + 2; entry < directory + 2 + 12 * entries; entry += 12) {
    const valueBytes =
      (TIFF_TYPE_BYTES[view.getUint16(entry + 2, isLittle)] ?? 1) * view.getUint32(entry + 4, isLittle);
    if (valueBytes > 4 && view.getUint32(entry + 8, isLittle) + valueBytes > bytes.length) return true;
  }
  return false;
}

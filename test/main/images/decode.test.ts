import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decode, decodeReduced } from '../../../main/images/decode.ts';
import { inspect } from '../../../main/images/inspect.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { colourAt, encoder, photo, picture, storedPicture, writeBytes } from '../../kit/pictures.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

const flat = (r: number, g: number, b: number) => picture(16, 8, () => [r, g, b]);

/** Largest difference of a picture's colours from one colour. */
function deviation(data: Uint8Array, colour: readonly number[]): number {
  return data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - colour[i % 3]!)), 0);
}

describe('decode gives upright 8-bit sRGB for', () => {
  test('a lossless file, pixel by pixel', async () => {
    const original = photo(20, 10);
    const file = writeBytes(tempFolder(), 'a.png', await encoder(original).png().toBuffer());

    const pixels = await decode(file);

    expect([pixels.width, pixels.height]).toEqual([20, 10]);
    expect(Buffer.from(pixels.data)).toEqual(Buffer.from(original.data));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i', async (orientation) => {
    const upright = picture(16, 8, (x, y) => (x < 8 && y < 4 ? [255, 255, 255] : [0, 0, 60]));
    const stored = await storedAs(orientation, upright);
    const file = writeBytes(tempFolder(), 'a.tif', stored);

    const pixels = await decode(file);
    const seen = await inspect(file);

    expect([pixels.width, pixels.height]).toEqual([16, 8]);
    expect(Buffer.from(pixels.data)).toEqual(Buffer.from(upright.data));
    expect([seen.width, seen.height]).toEqual([16, 8]);
  });

  test('CMYK', async () => {
    const bytes = await encoder(flat(150, 110, 90))
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    const file = writeBytes(tempFolder(), 'a.jpg', bytes);

    const pixels = await decode(file);

    expect((await sharp(bytes).metadata()).space).toBe('cmyk');
    expect(deviation(pixels.data, [150, 110, 90])).toBeLessThan(12);
  });

  test.each(['png', 'jpeg'] as const)('another colour profile in a %s, converted to sRGB', async (format) => {
    const colour = [200, 60, 60] as const;
    const wide = encoder(flat(...colour)).withIccProfile('p3');
    const bytes = await (format === 'png' ? wide.png() : wide.jpeg({ quality: 100 })).toBuffer();
    expect(deviation(await sharp(bytes, { ignoreIcc: true }).raw().toBuffer(), colour)).toBeGreaterThan(10);

    const pixels = await decode(writeBytes(tempFolder(), `a.${format}`, bytes));

    expect(deviation(pixels.data, colour)).toBeLessThan(4);
  });

  test('an embedded sRGB profile, without touching a value', async () => {
    const original = photo(20, 10);
    const bytes = await encoder(original).withIccProfile('srgb').png().toBuffer();
    expect((await sharp(bytes).metadata()).hasProfile).toBe(true);

    const pixels = await decode(writeBytes(tempFolder(), 'a.png', bytes));

    expect(Buffer.from(pixels.data)).toEqual(Buffer.from(await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()));
  });

  test('grey, as three equal channels', async () => {
    const bytes = await sharp(Uint8Array.from([0, 90, 180, 255]), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).channels).toBe(1);

    const pixels = await decode(writeBytes(tempFolder(), 'a.png', bytes));

    expect([...pixels.data]).toEqual([0, 0, 0, 90, 90, 90, 180, 180, 180, 255, 255, 255]);
  });

  test('16 bits a channel, scaled to 8', async () => {
    const deep = Uint16Array.from([0, 257 * 100, 65535, 257 * 7]);
    const bytes = await sharp(deep, { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');

    const pixels = await decode(writeBytes(tempFolder(), 'a.png', bytes));

    expect([0, 1, 2, 3].map((i) => pixels.data[3 * i])).toEqual([0, 100, 255, 7]);
  });

  test('transparency, laid over white', async () => {
    const rgba = Uint8Array.from([255, 0, 0, 0, 0, 0, 255, 255]);
    const bytes = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();

    const pixels = await decode(writeBytes(tempFolder(), 'a.png', bytes));

    expect([...pixels.data]).toEqual([255, 255, 255, 0, 0, 255]);
  });

  test('a palette', async () => {
    const bytes = await encoder(flat(10, 200, 30))
      .png({ palette: true })
      .toBuffer();

    const pixels = await decode(writeBytes(tempFolder(), 'a.png', bytes));

    expect(deviation(pixels.data, [10, 200, 30])).toBe(0);
  });

  test.each(['gif', 'webp'] as const)('an animated %s: its first frame, with a warning', async (format) => {
    const frames = picture(4, 12, (_, y) => (y < 4 ? [200, 0, 0] : y < 8 ? [0, 200, 0] : [0, 0, 200]));
    const strip = sharp(frames.data, { raw: { width: 4, height: 12, channels: 3, pageHeight: 4 } });
    const bytes = await (format === 'gif' ? strip.gif() : strip.webp({ lossless: true })).toBuffer();
    const file = writeBytes(tempFolder(), `a.${format}`, bytes);

    const pixels = await decode(file);
    const seen = await inspect(file);

    expect([pixels.width, pixels.height, deviation(pixels.data, [200, 0, 0])]).toEqual([4, 4, 0]);
    expect(seen).toMatchObject({ width: 4, height: 4, warnings: ['animated, 3 frames; the first one is used'] });
  });
});

describe('decode refuses by name', () => {
  test('a missing image', async () => {
    const path = join(tempFolder(), 'gone.jpg');

    const error = await appErrorOf(() => decode(path));

    expect([error.code, error.message]).toEqual(['image-missing', `${path}: there is no such file`]);
  });

  test('a zero-byte file', async () => {
    const path = writeBytes(tempFolder(), 'zero.jpg', '');

    const error = await appErrorOf(() => decode(path));

    expect([error.code, error.message]).toEqual(['image-empty', `${path}: the file is empty (0 bytes)`]);
  });

  test.each([
    ['text', 'hello, I am a note', 'text that begins "hello, I am a note"'],
    [
      'an SVG drawing',
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'text that begins "<svg xmlns=',
    ],
    ['a PDF', '%PDF-1.7\n%\x80', 'a PDF document'],
  ])('%s named .jpg', async (_, content, described) => {
    const path = writeBytes(tempFolder(), 'note.jpg', content);

    const error = await appErrorOf(() => decode(path));

    expect(error.code).toBe('image-unreadable');
    expect(error.message).toContain(`${path}: expected a JPEG, PNG`);
    expect(error.message).toContain(described);
  });

  test('a folder', async () => {
    const path = join(tempFolder(), 'folder.jpg');
    mkdirSync(path);

    const error = await appErrorOf(() => decode(path));

    expect([error.code, error.message]).toEqual(['image-unreadable', `${path}: cannot be read (it is a folder)`]);
  });

  const formats = ['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const;
  test.each(formats.flatMap((format) => [0.4, 0.95].map((part) => [format, part] as const)))(
    'a truncated %s file (%f of it)',
    async (format, part) => {
      const whole = await encoder(photo(64, 48))
        .toFormat(format, format === 'tiff' ? { compression: 'lzw' } : {})
        .toBuffer();
      const path = writeBytes(tempFolder(), `cut.${format}`, whole.subarray(0, Math.floor(whole.length * part)));

      const errors = [await appErrorOf(() => decode(path)), await appErrorOf(() => inspect(path))];

      for (const error of errors) {
        expect(error.code).toBe('image-truncated');
        expect(error.message).toContain(`${path}: the ${format} file ends too early`);
      }
    },
  );

  test('more pixels than the limit', async () => {
    const path = writeBytes(tempFolder(), 'bomb.png', await encoder(photo(64, 48)).png().toBuffer());

    const error = await appErrorOf(() => decode(path, { maxPixels: 3071 }));

    expect(error.code).toBe('image-too-large');
    expect(error.message).toBe(`${path}: 64 x 48 pixels are more than the limit of 0.003071 megapixels`);
    expect((await decode(path, { maxPixels: 3072 })).width).toBe(64);
  });

  test('pixels that are no brightness, such as floating point', async () => {
    const path = writeBytes(tempFolder(), 'depth.tif', floatTiff());

    const error = await appErrorOf(() => decode(path));

    expect([error.code, error.message]).toEqual([
      'image-unreadable',
      `${path}: expected 8 or 16 bits per channel, got pixels of type float`,
    ]);
  });
});

describe('inspect warns of', () => {
  test('a name that promises another format', async () => {
    const path = writeBytes(tempFolder(), 'a.jpg', await encoder(photo(8, 8)).png().toBuffer());

    const seen = await inspect(path);

    expect(seen).toMatchObject({ format: 'png', warnings: ['named .jpg, but the content is png'] });
  });

  test('damage that a decoder gets past', async () => {
    const rng = rngFrom(1, 'noise');
    const noise = picture(96, 80, () => [255 * rng.uniform(), 255 * rng.uniform(), 255 * rng.uniform()]);
    const bytes = await encoder(noise).jpeg().toBuffer();
    bytes.set([0xff, 0xd3], bytes.length >> 1); // a restart marker where none may be

    const seen = await inspect(writeBytes(tempFolder(), 'a.jpg', bytes));

    expect(seen.warnings).toEqual([expect.stringContaining('damaged, but decoded (VipsJpeg: Corrupt JPEG data')]);
  });
});

test('a reduced picture has the shorter side asked for, and a small one keeps its size', async () => {
  const folder = tempFolder();
  const large = writeBytes(folder, 'large.jpg', await encoder(photo(600, 400)).jpeg().toBuffer());
  const small = writeBytes(folder, 'small.png', await encoder(photo(30, 20)).png().toBuffer());

  const [reduced, kept] = [await decodeReduced(large, 100), await decodeReduced(small, 100)];

  expect([reduced.width, reduced.height, kept.width, kept.height]).toEqual([150, 100, 30, 20]);
  expect(colourAt(reduced, 5, 5).every((value, i) => Math.abs(value - [250, 240, 230][i]!) < 8)).toBe(true);
});

describeWithShared('photos from elsewhere', ['data/sign-digits', 'data/format-assets/exif'], () => {
  test('the one rotated photo of sign-digits is upright and fully read', async () => {
    const path = sharedPath('data/sign-digits/7/IMG_5874.JPG');

    const seen = await inspect(path);

    expect(seen).toMatchObject({ width: 3024, height: 3024, format: 'jpeg', warnings: [] });
    expect((await sharp(readFileSync(path)).metadata()).orientation).toBeGreaterThan(1);
  });

  test.each(['left.jpg', 'right.jpg'])('exif_rotated/%s is turned', async (name) => {
    const path = sharedPath('data/format-assets/exif/exif_rotated', name);
    const header = await sharp(readFileSync(path)).metadata();

    const pixels = await decode(path);

    expect([6, 8]).toContain(header.orientation);
    expect([pixels.width, pixels.height]).toEqual([header.height, header.width]);
  });
});

/** The upright picture stored the way a camera held otherwise would, with the tag that says so. */
async function storedAs(orientation: number, upright: ReturnType<typeof photo>): Promise<Buffer> {
  const stored = encoder(storedPicture(orientation, upright));
  return stored.withMetadata({ orientation }).tiff({ compression: 'lzw' }).toBuffer();
}

/** One grey pixel of 32-bit floating point. Source: TIFF 6.0, sections 2 and 19. */
function floatTiff(): Buffer {
  const entries = [
    [256, 1], // width
    [257, 1], // height
    [258, 32], // bits
    [259, 1], // not compressed
    [262, 1], // zero is black
    [273, 8], // where the pixels begin
    [277, 1], // channels
    [278, 1], // rows in the strip
    [279, 4], // bytes in the strip
    [339, 3], // floating point
  ];
  const bytes = Buffer.alloc(12 + 2 + 12 * entries.length + 4);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(12, 4);
  bytes.writeFloatLE(0.5, 8);
  bytes.writeUInt16LE(entries.length, 12);
  entries.forEach(([tag, value], i) => {
    const at = 14 + 12 * i;
    bytes.writeUInt16LE(tag!, at);
    bytes.writeUInt16LE(4, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value!, at + 8);
  });
  return bytes;
}

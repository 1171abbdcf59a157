import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp, { type JpegOptions } from 'sharp';
import { describe, expect, test } from 'vitest';
import { blockSideFor, decodeJpeg } from '../../../../main/images/jpeg/decode-jpeg.ts';
import { readFrame } from '../../../../main/images/jpeg/frame.ts';
import type { BlockSide } from '../../../../main/images/jpeg/planes.ts';
import type { Pixels } from '../../../../main/images/pixels.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { encoder, photo, picture } from '../../../kit/pictures.ts';

interface PillowRow {
  readonly subsampling: string;
  readonly width: number;
  readonly height: number;
  /** Base64. */
  readonly file: string;
  readonly sha256: string;
}

const FIXTURE = new URL('../../../fixtures/pillow/jpeg.json', import.meta.url);
const PILLOW = JSON.parse(readFileSync(FIXTURE, 'utf8')) as PillowRow[];

/** Every coefficient in use, unlike in a photo. */
function noise(width: number, height: number): Pixels {
  const rng = rngFrom(5, 'noise');
  return picture(width, height, () => [rng.integer(256), rng.integer(256), rng.integer(256)]);
}

const ours = (bytes: Buffer, side: BlockSide = 8) => decodeJpeg(readFrame(bytes)!, side);

async function libvips(bytes: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(bytes, { autoOrient: true, ignoreIcc: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

async function expectEqual(bytes: Buffer): Promise<void> {
  const [own, expected] = [ours(bytes)!, await libvips(bytes)];
  expect([own.width, own.height]).toEqual([expected.width, expected.height]);
  expect(Buffer.compare(own.data, expected.data)).toBe(0);
}

describe('a whole picture equals what libjpeg-turbo gives, to the last bit', () => {
  const sizes = [
    [1, 1],
    [2, 3],
    [3, 17],
    [5, 8],
    [16, 16],
    [17, 33],
    [64, 48],
    [101, 99],
  ] as const;
  test.each(sizes)('%i x %i in 4:2:0 and 4:4:4, from smooth to rough', async (width, height) => {
    const kinds: JpegOptions[] = (['4:2:0', '4:4:4'] as const).flatMap((chromaSubsampling) =>
      [30, 85, 100].map((quality) => ({ chromaSubsampling, quality })),
    );
    for (const kind of kinds) {
      for (const original of [photo(width, height), noise(width, height)]) {
        await expectEqual(await encoder(original).jpeg(kind).toBuffer());
      }
    }
  });

  test('with Huffman tables of its own, and in grey', async () => {
    await expectEqual(await encoder(noise(61, 45)).jpeg({ optimiseCoding: true, quality: 97 }).toBuffer());
    await expectEqual(await encoder(noise(61, 45)).toColourspace('b-w').jpeg({ quality: 90 }).toBuffer());
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('turned upright from EXIF orientation %i', async (orientation) => {
    await expectEqual(await encoder(photo(30, 21)).withMetadata({ orientation }).jpeg().toBuffer());
  });
});

test.each(PILLOW)('$width x $height in $subsampling equals what Pillow gives, to the last bit', (row) => {
  const { width, height, data } = ours(Buffer.from(row.file, 'base64'))!;

  expect([width, height]).toEqual([row.width, row.height]);
  expect(createHash('sha256').update(data).digest('hex')).toBe(row.sha256);
});

test.each([4, 2, 1] as const)('with blocks of %i a picture is close to the mean of its pixels', async (side) => {
  for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
    const bytes = await encoder(photo(100, 75)).jpeg({ quality: 95, chromaSubsampling }).toBuffer();

    const { width, height, data } = ours(bytes, side)!;

    expect([width, height]).toEqual([Math.ceil((100 * side) / 8), Math.ceil((75 * side) / 8)]);
    const means = boxMeans(await libvips(bytes), 8 / side);
    const differences = means.data.map((value, i) => Math.abs(value - data[i]!));
    expect(differences.reduce((sum, value) => sum + value, 0) / differences.length).toBeLessThan(2);
  }
});

test('chroma of half the width only is enlarged at every size', () => {
  const { file, width, height } = PILLOW.find((row) => row.subsampling === '4:2:2' && row.width === 33)!;

  const small = ours(Buffer.from(file, 'base64'), 4)!;

  expect([small.width, small.height]).toEqual([Math.ceil(width / 2), Math.ceil(height / 2)]);
});

test('a smaller picture of one colour has that colour', async () => {
  const bytes = await encoder(picture(40, 40, () => [200, 90, 30]))
    .jpeg({ quality: 100 })
    .toBuffer();

  const whole = ours(bytes)!.data.subarray(0, 3);

  for (const side of [4, 2, 1] as const) {
    expect(ours(bytes, side)!.data.every((value, i) => value === whole[i % 3])).toBe(true);
  }
});

test('the block side is the smallest that leaves the shorter side long enough', async () => {
  const frame = readFrame(await encoder(photo(400, 300)).jpeg().toBuffer())!;

  expect([38, 39, 75, 76, 150, 151, 300, 9999].map((side) => blockSideFor(frame, side))).toEqual([
    1, 2, 2, 4, 4, 8, 8, 8,
  ]);
});

test('parts between restart markers are decoded each for itself', async () => {
  const pictures = [photo(8, 8, 1), photo(8, 8, 2), photo(8, 8, 3)];
  const files = await Promise.all(
    pictures.map((one) => encoder(one).toColourspace('b-w').jpeg({ quality: 80, optimiseCoding: false }).toBuffer()),
  );

  const joined = ours(withRestarts(files))!;

  const parts = files.map((file) => ours(file)!.data);
  const rows = Array.from({ length: 8 }, (_, y) => parts.map((part) => part.subarray(y * 24, (y + 1) * 24)));
  expect(joined.width).toBe(24);
  expect(Buffer.from(joined.data)).toEqual(Buffer.concat(rows.flat()));
});

test('what is not the usual kind is left to libvips', async () => {
  const progressive = await encoder(photo(40, 30)).jpeg({ progressive: true }).toBuffer();
  const cmyk = await encoder(photo(40, 30)).toColourspace('cmyk').jpeg().toBuffer();

  expect([readFrame(progressive), readFrame(cmyk)]).toEqual([null, null]);
});

test('a file that ends anywhere before its end gives nothing', async () => {
  const bytes = await encoder(noise(40, 30)).jpeg().toBuffer();

  for (let length = 2; length < bytes.length; length++) expect(readFrame(bytes.subarray(0, length))).toBeNull();
});

test('whatever bytes are changed, the decoder ends, with a picture of the right size or nothing', async () => {
  const original = await encoder(noise(40, 30)).jpeg({ quality: 60 }).toBuffer();
  const rng = rngFrom(3, 'damage');
  let damaged = 0;
  for (let attempt = 0; attempt < 3000; attempt++) {
    const bytes = Buffer.from(original);
    for (let i = 0; i < 3; i++) bytes[rng.integer(bytes.length)] = rng.integer(256);
    const frame = readFrame(bytes);
    if (frame === null || frame.width * frame.height > 1e6) continue;

    const pixels = decodeJpeg(frame, 8);

    if (pixels === null) damaged++;
    else expect(pixels.data.length).toBe(frame.width * frame.height * 3);
  }
  expect(damaged).toBeGreaterThan(100);
});

function boxMeans({ width, height, data }: Pixels, factor: number): Pixels {
  const [across, down] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const sums = new Float64Array(across * down * 3);
  const counts = new Float64Array(across * down * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.trunc(i / 3) % width, Math.trunc(i / 3 / width)];
    const to = (Math.trunc(y / factor) * across + Math.trunc(x / factor)) * 3 + (i % 3);
    sums[to]! += data[i]!;
    counts[to]! += 1;
  }
  return { width: across, height: down, data: Uint8Array.from(sums, (sum, i) => Math.round(sum / counts[i]!)) };
}

/** One file, a row of the one-block files given, whose headers are alike. */
function withRestarts(files: readonly Buffer[]): Buffer {
  const first = files[0]!;
  const scanAt = first.indexOf(Buffer.from([0xff, 0xda]));
  const header = Buffer.from(first.subarray(0, scanAt));
  header.writeUInt16BE(8 * files.length, header.indexOf(Buffer.from([0xff, 0xc0])) + 7);
  const interval = Buffer.from([0xff, 0xdd, 0, 4, 0, 1]);
  const dataAt = scanAt + 2 + first.readUInt16BE(scanAt + 2);
  const parts = files.flatMap((file, i) => [file.subarray(dataAt, -2), Buffer.from([0xff, 0xd0 + i])]);
  return Buffer.concat([
    header,
    interval,
    first.subarray(scanAt, dataAt),
    ...parts.slice(0, -1),
    Buffer.from([0xff, 0xd9]),
  ]);
}

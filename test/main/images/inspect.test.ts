import { describe, expect, test } from 'vitest';
import { sniffFormat } from '../../../main/images/format.ts';
import { inspect, lookQuickly, lookThoroughly } from '../../../main/images/inspect.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, photo, writeBytes } from '../../kit/pictures.ts';

const grey = (width: number, height: number) => encoder(photo(width, height)).toColourspace('b-w');
const deep = (width: number, height: number) => encoder(photo(width, height)).toColourspace('rgb16');

/** Files of the kinds that are looked at without libvips. */
const USUAL = {
  'colour png': () => encoder(photo(37, 21)).png(),
  'grey png': () => grey(33, 9).png(),
  'png with transparency': () => encoder(photo(20, 11)).ensureAlpha(0.5).png(),
  'png with a palette': () => encoder(photo(40, 30)).png({ palette: true, colours: 7 }),
  'png of 16 bits': () => deep(12, 10).png(),
  'colour jpeg': () => encoder(photo(70, 41)).jpeg(),
  'grey jpeg': () => grey(33, 9).jpeg(),
  'jpeg without subsampling': () => encoder(photo(50, 20)).jpeg({ chromaSubsampling: '4:4:4' }),
  'turned jpeg': () => encoder(photo(50, 20)).withMetadata({ orientation: 6 }).jpeg(),
} as const;

/** Files that libvips must look at. */
const UNUSUAL = {
  'interlaced png': () => encoder(photo(20, 11)).png({ progressive: true }),
  'turned png': () => encoder(photo(20, 11)).withMetadata({ orientation: 6 }).png(),
  'progressive jpeg': () => encoder(photo(20, 11)).jpeg({ progressive: true }),
  webp: () => encoder(photo(20, 11)).webp(),
} as const;

const fileOf = (bytes: Buffer) => ({ path: 'a file', bytes, format: sniffFormat(bytes)! });

const quickly = (bytes: Buffer) => lookQuickly(fileOf(bytes), {});

/** What libvips finds, or why it finds nothing. */
const thoroughly = (bytes: Buffer) => lookThoroughly(fileOf(bytes), {}).catch((error: unknown) => String(error));

/** Bytes changed, left out or put in, or the end cut off. */
function damaged(bytes: Buffer, seed: number): Buffer {
  const rng = rngFrom(seed, 'damage');
  const at = rng.integer(bytes.length);
  switch (rng.integer(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + rng.integer(20))]);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([rng.integer(256)]), bytes.subarray(at)]);
    default:
      return Buffer.from(bytes.with(at, rng.integer(256)));
  }
}

describe.each(Object.entries(USUAL))('a %s', (_, make) => {
  test('is seen without libvips as libvips sees it', async () => {
    const bytes = await make().toBuffer();

    const seen = quickly(bytes);

    expect(seen).not.toBeNull();
    expect(seen).toEqual(await thoroughly(bytes));
  });

  test('that is damaged is never taken for more than libvips takes it for', async () => {
    const whole = await make().toBuffer();
    const files = Array.from({ length: 60 }, (_, seed) => damaged(whole, seed)).filter((bytes) => sniffFormat(bytes));

    const passed = files.filter((bytes) => quickly(bytes) !== null);

    expect(passed.length).toBeLessThan(files.length / 2);
    expect(passed.map(quickly)).toEqual(await Promise.all(passed.map(thoroughly)));
  });
});

test.each(Object.entries(UNUSUAL))('a %s is left to libvips', async (_, make) => {
  expect(quickly(await make().toBuffer())).toBeNull();
});

test('a turned png is as high as it looks', async () => {
  const path = writeBytes(tempFolder(), 'a.png', await UNUSUAL['turned png']().toBuffer());

  expect(await inspect(path)).toMatchObject({ width: 11, height: 20, orientation: 6 });
});

test('a picture that claims more than the limit is refused, whichever way it is looked at', async () => {
  const files = await Promise.all(
    [USUAL['colour png'], USUAL['colour jpeg'], UNUSUAL.webp].map((make) => make().toBuffer()),
  );

  const codes = await Promise.all(
    files.map((bytes, i) =>
      inspect(writeBytes(tempFolder(), `${i}.png`, bytes), { maxPixels: 100 }).catch(({ code }) => code as string),
    ),
  );

  expect(codes).toEqual(Array(3).fill('image-too-large'));
});

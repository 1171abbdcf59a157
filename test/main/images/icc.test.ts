import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decode } from '../../../main/images/decode.ts';
import { isSrgbProfile, readMatrixProfile } from '../../../main/images/icc.ts';
import { convertToSrgb } from '../../../main/images/icc-conversion.ts';
import { readJpegHeader } from '../../../main/images/jpeg-header.ts';
import { encoder, photo, picture } from '../../kit/pictures.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

async function profile(name: 'srgb' | 'p3'): Promise<Buffer> {
  const bytes = await encoder(photo(8, 8)).withIccProfile(name).png().toBuffer();
  return (await sharp(bytes).metadata()).icc!;
}

test('sRGB is told from a wider space', async () => {
  expect([isSrgbProfile(await profile('srgb')), isSrgbProfile(await profile('p3'))]).toEqual([true, false]);
});

test('other primaries, or another curve, under the same name are not sRGB', async () => {
  const srgb = await profile('srgb');
  for (const tag of ['rXYZ', 'gTRC']) {
    const changed = Buffer.from(srgb);
    const entry = changed.indexOf(tag, 128, 'latin1');
    const at = changed.readUInt32BE(entry + 4);
    const firstNumber = tag === 'rXYZ' ? at + 8 : at + 12;
    changed.writeUInt32BE(changed.readUInt32BE(firstNumber) + 0x800, firstNumber);
    expect([tag, isSrgbProfile(changed)]).toEqual([tag, false]);
  }
});

test('a wider space is converted within one step of what libvips gives', async () => {
  const { width, height, data } = picture(64, 64, (x, y) => [4 * x, 4 * y, (7 * x + 3 * y) & 255]);
  const bytes = await encoder({ width, height, data }).withIccProfile('p3').png().toBuffer();
  const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
  const expected = await sharp(bytes).toColourspace('srgb').raw().toBuffer();

  const pixels = { width, height, data: Uint8Array.from(stored) };
  expect(convertToSrgb(pixels, await profile('p3'))).toBe(true);

  const worst = pixels.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(1);
  expect(Buffer.compare(stored, expected)).not.toBe(0);
});

test('curves of every kind say what the standard says', async () => {
  const p3 = await profile('p3');
  const curveOf = (bytes: number[]) => {
    const changed = Buffer.concat([p3, Buffer.from(bytes)]);
    const entry = changed.indexOf('rTRC', 128, 'latin1');
    changed.writeUInt32BE(p3.length, entry + 4);
    changed.writeUInt32BE(bytes.length, entry + 8);
    return readMatrixProfile(changed)!.curves[0];
  };
  const fixed = (value: number) => [...Buffer.from(Uint32Array.of(Math.round(value * 65536)).buffer).reverse()];
  const text = (name: string) => [...Buffer.from(name), 0, 0, 0, 0];

  expect(curveOf([...text('curv'), 0, 0, 0, 0])(0.3)).toBe(0.3);
  expect(curveOf([...text('curv'), 0, 0, 0, 1, 2, 0])(0.5)).toBe(0.25);
  expect(curveOf([...text('curv'), 0, 0, 0, 3, 0, 0, 0x40, 0, 0xff, 0xff])(0.25)).toBeCloseTo(0.125, 4);
  expect(curveOf([...text('para'), 0, 0, 0, 0, ...fixed(2)])(0.5)).toBe(0.25);
  expect(curveOf([...text('para'), 0, 1, 0, 0, ...[2, 1, -0.25].flatMap(fixed)])(0.75)).toBe(0.25);
  expect(curveOf([...text('para'), 0, 1, 0, 0, ...[2, 1, -0.25].flatMap(fixed)])(0.2)).toBe(0);
  expect(curveOf([...text('para'), 0, 2, 0, 0, ...[2, 1, 0, 0.5].flatMap(fixed)])(0.5)).toBe(0.75);
  expect(curveOf([...text('para'), 0, 3, 0, 0, ...[1, 1, 0, 0.5, 0.25].flatMap(fixed)])(0.125)).toBe(0.0625);
  const full = curveOf([...text('para'), 0, 4, 0, 0, ...[1, 1, 0, 0.5, 0.25, 0.125, 0.25].flatMap(fixed)]);
  expect([full(0.5), full(0.125)]).toEqual([0.625, 0.3125]);
});

test('a profile that is a table, or none, is left alone', async () => {
  const pixels = picture(2, 2, () => [10, 200, 30]);
  const before = Buffer.from(pixels.data);

  expect(convertToSrgb(pixels, Buffer.alloc(500, 0xff))).toBe(false);
  expect(Buffer.from(pixels.data)).toEqual(before);
});

test('bytes that are no profile are not sRGB', () => {
  expect([isSrgbProfile(Buffer.alloc(0)), isSrgbProfile(Buffer.alloc(500, 0xff))]).toEqual([false, false]);
});

test('a JPEG header is read without decoding', async () => {
  const picture = encoder(photo(40, 30));
  const headers = [
    await picture.clone().jpeg().toBuffer(),
    await picture.clone().jpeg({ progressive: true }).withIccProfile('p3').toBuffer(),
    await picture.clone().withIccProfile('srgb').jpeg().toBuffer(),
    await picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
  ].map(readJpegHeader);

  expect(headers).toMatchObject([
    { width: 40, height: 30, components: 3, hasForeignProfile: false },
    { width: 40, height: 30, components: 3, hasForeignProfile: true },
    { width: 40, height: 30, components: 3, hasForeignProfile: false },
    { components: 4 },
  ]);
  expect(readJpegHeader(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]))).toBeNull();
});

describeWithShared('profiles of real cameras', ['data/sign-digits'], () => {
  test('the Display P3 of a phone is not taken for sRGB', async () => {
    const { icc } = await sharp(sharedPath('data/sign-digits/0/IMG_4069.JPG')).metadata();

    expect(icc!.includes('Display P3')).toBe(true);
    expect(isSrgbProfile(icc!)).toBe(false);
  });

  test('a phone picture is decoded within one step of what libvips gives', async () => {
    const path = sharedPath('data/sign-digits/0/IMG_4069.JPG');
    const expected = await sharp(path).toColourspace('srgb').raw().toBuffer();

    const { data } = await decode(path);

    expect(data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0)).toBeLessThanOrEqual(1);
  });
});

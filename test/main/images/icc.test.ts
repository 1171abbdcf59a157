import sharp from 'sharp';
import { expect, test } from 'vitest';
import { isSrgbProfile } from '../../../main/images/icc.ts';
import { readJpegHeader } from '../../../main/images/jpeg-header.ts';
import { encoder, photo } from '../../kit/pictures.ts';
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

  expect(headers).toEqual([
    { width: 40, height: 30, components: 3, hasForeignProfile: false },
    { width: 40, height: 30, components: 3, hasForeignProfile: true },
    { width: 40, height: 30, components: 3, hasForeignProfile: false },
    expect.objectContaining({ components: 4 }),
  ]);
  expect(readJpegHeader(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0]))).toBeNull();
});

describeWithShared('profiles of real cameras', ['data/sign-digits'], () => {
  test('the Display P3 of a phone is not taken for sRGB', async () => {
    const { icc } = await sharp(sharedPath('data/sign-digits/0/IMG_4069.JPG')).metadata();

    expect(icc!.includes('Display P3')).toBe(true);
    expect(isSrgbProfile(icc!)).toBe(false);
  });
});

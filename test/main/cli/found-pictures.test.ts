import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { FoundPictures } from '../../../main/cli/found-pictures.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, picture, writeBytes } from '../../kit/pictures.ts';

test('what was found in an image is drawn over it at its own size, each image in a file of its own', async () => {
  const folder = tempFolder();
  const pixels = picture(40, 20, () => [90, 90, 90]);
  const filename = writeBytes(folder, 'a.png', await encoder(pixels).png().toBuffer());
  const pictures = new FoundPictures(join(folder, 'drawn'), ['bolt', 'nut']);
  const box = { topX: 0.25, topY: 0.25, bottomX: 0.75, bottomY: 0.75 };
  const reply = {
    filename,
    boxes: [{ box, label: 'nut', score: 0.9, polygon: [[0.3, 0.4, 0.7, 0.4, 0.7, 0.6, 0.3, 0.6]] }],
  };

  const [first, second] = [await pictures.write(reply), await pictures.write(reply)];

  if ('error' in first || 'error' in second) throw new Error('not drawn');
  expect([first.picture, second.picture]).toEqual(
    ['a.found.png', 'a-2.found.png'].map((name) => join(folder, 'drawn', name)),
  );
  const { data, info } = await sharp(readFileSync(first.picture)).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([40, 20]);
  const at = (x: number, y: number) => [...data.subarray(3 * (y * 40 + x), 3 * (y * 40 + x) + 3)];
  expect(at(10, 10)).toEqual([0x3c, 0xb4, 0x4b]); // the second class's colour
  expect(at(20, 10)).not.toEqual([90, 90, 90]);
  expect(at(5, 10)).toEqual([90, 90, 90]);
});

test('an image that could not be read is passed on as it is', async () => {
  const unread = { filename: 'x.jpg', error: { code: 'image-missing', message: 'x.jpg: there is no such file' } };

  expect(await new FoundPictures(tempFolder(), []).write(unread)).toBe(unread);
});

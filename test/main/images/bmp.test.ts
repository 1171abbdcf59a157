import { expect, test } from 'vitest';
import { decode } from '../../../main/images/decode.ts';
import { inspect } from '../../../main/images/inspect.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { writeBytes } from '../../kit/pictures.ts';

interface Bitmap {
  bits: number;
  width: number;
  height: number;
  palette?: readonly number[];
  rows: readonly (readonly number[])[];
  compression?: number;
}

/** A bitmap file of padded rows, in the order they are stored. */
function bmp({ bits, width, height, palette = [], rows, compression = 0 }: Bitmap): Buffer {
  const header = Buffer.alloc(54);
  const pixels = Buffer.from(rows.flat());
  header.write('BM');
  header.writeUInt32LE(54 + palette.length + pixels.length, 2);
  header.writeUInt32LE(54 + palette.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(bits, 28);
  header.writeUInt32LE(compression, 30);
  return Buffer.concat([header, Buffer.from(palette), pixels]);
}

const RED = [255, 0, 0];
const GREEN = [0, 255, 0];
const BLUE = [0, 0, 255];
const WHITE = [255, 255, 255];
const PALETTE = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0]; // red, green, blue, white as B G R 0

test.each<[string, Bitmap, number[][]]>([
  [
    '24 bits, stored from the bottom',
    {
      bits: 24,
      width: 2,
      height: 2,
      rows: [
        [255, 0, 0, 255, 255, 255, 0, 0],
        [0, 0, 255, 0, 255, 0, 0, 0],
      ],
    },
    [RED, GREEN, BLUE, WHITE],
  ],
  [
    '32 bits, stored from the top',
    { bits: 32, width: 2, height: -1, rows: [[0, 0, 255, 9, 255, 0, 0, 9]] },
    [RED, BLUE],
  ],
  [
    '8 bits with a palette',
    { bits: 8, width: 3, height: 1, palette: PALETTE, rows: [[2, 0, 3, 0]] },
    [BLUE, RED, WHITE],
  ],
  ['4 bits', { bits: 4, width: 3, height: 1, palette: PALETTE, rows: [[0x12, 0x30, 0, 0]] }, [GREEN, BLUE, WHITE]],
  ['1 bit', { bits: 1, width: 3, height: 1, palette: PALETTE, rows: [[0b01000000, 0, 0, 0]] }, [RED, GREEN, RED]],
])('%s', async (_, bitmap, expected) => {
  const path = writeBytes(tempFolder(), 'a.bmp', bmp(bitmap));

  const pixels = await decode(path);
  const seen = await inspect(path);

  expect([...pixels.data]).toEqual(expected.flat());
  expect(seen).toMatchObject({ width: bitmap.width, height: Math.abs(bitmap.height), format: 'bmp', warnings: [] });
});

test('a truncated bitmap and a compressed one are refused by name', async () => {
  const folder = tempFolder();
  const whole = bmp({ bits: 8, width: 3, height: 1, palette: PALETTE, rows: [[2, 0, 3, 0]] });
  const cut = writeBytes(folder, 'cut.bmp', whole.subarray(0, -2));
  const packed = writeBytes(
    folder,
    'packed.bmp',
    bmp({ bits: 8, width: 4, height: 1, rows: [[4, 1]], compression: 1 }),
  );

  const errors = [await appErrorOf(() => decode(cut)), await appErrorOf(() => decode(packed))];

  expect(errors.map((error) => [error.code, error.message])).toEqual([
    ['image-truncated', `${cut}: the bmp file ends too early (needs 74 bytes, has 72)`],
    ['image-unreadable', `${packed}: this kind of bmp file is not read (compression 1)`],
  ]);
});

import { expect, test } from 'vitest';
import { foundPicture } from '../../../main/images/found-picture.ts';

const GREY = 100;
const picture = { width: 40, height: 30, data: new Uint8Array(3 * 40 * 30).fill(GREY) };
const [RED, BLUE] = [
  [255, 0, 0],
  [0, 0, 255],
] as const;
const at = ({ data }: { data: Uint8Array }, x: number, y: number) => [
  ...data.subarray(3 * (y * 40 + x), 3 * (y * 40 + x) + 3),
];

test('boxes are framed, masks veiled without their holes, the first object lies on top, the picture stays as it was', () => {
  const mask = [
    [4, 4, 26, 4, 26, 24, 4, 24],
    [12, 12, 18, 12, 18, 18, 12, 18],
  ];

  const drawn = foundPicture(picture, [
    { xyxy: [2, 2, 28, 26], rings: mask, colour: RED },
    { xyxy: [20, 0, 60, 31], rings: [], colour: BLUE },
  ]);

  expect(at(drawn, 3, 10)).toEqual([...RED]); // the frame, two pixels wide
  expect(at(drawn, 4, 10)).toEqual([...RED]); // the rim of the mask
  expect(at(drawn, 8, 10)).toEqual([Math.round(0.55 * GREY + 0.45 * 255), 55, 55]); // the veil
  expect(at(drawn, 15, 15)).toEqual([GREY, GREY, GREY]); // the hole
  expect(at(drawn, 21, 2)).toEqual([...RED]); // over the other's frame
  expect(at(drawn, 39, 15)).toEqual([...BLUE]); // cut at the border
  expect(at(drawn, 35, 15)).toEqual([GREY, GREY, GREY]);
  expect(picture.data.every((value) => value === GREY)).toBe(true);
});

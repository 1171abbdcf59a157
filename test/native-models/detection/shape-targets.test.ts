import { expect, test } from 'vitest';
import { type LevelSpec, PLACE } from '../../../native-models/detection/candidates.ts';
import { MATCH, ShapeTargets } from '../../../native-models/detection/shape-targets.ts';

const SIDE = 64;
const SLOTS = 4;
/** Two maps, 8x8 and 4x4 cells, two anchors each. */
const MAPS: readonly LevelSpec[] = [
  {
    stride: 8,
    anchors: [
      [8, 8],
      [16, 32],
    ],
  },
  {
    stride: 16,
    anchors: [
      [40, 40],
      [20, 60],
    ],
  },
];
const PER_MAP = SLOTS * 2 * 3;

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Matches of boxes whose classes are their numbers, without the rows that stand for nothing. */
function matches(boxes: readonly Box[]) {
  const targets = new ShapeTargets({ width: SIDE, height: SIDE }, MAPS, SLOTS);
  const fed = targets.of({ boxes: Float32Array.from(boxes.flat()), labels: Int32Array.from(boxes.keys()) });
  const values = fed.get('match_values')!;
  return [...fed.get('match_candidates')!.keys()].flatMap((row) => {
    const own = values.subarray(row * MATCH, (row + 1) * MATCH);
    if (own[PLACE + 4] === 0) return [];
    const [candidate, box] = [fed.get('match_candidates')![row]!, fed.get('match_classes')![row]!];
    return [
      {
        map: Math.floor(row / PER_MAP),
        candidate,
        box,
        decides: own[PLACE + 5] === 1,
        place: [...own.subarray(0, PLACE)],
      },
    ];
  });
}

const cell = (anchor: number, row: number, column: number) => anchor * 64 + row * 8 + column;
const coarse = (anchor: number, row: number, column: number) => 128 + anchor * 16 + row * 4 + column;

test('a box is matched with anchors less than four times as large or small, at its cell and two neighbours', () => {
  // 24x24 with its centre at (27, 22): cell (3, 2) at 0.375, 0.75; of the coarse map (1, 1) at 0.6875, 0.375.
  const found = matches([[15, 10, 39, 34]]);

  expect(found.map(({ candidate }) => candidate)).toEqual([
    // 24/8 = 3 and 32/24: both fit. The centre is nearer to the left and to the cell below.
    ...[cell(0, 2, 3), cell(0, 2, 2), cell(0, 3, 3)],
    ...[cell(1, 2, 3), cell(1, 2, 2), cell(1, 3, 3)],
    // 40/24 and 60/24 fit as well. Nearer to the right and to the cell above.
    ...[coarse(0, 1, 1), coarse(0, 1, 2), coarse(0, 0, 1)],
    ...[coarse(1, 1, 1), coarse(1, 1, 2), coarse(1, 0, 1)],
  ]);
  expect(found[0]!.place).toEqual([24, 16, 8, 8, 8]);
  expect(found.at(-1)!.place).toEqual([16, 0, 16, 20, 60]);
});

test('a ratio of exactly four is too much', () => {
  const anchors = (side: number) =>
    new Set(matches([[32 - side / 2, 28 - side / 2, 32 + side / 2, 28 + side / 2]]).map(({ place }) => place[3]));

  expect(anchors(32)).toEqual(new Set([16, 40, 20]));
  expect(anchors(31.9)).toEqual(new Set([8, 16, 40, 20]));
});

test('cells outside the map answer for nothing', () => {
  const found = matches([[0, 0, 6, 6]]);

  expect(found.map(({ candidate }) => candidate)).toEqual([cell(0, 0, 0)]);
});

test('a centre in the middle of a cell is near to no neighbour', () => {
  const found = matches([[0, 0, 8, 8]]);

  expect(found.map(({ candidate }) => candidate)).toEqual([cell(0, 0, 0)]);
});

test('of two boxes at one candidate the one of the shape of its anchor decides about the object', () => {
  const found = matches([
    [16, 16, 34, 34],
    [20, 20, 30, 30],
  ]).filter(({ candidate }) => candidate === cell(0, 3, 3));

  expect(found.map(({ box, decides }) => [box, decides])).toEqual([
    [0, false],
    [1, true],
  ]);
});

test('of more boxes than there is room for the largest are taken', () => {
  const boxes = [10, 6, 12, 8, 9].map((side, i): Box => [10 * i, 8, 10 * i + side, 8 + side]);

  const taken = new Set(matches(boxes).map(({ box }) => box));

  expect(taken).toEqual(new Set([0, 2, 3, 4]));
});

test('a picture without boxes matches nothing', () => {
  expect(matches([])).toEqual([]);
});

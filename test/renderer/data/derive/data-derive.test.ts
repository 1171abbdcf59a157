import { expect, test } from 'vitest';
import { imbalance, namedBins } from '../../../../renderer/data/derive/charts.ts';
import { allSelected, kept, movedTo, NOTHING, selected, target } from '../../../../renderer/data/derive/selection.ts';

const LIST = Uint32Array.from([10, 20, 30, 40, 50, 60, 70]);
const ids = ({ ids: set }: { ids: ReadonlySet<number> }) => [...set].toSorted((a, b) => a - b);

test('a click takes one, with Control one more or less, with Shift all from the last click', () => {
  const one = selected(NOTHING, LIST, 1, 'only');
  const two = selected(one, LIST, 3, 'toggle');
  const range = selected(two, LIST, 5, 'range');
  const back = selected(range, LIST, 2, 'range');

  expect([one, two, range, back].map(ids)).toEqual([[20], [20, 40], [40, 50, 60], [30, 40]]);
  expect(ids(selected(two, LIST, 3, 'toggle'))).toEqual([20]);
  expect(selected(one, LIST, 99, 'only')).toBe(one);
});

test('keys move one place and stop at the ends; with Shift they take what lies between', () => {
  const start = movedTo(NOTHING, LIST, 2, false);

  expect(ids(movedTo(start, LIST, 4, true))).toEqual([30, 40, 50]);
  expect(movedTo(start, LIST, 99, false)).toMatchObject({ focus: 6 });
  expect(movedTo(start, LIST, -5, false)).toMatchObject({ focus: 0 });
  expect(['ArrowDown', 'ArrowLeft', 'PageUp', 'End', 'x'].map((key) => target(key, 5, 3, 2, 7))).toEqual([
    8,
    4,
    -1,
    6,
    null,
  ]);
});

test('a list that becomes another keeps what is still in it', () => {
  const all = allSelected(NOTHING, LIST);

  expect(ids(kept(all, Uint32Array.from([20, 99])))).toEqual([20]);
  expect(kept(NOTHING, LIST)).toBe(NOTHING);
});

test('bins have names, and the last one may be open', () => {
  const bins = [
    { from: 0, to: 64, count: 2 },
    { from: 64, to: null, count: 1 },
  ];

  expect(namedBins(bins)).toEqual([
    { name: '0 to 64', count: 2 },
    { name: '64 and more', count: 1 },
  ]);
  expect(
    imbalance([
      { name: 'a', count: 9 },
      { name: 'b', count: 3 },
      { name: 'c', count: 0 },
    ]),
  ).toBe(3);
  expect(imbalance([{ name: 'a', count: 9 }])).toBeNull();
});

import { describe, expect, test } from 'vitest';
import type { Shape } from '../../../../native-models/geometry/shape.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const LARGE: Shape = { kind: 'box', xyxy: [10, 10, 110, 90] };
const SMALL: Shape = { kind: 'box', xyxy: [40, 40, 70, 70] };
const FAR: Shape = { kind: 'box', xyxy: [150, 40, 180, 70] };
const KITE: Shape = { kind: 'polygon', polygon: [{ outline: [100, 10, 140, 50, 100, 90, 60, 50], holes: [] }] };

const boxes = () => new EditorDriver([annotation(1, LARGE), annotation(2, SMALL), annotation(3, FAR)]);
const kite = () => new EditorDriver([annotation(1, KITE)]).click([100, 50]);
const shapeOf = (driver: EditorDriver, id: number) => driver.state.document.get(id)?.shape;
const outline = (driver: EditorDriver) => {
  const shape = shapeOf(driver, 1);
  return shape?.kind === 'polygon' ? shape.polygon[0]!.outline : null;
};

describe('choosing', () => {
  test('a click takes the smallest object under it, a second click the one beneath', () => {
    const driver = boxes().click([50, 50]);
    expect(driver.selection).toEqual([2]);

    driver.click([50, 50]);
    expect(driver.selection).toEqual([1]);
    driver.click([50, 50]);
    expect(driver.selection).toEqual([2]);
  });

  test('a click beside everything lets go', () => {
    expect(boxes().click([50, 50]).click([130, 5]).selection).toEqual([]);
  });

  test('with Shift a click adds, and lets go again', () => {
    const driver = boxes().click([50, 50]).click([160, 50], { shift: true });
    expect(driver.selection).toEqual([2, 3]);

    driver.click([50, 50], { shift: true });
    expect(driver.selection).toEqual([3]);
  });

  test('a frame drawn to the right takes what lies in it, one to the left all that it touches', () => {
    expect(boxes().drag([120, 5], [190, 95]).selection).toEqual([3]);
    expect(boxes().drag([190, 95], [105, 5]).selection).toEqual([1, 3]);
  });

  test('nothing is sent for any of it', async () => {
    const driver = await boxes().click([50, 50]).drag([120, 5], [190, 95]).settled();

    expect(driver.labels.sent).toEqual([]);
  });
});

describe('moving', () => {
  test('a drag moves what it begins on', async () => {
    const driver = await boxes().drag([50, 50], [55, 43]).settled();

    expect(shapeOf(driver, 2)).toEqual({ kind: 'box', xyxy: [45, 33, 75, 63] });
    expect(driver.labels.sent).toEqual(['move']);
  });

  test('several objects move together and keep their distances at the border', async () => {
    const driver = boxes().click([50, 50]).click([160, 50], { shift: true });
    await driver.drag([160, 50], [300, 50]).settled();

    expect([shapeOf(driver, 2), shapeOf(driver, 3)]).toEqual([
      { kind: 'box', xyxy: [60, 40, 90, 70] },
      { kind: 'box', xyxy: [170, 40, 200, 70] },
    ]);
    expect(driver.labels.sent).toEqual(['move']);
  });

  test('bitmaps move by whole pixels', async () => {
    const counts = [10, 2, 88, 2, 200 * 100 - 102];
    const driver = new EditorDriver([annotation(1, { kind: 'mask', mask: { width: 200, height: 100, counts } })]);
    await driver.drag([0.5, 10.5], [4.25, 10.5]).settled();

    expect(shapeOf(driver, 1)).toEqual({
      kind: 'mask',
      mask: { width: 200, height: 100, counts: [310, 2, 88, 2, 200 * 100 - 402] },
    });
  });

  test('cancel puts everything back', async () => {
    const driver = await boxes().press([50, 50]).move([60, 60]).cancel().settled();

    expect(driver.state.draft).toBeNull();
    expect(driver.labels.sent).toEqual([]);
  });
});

describe('reshaping', () => {
  test.each([
    ['a corner', [10, 10], [20, 30], [20, 30, 110, 90]],
    ['a side', [110, 50], [130, 55], [10, 10, 130, 90]],
    ['a corner past the other', [10, 10], [150, 30], [110, 30, 150, 90]],
    ['a side out of the image', [60, 90], [60, 300], [10, 10, 110, 100]],
  ] as const)('pulls %s of a box', async (_, from, to, expected) => {
    const driver = await new EditorDriver([annotation(1, LARGE)]).click([30, 30]).drag(from, to).settled();

    expect(shapeOf(driver, 1)).toEqual({ kind: 'box', xyxy: expected });
    expect(driver.labels.sent).toEqual(['resize']);
  });

  test('a handle that is only clicked changes nothing', async () => {
    const driver = await new EditorDriver([annotation(1, LARGE)]).click([30, 30]).click([10, 10]).settled();

    expect(driver.labels.sent).toEqual([]);
    expect(shapeOf(driver, 1)).toEqual(LARGE);
  });

  test('moves a corner of a polygon, and stretches it by its box', async () => {
    const driver = await kite().drag([140, 50], [150, 60]).settled();
    expect(outline(driver)).toEqual([100, 10, 150, 60, 100, 90, 60, 50]);

    await driver.drag([150, 90], [195, 90]).settled();
    expect(outline(driver)).toEqual([120, 10, 195, 60, 120, 90, 60, 50]);
    expect(driver.labels.sent).toEqual(['move corner', 'resize']);
  });

  test('with Alt an edge gets a corner and a corner goes', async () => {
    const driver = await kite().click([121, 29], { alt: true }).settled();
    expect(outline(driver)).toEqual([100, 10, 121, 29, 140, 50, 100, 90, 60, 50]);

    await driver.click([140, 50], { alt: true }).settled();
    expect(outline(driver)).toEqual([100, 10, 121, 29, 100, 90, 60, 50]);
    expect(driver.labels.sent).toEqual(['add corner', 'remove corner']);
  });

  test('a polygon that loses its third corner goes', async () => {
    const driver = new EditorDriver([
      annotation(1, { kind: 'polygon', polygon: [{ outline: [10, 10, 90, 10, 50, 90], holes: [] }] }),
    ]);
    await driver.click([50, 40]).click([10, 10], { alt: true }).settled();

    expect(driver.annotations).toEqual([]);
  });

  test('cancel puts a corner back', async () => {
    const driver = await kite().press([140, 50]).move([150, 60]).cancel().settled();

    expect(driver.state.draft).toBeNull();
    expect(driver.labels.sent).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { bitmapFromMask, maskArea, maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import { shapeMask } from '../../../../native-models/geometry/shape.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const SIZE = { width: 60, height: 40 };
const painter = () => new EditorDriver([], SIZE).tool('brush');

function maskOf(driver: EditorDriver, at = 0) {
  const shape = driver.annotations[at]!.shape;
  if (shape.kind !== 'mask') throw new Error(`not a bitmap: ${shape.kind}`);
  return shape.mask;
}

/** By the definition: pixels whose middle is no further from the way than the radius. */
function touched(inside: (x: number, y: number) => boolean) {
  const pixels = Array.from({ length: SIZE.width * SIZE.height }, (_, at) =>
    Number(inside((at % SIZE.width) + 0.5, Math.floor(at / SIZE.width) + 0.5)),
  );
  return maskFromBitmap(pixels, SIZE);
}

describe('the brush', () => {
  test('a dab is every pixel whose middle it touches', async () => {
    const driver = await painter().click([30, 20]).settled();

    expect(maskOf(driver)).toEqual(touched((x, y) => Math.hypot(x - 30, y - 20) <= 10));
    expect(driver.labels.sent).toEqual(['paint']);
  });

  test('a stroke is every pixel along its way', async () => {
    const driver = await painter().drag([15, 20], [45, 20]).settled();

    const along = (x: number) => Math.max(15, Math.min(45, x));
    expect(maskOf(driver)).toEqual(touched((x, y) => Math.hypot(x - along(x), y - 20) <= 10));
  });

  test('over the border it paints what is inside the image, and nothing when all is outside', async () => {
    const driver = await painter().click([0, 0]).settled();
    expect(maskOf(driver)).toEqual(touched((x, y) => Math.hypot(x, y) <= 10));

    await painter().click([-30, -30]).settled();
    expect(driver.labels.sent).toEqual(['paint']);
  });

  test('a second stroke goes on with the bitmap that is chosen, one that adds nothing is no edit', async () => {
    const driver = await painter().click([20, 20]).settled();
    await driver.click([32, 20]).settled();
    await driver.click([20, 20]).settled();

    expect(driver.annotations).toHaveLength(1);
    expect(maskOf(driver)).toEqual(
      touched((x, y) => Math.hypot(x - 20, y - 20) <= 10 || Math.hypot(x - 32, y - 20) <= 10),
    );
    expect(driver.labels.sent).toEqual(['paint', 'paint']);
  });

  test('a soft brush paints half of its rim at once', async () => {
    const driver = painter();
    driver.session.setBrush({ radius: 10, hardness01: 0.5 });
    const within = (reach: number) => touched((x, y) => Math.hypot(x - 30, y - 20) <= reach);

    await driver.click([30, 20]).settled();
    expect(maskOf(driver)).toEqual(within(7.5));
  });

  test('passes of a soft brush add up, those of a hard one do not', async () => {
    const rows = async (hardness01: number, passes: number) => {
      const driver = painter();
      driver.session.setBrush({ radius: 8, hardness01 });
      driver.press([5, 20]);
      for (let pass = 0; pass < passes; pass++) {
        for (const x of [15, 30, 45, 55]) driver.move([pass % 2 === 0 ? x : 60 - x, 20]);
      }
      await driver.release([pass(passes), 20]).settled();
      const column = bitmapFromMask(maskOf(driver)).filter((_, at) => at % SIZE.width === 30);
      return column.reduce((sum, one) => sum + one, 0);
    };
    const pass = (passes: number) => (passes % 2 === 1 ? 55 : 5);

    expect(await rows(1, 1)).toBe(16);
    expect(await rows(1, 4)).toBe(16);
    expect(await rows(0, 1)).toBe(8);
    expect(await rows(0, 4)).toBe(14);
  });

  test('a smaller brush paints less', async () => {
    const driver = painter();
    driver.session.resizeBrush(0.5);
    await driver.click([30, 20]).settled();

    expect(maskOf(driver)).toEqual(touched((x, y) => Math.hypot(x - 30, y - 20) <= 5));
  });

  test('cancel leaves no trace', async () => {
    const driver = await painter().press([30, 20]).move([40, 20]).cancel().settled();

    expect(driver.state.draft).toBeNull();
    expect(driver.labels.sent).toEqual([]);
  });
});

describe('the eraser', () => {
  test('takes away from what is chosen, and all of it when nothing is left', async () => {
    const driver = await painter().click([30, 20]).settled();
    await driver.tool('eraser').click([42, 20]).settled();
    expect(maskOf(driver)).toEqual(
      touched((x, y) => Math.hypot(x - 30, y - 20) <= 10 && Math.hypot(x - 42, y - 20) > 10),
    );

    driver.session.resizeBrush(4);
    await driver.click([30, 20]).settled();
    expect(driver.annotations).toEqual([]);
    driver.session.undo();
    await driver.settled();
    expect(driver.annotations).toHaveLength(1);
  });

  test('touches nothing that is not chosen', async () => {
    const driver = await painter().click([30, 20]).settled();
    driver.session.select([]);
    await driver.tool('eraser').click([30, 20]).settled();

    expect(driver.labels.sent).toEqual(['paint']);
  });
});

const LEFT = annotation(1, { kind: 'box', xyxy: [10, 10, 30, 30] });
const RIGHT = annotation(2, { kind: 'polygon', polygon: [{ outline: [20, 15, 50, 15, 50, 25, 20, 25], holes: [] }] });
const both = () => {
  const driver = new EditorDriver([LEFT, RIGHT], SIZE);
  driver.session.select([1, 2]);
  return driver;
};
const pixels = (driver: EditorDriver) => maskArea(shapeMask(driver.annotations[0]!.shape, SIZE));

describe('combining', () => {
  test.each([
    ['join', 20 * 20 + 30 * 10 - 10 * 10],
    ['subtract', 20 * 20 - 10 * 10],
    ['intersect', 10 * 10],
  ] as const)('%s makes one object with exact edges, and is one step to take back', async (how, area) => {
    const driver = both();
    driver.session.combine(how);
    await driver.settled();

    expect(driver.annotations.map(({ id, shape }) => [id, shape.kind])).toEqual([[1, 'polygon']]);
    expect(pixels(driver)).toBe(area);
    driver.session.undo();
    await driver.settled();
    expect(driver.annotations).toEqual([LEFT, RIGHT]);
  });

  test('a box cut out of the middle leaves a hole', async () => {
    const inner = annotation(2, { kind: 'box', xyxy: [15, 15, 20, 20] });
    const driver = new EditorDriver([LEFT, inner], SIZE);
    driver.session.select([1, 2]);
    driver.session.combine('subtract');
    await driver.settled();

    const { shape } = driver.annotations[0]!;
    expect(shape.kind === 'polygon' && shape.polygon[0]!.holes).toHaveLength(1);
    expect(pixels(driver)).toBe(20 * 20 - 5 * 5);
  });

  test('what leaves nothing goes altogether', async () => {
    const far = annotation(2, { kind: 'box', xyxy: [40, 30, 50, 38] });
    const driver = new EditorDriver([LEFT, far], SIZE);
    driver.session.select([1, 2]);
    driver.session.combine('intersect');
    await driver.settled();

    expect(driver.annotations).toEqual([]);
  });
});

describe('converting', () => {
  test('a bitmap as a polygon, and back, is the same bitmap', async () => {
    const driver = await painter().click([25, 20]).settled();
    await driver.tool('eraser').click([38, 20]).settled();
    const before = maskOf(driver);

    driver.session.convert('polygon');
    await driver.settled();
    expect(driver.annotations[0]!.shape.kind).toBe('polygon');
    driver.session.convert('mask');
    await driver.settled();

    expect(bitmapFromMask(maskOf(driver))).toEqual(bitmapFromMask(before));
  });

  test('a polygon becomes the box round it', async () => {
    const driver = new EditorDriver([RIGHT], SIZE);
    driver.session.select([2]);
    driver.session.convert('box');
    await driver.settled();

    expect(driver.annotations[0]!.shape).toEqual({ kind: 'box', xyxy: [20, 15, 50, 25] });
  });
});

describe('copies', () => {
  test('land where they were, as objects of their own, and are chosen', async () => {
    const driver = both();
    driver.session.paste(driver.session.chosen(), 0);
    await driver.settled();

    expect(driver.annotations.map(({ id, shape }) => [id, shape])).toEqual([
      [1, LEFT.shape],
      [2, RIGHT.shape],
      [3, LEFT.shape],
      [4, RIGHT.shape],
    ]);
    expect(driver.selection).toEqual([3, 4]);
  });

  test('that do not fit on another image are left out, and that is said', async () => {
    const driver = new EditorDriver([], { width: 40, height: 40 });
    driver.session.paste([LEFT, RIGHT], 0);
    await driver.settled();

    expect(driver.annotations.map(({ shape }) => shape)).toEqual([LEFT.shape]);
    expect(driver.state.problem).toBe('1 of 2 copied objects do not fit on this image');
  });
});

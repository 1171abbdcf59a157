import { describe, expect, test } from 'vitest';
import { maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import { shapeArea } from '../../../../native-models/geometry/shape.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const outlines = (driver: EditorDriver) =>
  driver.annotations.map(({ shape }) =>
    shape.kind === 'polygon' ? shape.polygon.map(({ outline }) => outline) : null,
  );

const triangle = () => new EditorDriver().tool('polygon').click([10, 10]).click([60, 10]).click([60, 50]);

describe('the polygon tool', () => {
  test('draws a polygon by a click for each corner, closed at the first one', async () => {
    const driver = await triangle().click([11, 12]).settled();

    expect(outlines(driver)).toEqual([[[10, 10, 60, 10, 60, 50]]]);
    expect(driver.labels.sent).toEqual(['draw polygon']);
    expect(driver.session.hand.state).toBe('idle');
  });

  test('Enter closes it where it is', async () => {
    const driver = await triangle().key('Enter').settled();

    expect(outlines(driver)).toEqual([[[10, 10, 60, 10, 60, 50]]]);
  });

  test('a hand that stays down draws freehand, and closes where it began', async () => {
    const driver = new EditorDriver().tool('polygon').press([10, 10]);
    for (const at of [
      [30, 10],
      [50, 10],
      [51, 10],
      [50, 40],
      [12, 40],
      [11, 11],
    ] as const)
      driver.move(at);
    await driver.release([11, 11]).settled();

    expect(outlines(driver)).toEqual([[[10, 10, 30, 10, 50, 10, 50, 40, 12, 40, 11, 11]]]);
  });

  test('shows the corners so far, the next one, and whether a click would close it', () => {
    const driver = triangle().move([30, 40]);
    const corners = [
      [10, 10],
      [60, 10],
      [60, 50],
    ];
    expect(driver.state.draft).toEqual({ kind: 'path', corners, next: [30, 40], closes: false });

    driver.move([12, 11]);
    expect(driver.state.draft).toMatchObject({ closes: true });
  });

  test('Backspace takes corners back one by one, the first one with all', async () => {
    const driver = await triangle().key('Backspace').click([40, 40]).click([10, 10]).settled();
    expect(outlines(driver)).toEqual([[[10, 10, 60, 10, 40, 40]]]);

    driver.click([5, 5]).key('Backspace');
    expect(driver.session.hand.state).toBe('idle');
    expect(driver.state.draft).toBeNull();
  });

  test('cancel leaves no trace', async () => {
    const driver = await triangle().cancel().settled();

    expect(driver.labels.sent).toEqual([]);
    expect(driver.state.draft).toBeNull();
  });

  test('two corners, or three on a line, are no polygon', async () => {
    const driver = new EditorDriver().tool('polygon');
    await driver.click([10, 10]).click([60, 10]).key('Enter').settled();
    await driver.click([10, 10]).click([60, 10]).click([90, 10]).key('Enter').settled();

    expect(driver.labels.sent).toEqual([]);
    expect(driver.state.draft).toBeNull();
  });

  test('corners beyond the border are held at it', async () => {
    const driver = new EditorDriver().tool('polygon').click([-5, 10]).click([260, 10]).click([100, 130]);
    await driver.key('Enter').settled();

    expect(outlines(driver)).toEqual([[[0, 10, 200, 10, 100, 100]]]);
  });
});

describe('beside a neighbour', () => {
  const neighbour = annotation(1, { kind: 'box', xyxy: [100, 20, 140, 60] });
  const beside = () => new EditorDriver([neighbour]).tool('polygon');

  test('corners lie on its edge, and with Shift the outline follows it', async () => {
    const driver = await beside()
      .click([80, 10])
      .click([103, 18]) // its corner
      .click([138, 63], { shift: true }) // round to the opposite corner
      .key('Enter')
      .settled();

    const [, , x, y, ...rest] = outlines(driver)[1]![0]!;
    expect([x, y]).toEqual([100, 20]);
    expect(rest.slice(-2)).toEqual([140, 60]);
    expect(rest).toHaveLength(4);
  });

  test('with Alt it does not count', async () => {
    const driver = await beside()
      .click([80, 10])
      .click([103, 18], { alt: true })
      .click([80, 50])
      .key('Enter')
      .settled();

    expect(outlines(driver)[1]).toEqual([[80, 10, 103, 18, 80, 50]]);
  });

  test('what would be snapped is shown before it is clicked', () => {
    const driver = beside().click([80, 10]).move([103, 40]);

    expect(driver.state.draft).toMatchObject({ next: [100, 40] });
  });
});

describe('the tool that cuts holes', () => {
  const square = annotation(1, { kind: 'box', xyxy: [10, 10, 90, 90] });
  const hole = (driver: EditorDriver) =>
    driver.tool('cut').click([30, 30]).click([50, 30]).click([50, 50]).click([30, 50]).key('Enter').settled();

  test('cuts what lies under the first corner, as one step', async () => {
    const driver = await hole(new EditorDriver([square]));
    const [{ shape }] = driver.annotations as [(typeof driver.annotations)[number]];

    expect(driver.labels.sent).toEqual(['cut hole']);
    expect(shape).toMatchObject({ kind: 'polygon', polygon: [{ holes: [{ length: 8 }] }] });
    expect(shapeArea(shape)).toBe(80 * 80 - 20 * 20);
  });

  test('cuts bitmaps pixel by pixel, and everything that is chosen and touched', async () => {
    const mask = maskFromBitmap(new Uint8Array(200 * 100).fill(1), { width: 200, height: 100 });
    const far = annotation(3, { kind: 'box', xyxy: [150, 10, 190, 90] });
    const driver = new EditorDriver([square, annotation(2, { kind: 'mask', mask }), far]);
    driver.session.select([1, 2, 3]);
    await hole(driver);

    expect(driver.annotations.map(({ shape }) => shapeArea(shape))).toEqual([6000, 200 * 100 - 400, 40 * 80]);
  });

  test('what is cut away wholly is removed', async () => {
    const small = annotation(1, { kind: 'box', xyxy: [35, 35, 45, 45] });
    const driver = new EditorDriver([small]);
    driver.session.select([1]);

    await hole(driver);

    expect(driver.annotations).toEqual([]);
  });

  test('leaves no trace when it is cancelled or meets nothing', async () => {
    const driver = await hole(new EditorDriver([annotation(1, { kind: 'box', xyxy: [150, 10, 190, 90] })]));
    driver.click([30, 30]).click([40, 30]).cancel();

    expect(driver.labels.sent).toEqual([]);
    expect(driver.state.draft).toBeNull();
  });
});

import { describe, expect, test } from 'vitest';
import { EditorDriver } from '../../../kit/editor-driver.ts';

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

import { describe, expect, test } from 'vitest';
import { KeyboardHand } from '../../../../renderer/label/canvas/keyboard-hand.ts';
import { ViewControl } from '../../../../renderer/label/canvas/view-control.ts';
import { toScreen } from '../../../../renderer/label/doc/viewport.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const SIZE = { width: 200, height: 100 };
const BOX = annotation(1, { kind: 'box', xyxy: [20, 20, 60, 50] });
const TRIANGLE = annotation(2, {
  kind: 'polygon',
  polygon: [{ outline: [100, 20, 140.5, 20, 100, 60], holes: [] }],
});

/** A screen pixel is an image pixel. */
function onPicture(annotations = [BOX, TRIANGLE]) {
  const driver = new EditorDriver(annotations, SIZE);
  const control = new ViewControl(SIZE, { width: SIZE.width + 48, height: SIZE.height + 48 });
  const hand = new KeyboardHand(driver.session, control);
  const press = (...keys: readonly string[]) => {
    for (const text of keys) {
      const [key, ...held] = text.split('+').reverse() as [string, ...string[]];
      const [shift, alt] = [held.includes('Shift'), held.includes('Alt')];
      hand.keyDown({ key, shift, alt, control: false, isRepeated: false });
      hand.keyUp(key);
    }
  };
  return { driver, control, hand, press };
}

const times = (count: number, key: string): string[] => Array.from({ length: count }, () => key);
const RIGHT_10 = 'Shift+ArrowRight';
const DOWN_10 = 'Shift+ArrowDown';

describe('the crosshair', () => {
  test('begins where the pointer was, else on what is chosen, else in the middle; without it keys mean nothing', () => {
    const { driver, control, hand } = onPicture();
    const key = { key: 'ArrowLeft', shift: false, alt: false, control: false, isRepeated: false };
    expect([hand.keyDown(key), hand.getState()]).toEqual([false, null]);
    hand.begin();
    expect(hand.getState()).toEqual({ at: [100, 50], isDown: false });
    hand.end();
    driver.session.select([1]);
    hand.begin();
    expect(hand.getState()!.at).toEqual([40, 35]);
    hand.end();
    control.pointAt([34, 44]);
    hand.begin();
    expect(hand.getState()!.at).toEqual([10, 20]);
  });

  test('goes by a pixel, with Shift by ten, not beyond the border, and by screen pixels where those are larger', () => {
    const { control, hand, press } = onPicture();
    hand.begin();
    press('ArrowRight', DOWN_10, 'ArrowUp');
    expect(hand.getState()!.at).toEqual([101, 59]);
    press(...times(30, RIGHT_10));
    expect(hand.getState()!.at).toEqual([200, 59]);
    control.zoom(0.25);
    press('ArrowLeft');
    expect(hand.getState()!.at).toEqual([196, 59]);
  });

  test('takes the view along, which zooms round it', () => {
    const { control, hand, press } = onPicture();
    hand.begin();
    control.zoom(8);
    const before = toScreen(control.viewport, [100, 50]);
    control.zoom(2);
    expect(toScreen(control.viewport, [100, 50])).toEqual(before.map((value) => expect.closeTo(value, 6)));
    press(...times(5, RIGHT_10));
    const [x] = toScreen(control.viewport, hand.getState()!.at);
    expect(x).toBeLessThan(SIZE.width + 48);
  });

  test('goes from corner to corner and to the handles of what is chosen, exactly', () => {
    const { driver, hand } = onPicture();
    hand.begin();
    expect(hand.goToCorner(1)).toBe(false);
    driver.session.select([2]);
    const stops = [1, 1, -1, -1].map((by) => hand.goToCorner(by as 1 | -1) && hand.getState()!.at);
    expect(stops).toEqual([
      [100, 20],
      [140.5, 20],
      [100, 20],
      [100, 40], // the handle to the west, the last one
    ]);
  });
});

describe('keys are a pointer to every tool', () => {
  test('Space clicks: two corners of a box', async () => {
    const { driver, hand, press } = onPicture([]);
    driver.tool('box');
    hand.begin();
    press(' ', ...times(3, RIGHT_10), DOWN_10, DOWN_10);
    expect(driver.state.draft).toMatchObject({ shape: { xyxy: [100, 50, 130, 70] } });
    press(' ');
    await driver.settled();
    expect(driver.annotations[0]!.shape).toEqual({ kind: 'box', xyxy: [100, 50, 130, 70] });
  });

  test('Space that is held drags; Enter holds until the next Enter', async () => {
    const { driver, hand, press } = onPicture();
    const key = (name: string) => ({ key: name, shift: false, alt: false, control: false, isRepeated: false });
    driver.session.select([1]);
    hand.begin();
    hand.keyDown(key(' '));
    hand.keyDown({ ...key(' '), isRepeated: true });
    press(RIGHT_10);
    expect(hand.getState()).toEqual({ at: [50, 35], isDown: true });
    hand.keyUp(' ');
    await driver.settled();
    press('Enter', DOWN_10, 'Enter');
    await driver.settled();
    expect(driver.annotations[0]!.shape).toEqual({ kind: 'box', xyxy: [30, 30, 70, 60] });
    expect(driver.labels.sent).toEqual(['move', 'move']);
  });

  test('Enter is first what the tool makes of it; Alt Enter clicks with Alt', async () => {
    const { driver, hand, press } = onPicture();
    driver.tool('polygon');
    hand.begin();
    press('Shift+ArrowLeft', 'Shift+ArrowLeft', ' ', RIGHT_10, ' ', DOWN_10, ' ', 'Enter');
    await driver.settled();
    expect(driver.annotations.at(-1)!.shape).toMatchObject({ polygon: [{ outline: [80, 50, 90, 50, 90, 60] }] });
    expect(hand.getState()!.isDown).toBe(false);

    driver.tool('select').session.select([2]);
    hand.goToCorner(1);
    press('Alt+Enter');
    await driver.settled();
    expect(driver.labels.sent.at(-1)).toBe('remove'); // a triangle without a corner is nothing
  });

  test('what is held leaves no trace when the picture loses the focus, or another tool is taken', async () => {
    const { driver, hand, press } = onPicture([]);
    driver.tool('brush');
    hand.begin();
    press('Enter', RIGHT_10);
    expect(driver.state.draft).toMatchObject({ kind: 'stroke' });
    hand.end();
    expect(driver.state.draft).toBeNull();
    hand.begin();
    press('Enter', RIGHT_10);
    driver.tool('box');
    press(RIGHT_10, 'Enter'); // begins anew
    await driver.settled();
    expect([driver.labels.sent, driver.state.draft, hand.getState()!.isDown]).toEqual([[], null, true]);
  });
});

import { expect, test } from 'vitest';
import { EditorDriver } from '../../../kit/editor-driver.ts';

const four = () => new EditorDriver().tool('extreme').click([50, 10]).click([20, 40]).click([55, 80]).click([90, 45]);
const boxes = (driver: EditorDriver) => driver.annotations.map(({ shape }) => shape.kind === 'box' && shape.xyxy);

test('four extremes in any order make the box round them, as one step', async () => {
  const driver = await four().settled();

  expect(boxes(driver)).toEqual([[20, 10, 90, 80]]);
  expect(driver.labels.sent).toEqual(['draw box']);
  expect(driver.session.hand.state).toBe('idle');
});

test('the box so far is shown with the pointer as its next extreme', () => {
  const driver = new EditorDriver().tool('extreme').click([50, 10]).click([20, 40]).move([70, 60]);

  const points = [
    [50, 10],
    [20, 40],
  ];
  expect(driver.state.draft).toEqual({ kind: 'marks', points, xyxy: [20, 10, 70, 60] });
});

test('Backspace takes clicks back, the first one with all; Escape leaves no trace', async () => {
  const driver = new EditorDriver().tool('extreme').click([50, 10]).click([99, 99]).key('Backspace');
  driver.click([20, 40]).click([55, 80]).click([90, 45]);
  await driver.settled();
  expect(boxes(driver)).toEqual([[20, 10, 90, 80]]);

  driver.click([1, 1]).key('Backspace');
  expect(driver.session.hand.state).toBe('idle');
  driver.click([1, 1]).cancel();
  expect(driver.state.draft).toBeNull();
});

test('points on one line are a slip of the hand', async () => {
  const driver = await new EditorDriver()
    .tool('extreme')
    .click([10, 10])
    .click([20, 10])
    .click([30, 10])
    .click([40, 11])
    .settled();

  expect(driver.annotations).toEqual([]);
  expect(driver.state.draft).toBeNull();
});

test('what is drawn is taken back and brought again', async () => {
  const driver = await four().settled();
  driver.session.undo();
  await driver.settled();
  expect(driver.annotations).toEqual([]);
  driver.session.redo();
  await driver.settled();
  expect(boxes(driver)).toEqual([[20, 10, 90, 80]]);
});

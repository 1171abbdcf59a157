import { expect, test } from 'vitest';
import { LabelSession } from '../../../renderer/label/session.ts';
import { EditorDriver } from '../../kit/editor-driver.ts';
import { annotation } from '../../kit/memory-labels.ts';

test('a review is one edit, named by what was said, and none where nothing is new', async () => {
  const driver = new EditorDriver();
  const { session, labels } = driver;
  session.setReview({ state: 'done', note: '' });
  await driver.settled();
  session.setReview({ state: 'done', note: '' });
  session.setReview({ state: 'rejected', note: 'too wide' });
  await driver.settled();

  expect(labels.sent).toEqual(['mark done', 'mark rejected: too wide']);
  expect(driver.state.document.told.review).toEqual({ state: 'rejected', note: 'too wide' });
  session.undo();
  await driver.settled();
  expect(driver.state.document.told.review).toEqual({ state: 'done', note: '' });
});

const BOX = annotation(1, { kind: 'box', xyxy: [10, 10, 40, 40] });

test('edits made faster than the engine answers follow one another, each on what the one before has left', async () => {
  const driver = new EditorDriver([BOX]);
  driver.session.select([1]);
  driver.session.setClass('nut');
  driver.session.nudge(5, 0);
  driver.session.setFlag('is_difficult', true);
  await driver.settled();

  expect(driver.annotations).toEqual([
    { ...BOX, class_name: 'nut', shape: { kind: 'box', xyxy: [15, 10, 45, 40] }, is_difficult: true },
  ]);
  driver.session.setClass('cell');
  driver.session.removeChosen();
  await driver.settled();
  expect([driver.annotations, driver.state.problem]).toEqual([[], null]);
});

test('what keys ask for faster than that is about what those before it leave, in their order', async () => {
  const driver = new EditorDriver([BOX]);
  const { session } = driver;
  session.select([1]);
  const toggle = () => session.setFlag('is_crowd', !session.chosen()[0]!.is_crowd);
  const nudge = () => session.nudge(5, 0);
  for (const act of [nudge, nudge, () => session.paste(session.chosen(), 20), toggle, toggle, nudge])
    session.inTurn(act);
  session.inTurn(() => session.undo());
  await driver.settled();

  const { sent } = driver.labels;
  expect(sent).toEqual(['move', 'move', 'paste', 'set mark', 'clear mark', 'move']);
  expect(driver.annotations.map(({ shape }) => shape)).toEqual([
    { kind: 'box', xyxy: [20, 10, 50, 40] },
    { kind: 'box', xyxy: [40, 30, 70, 60] }, // the copy, which was chosen then, and moved by what was taken back
  ]);
  expect(driver.state.problem).toBeNull();
});

test('what another window has changed is not overwritten by that', async () => {
  const driver = new EditorDriver([BOX]);
  const other = new LabelSession(driver.labels, driver.labels.document, 'cell');
  driver.session.select([1]);
  driver.session.setClass('nut');
  await driver.settled();
  other.select([1]);
  other.nudge(5, 0);
  await other.settled();

  expect(other.getState().problem).toBe('changed meanwhile');
  expect(driver.labels.document.annotations).toEqual([{ ...BOX, class_name: 'nut' }]);
});

test('on the next image work goes on with the tool in hand, its settings and the class; what was under way does not', () => {
  const [first, next] = [new EditorDriver([BOX]), new EditorDriver()];
  first.session.select([1]);
  first.session.takeTool('brush');
  first.session.setBrush({ radius: 33, hardness01: 0.5 });
  first.session.setThreshold(0.8);
  first.session.hand.pointerDown({ x: 20, y: 20, shift: false, alt: false });

  first.session.rest();
  next.session.goOnFrom(first.session);

  const { tool, brushRadius, brushHardness01, threshold, draft, activeClass, selection } = next.state;
  expect([tool, brushRadius, brushHardness01, threshold, draft]).toEqual(['brush', 33, 0.5, 0.8, null]);
  expect([activeClass, selection.size]).toEqual(['cell', 0]);
  expect([first.state.draft, first.selection, first.session.hand.state]).toEqual([null, [], 'idle']);
});

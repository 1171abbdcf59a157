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

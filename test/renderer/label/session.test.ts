import { expect, test } from 'vitest';
import { EditorDriver } from '../../kit/editor-driver.ts';

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

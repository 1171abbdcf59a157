import { expect, test } from 'vitest';
import { announcementOf, placeOf } from '../../../renderer/label/announce.ts';
import { LabelSession } from '../../../renderer/label/session.ts';
import { EditorDriver } from '../../kit/editor-driver.ts';
import { annotation } from '../../kit/memory-labels.ts';

const BOX = annotation(1, { kind: 'box', xyxy: [10, 10, 40, 30] }, 'bolt');

/** Everything that was told while something was done. */
async function told(driver: EditorDriver, deed: () => unknown): Promise<string[]> {
  const texts: string[] = [];
  let before = driver.state;
  const off = driver.session.subscribe(() => {
    const text = announcementOf(before, driver.state);
    before = driver.state;
    if (text !== '') texts.push(text);
  });
  deed();
  await driver.settled();
  off();
  return texts;
}

test('what is taken, chosen and set is told, and nothing where nothing happened', async () => {
  const driver = new EditorDriver([BOX]);
  const { session } = driver;

  expect(await told(driver, () => session.takeTool('fill'))).toEqual(['Fill: Space fills the hole']);
  expect(await told(driver, () => session.cycle(1))).toEqual(['chosen: bolt, box, 10, 10 to 40, 30, 1 out of 1']);
  expect(await told(driver, () => session.select([1]))).toEqual([]);
  expect(await told(driver, () => session.leave())).toEqual(['nothing chosen']);
  expect(await told(driver, () => session.resizeBrush(2))).toEqual(['brush 40 pixels']);
  expect(await told(driver, () => session.setBrush({ hardness01: 0.5 }))).toEqual(['hardness 50 per cent']);
  expect(await told(driver, () => session.setTolerance(8))).toEqual(['colours within 8 levels']);
  expect(await told(driver, () => session.setThreshold(0.25))).toEqual(['sure from 25 per cent: 0 proposals']);
  expect(await told(driver, () => session.setClass('nut'))).toEqual(['class nut']);
});

test('edits are told by their outcome, also those of another window', async () => {
  const driver = new EditorDriver([BOX]);
  const other = new LabelSession(driver.labels, driver.labels.document, 'cell');

  driver.session.select([1]);
  expect((await told(driver, () => driver.session.removeChosen())).join()).toContain(', 0 objects');
  expect((await told(driver, () => driver.session.undo())).join()).toMatch(/^taken back: .*, 1 object$/);
  expect((await told(driver, () => driver.session.redo())).join()).toMatch(/^done again: .*, 0 objects$/);
  expect(
    await told(driver, async () => {
      const change = await driver.labels.undo();
      driver.session.tell(change);
    }),
  ).toEqual(['changed elsewhere, 1 object']);
  expect(other.getState().tool).toBe('select');
});

test('a place is told with what lies there', () => {
  const { document } = new EditorDriver([BOX]).session;

  expect(placeOf(document, [12.5, 12], 0)).toBe('12, 12, on bolt');
  expect(placeOf(document, [90, 90], 0)).toBe('90, 90');
});

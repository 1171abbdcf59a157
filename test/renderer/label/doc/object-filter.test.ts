import { expect, test } from 'vitest';
import { ALL_SHOWN, isFiltering, type ObjectFilter } from '../../../../renderer/label/doc/object-filter.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';
import { annotation } from '../../../kit/memory-labels.ts';

const SMALL = annotation(1, { kind: 'box', xyxy: [10, 10, 20, 20] });
const LARGE = { ...annotation(2, { kind: 'box', xyxy: [5, 5, 95, 95] }, 'nut'), source: 'model' as const };
const HARD = {
  ...annotation(3, { kind: 'polygon', polygon: [{ outline: [100, 10, 140, 10, 120, 50], holes: [] }] }),
  is_difficult: true,
};

const shownBy = (filter: Partial<ObjectFilter>) => {
  const driver = new EditorDriver([SMALL, LARGE, HARD]);
  driver.session.setFilter({ ...ALL_SHOWN, ...filter });
  return driver.state.shown.annotations.map(({ id }) => id);
};

test('each condition hides what it names', () => {
  expect(shownBy({})).toEqual([1, 2, 3]);
  expect(shownBy({ hiddenClasses: ['cell'] })).toEqual([2]);
  expect(shownBy({ kinds: ['polygon'] })).toEqual([3]);
  expect(shownBy({ flags: ['is_difficult', 'is_crowd'] })).toEqual([3]);
  expect(shownBy({ minArea: 101 })).toEqual([2, 3]);
  expect(shownBy({ maxArea: 100 })).toEqual([1]);
  expect(shownBy({ hidesAll: true })).toEqual([]);
  expect(shownBy({ sources: ['model'] })).toEqual([2]);
  expect(shownBy({ sources: ['person', 'interpolated'] })).toEqual([1, 3]);
  expect([isFiltering(ALL_SHOWN), isFiltering({ ...ALL_SHOWN, kinds: ['box'] })]).toEqual([false, true]);
});

test('what is hidden is neither hit nor chosen nor lost', async () => {
  const driver = new EditorDriver([SMALL, LARGE]);
  driver.session.select([1, 2]);
  driver.session.setFilter({ ...ALL_SHOWN, maxArea: 100 });
  expect(driver.selection).toEqual([1]);
  driver.click([60, 60]);
  expect(driver.selection).toEqual([]);

  await driver.tool('box').drag([120, 20], [160, 60]).settled();
  expect(driver.state.document.annotations.map(({ id }) => id)).toEqual([1, 2, 3]);
  driver.session.setFilter(ALL_SHOWN);
  expect(driver.state.shown.annotations.map(({ id }) => id)).toEqual([1, 2, 3]);
});

test('what is locked is on show, and no tool touches it', async () => {
  const driver = new EditorDriver([SMALL, LARGE]);
  driver.session.select([1, 2]);
  driver.session.setFilter({ ...ALL_SHOWN, lockedClasses: ['nut'] });
  expect(driver.state.shown.annotations.map(({ id }) => id)).toEqual([1, 2]);
  expect(driver.selection).toEqual([1]);

  driver.click([60, 60]);
  expect(driver.selection).toEqual([]);
  driver.session.select([2]);
  driver.session.removeChosen();
  await driver.drag([60, 60], [80, 80]).settled();
  expect(driver.annotations).toEqual([SMALL, LARGE]);
  driver.click([15, 15]);
  expect(driver.selection).toEqual([1]);
});

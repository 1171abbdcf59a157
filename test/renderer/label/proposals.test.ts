import { describe, expect, test } from 'vitest';
import type { Proposals } from '../../../preload/contract/proposals.ts';
import { EditorDriver } from '../../kit/editor-driver.ts';
import { annotation } from '../../kit/memory-labels.ts';

const PROPOSALS: Proposals = {
  run_id: 'r0001',
  made_at_ms: 7,
  settled: [],
  classes: [],
  objects: [
    { index: 0, class_name: 'nut', score: 0.9, xyxy: [10, 10, 50, 50], polygon: null },
    {
      index: 1,
      class_name: 'nut',
      score: 0.6,
      xyxy: [100, 10, 140, 50],
      polygon: [{ outline: [100, 10, 140, 10, 140, 50], holes: [] }],
    },
    { index: 2, class_name: 'bolt', score: 0.3, xyxy: [20, 20, 40, 40], polygon: null },
  ],
};
const driverWith = (...annotations: ReturnType<typeof annotation>[]) =>
  new EditorDriver(annotations, { width: 200, height: 100 }, PROPOSALS);
const open = (driver: EditorDriver) => driver.state.proposals.map(({ index }) => index);

describe('proposals of a model', () => {
  test('are those above the threshold, which moves freely, and none that is there already', () => {
    const driver = driverWith(annotation(1, { kind: 'box', xyxy: [101, 10, 141, 50] }, 'nut'));
    expect(open(driver)).toEqual([0]);
    driver.session.setThreshold(0.2);
    expect(open(driver)).toEqual([0, 2]);
    driver.session.setThreshold(0.95);
    expect(open(driver)).toEqual([]);
  });

  test('become objects as one step, which undo takes back with the proposals', async () => {
    const driver = driverWith();
    driver.session.accept([0, 1]);
    await driver.settled();
    expect(driver.annotations.map(({ class_name, shape }) => [class_name, shape])).toEqual([
      ['nut', { kind: 'box', xyxy: [10, 10, 50, 50] }],
      ['nut', { kind: 'polygon', polygon: [{ outline: [100, 10, 140, 10, 140, 50], holes: [] }] }],
    ]);
    expect(driver.labels.sent).toEqual(['accept 2 proposals of r0001']);
    expect(open(driver)).toEqual([]);

    driver.session.undo();
    await driver.settled();
    expect([driver.annotations, open(driver)]).toEqual([[], [0, 1]]);
  });

  test('a click accepts the smallest under it, with Alt it rejects; objects come before proposals', async () => {
    const driver = driverWith(annotation(1, { kind: 'box', xyxy: [110, 20, 120, 30] }));
    driver.session.setThreshold(0.1);
    await driver.click([30, 30]).settled();
    driver.session.select([]);
    await driver.click([11, 45], { alt: true }).settled();
    await driver.click([115, 25]).settled();

    expect(driver.labels.sent).toEqual(['accept a proposal of r0001', 'reject a proposal of r0001']);
    expect(driver.annotations.map(({ class_name }) => class_name)).toEqual(['cell', 'bolt']);
    expect(driver.selection).toEqual([1]);
    expect(open(driver)).toEqual([1]);
  });
});

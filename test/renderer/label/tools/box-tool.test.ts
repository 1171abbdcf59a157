import { describe, expect, test } from 'vitest';
import { EditorDriver } from '../../../kit/editor-driver.ts';

const boxes = (driver: EditorDriver) =>
  driver.annotations.map(({ shape }) => (shape.kind === 'box' ? shape.xyxy : null));

describe('the box tool', () => {
  test.each([
    ['down to the right', [10, 20], [50, 60]],
    ['up to the left', [50, 60], [10, 20]],
    ['down to the left', [50, 20], [10, 60]],
  ] as const)('draws a box by a drag %s, chooses it, and is ready for the next', async (_, from, to) => {
    const driver = await new EditorDriver().tool('box').drag(from, to).settled();

    expect(boxes(driver)).toEqual([[10, 20, 50, 60]]);
    expect(driver.annotations[0]!.class_name).toBe('cell');
    expect(driver.selection).toEqual([driver.annotations[0]!.id]);
    expect(driver.session.hand.state).toBe('idle');
    expect(driver.state.draft).toBeNull();
  });

  test('draws a box between two clicks', async () => {
    const driver = new EditorDriver().tool('box').click([50, 60]).move([20, 30]);
    expect(driver.state.draft).toEqual({ kind: 'shape', shape: { kind: 'box', xyxy: [20, 30, 50, 60] } });

    await driver.click([10, 20]).settled();

    expect(boxes(driver)).toEqual([[10, 20, 50, 60]]);
  });

  test('shows the box while it is drawn, and until the engine has it', async () => {
    const driver = new EditorDriver().tool('box').press([10, 20]).move([40, 50]);
    const shape = { kind: 'box', xyxy: [10, 20, 40, 50] };
    expect(driver.state.draft).toEqual({ kind: 'shape', shape });

    driver.release([40, 50]);
    expect(driver.state).toMatchObject({ unsaved: 1, draft: { kind: 'shape', shape } });

    await driver.settled();
    expect(driver.state).toMatchObject({ unsaved: 0, draft: null });
  });

  test('holds a box that is drawn out of the image at its border', async () => {
    const driver = await new EditorDriver().tool('box').drag([150, 50], [260, -30]).settled();

    expect(boxes(driver)).toEqual([[150, 0, 200, 50]]);
  });

  test.each([
    ['a press', (driver: EditorDriver) => driver.press([10, 20])],
    ['a drag', (driver: EditorDriver) => driver.press([10, 20]).move([40, 50])],
    ['the first of two clicks', (driver: EditorDriver) => driver.click([10, 20]).move([40, 50])],
  ])('cancel after %s leaves no trace', async (_, begin) => {
    const driver = await begin(new EditorDriver().tool('box')).cancel().settled();

    expect(driver.labels.sent).toEqual([]);
    expect(driver.state.draft).toBeNull();
    expect(driver.session.hand.state).toBe('idle');
  });

  test('takes a box of a pixel or two for a slip of the hand', async () => {
    const driver = await new EditorDriver().tool('box').drag([10, 20], [60, 22]).settled();

    expect(driver.labels.sent).toEqual([]);
    expect(driver.state.draft).toBeNull();
  });

  test('another tool ends what was going on', async () => {
    const driver = await new EditorDriver().tool('box').press([10, 20]).move([40, 50]).tool('select').settled();

    expect(driver.state).toMatchObject({ tool: 'select', draft: null });
    expect(driver.labels.sent).toEqual([]);
  });

  test('undo and redo take a box back and bring it again', async () => {
    const driver = await new EditorDriver().tool('box').drag([10, 20], [50, 60]).drag([60, 20], [90, 60]).settled();

    driver.session.undo();
    await driver.settled();
    expect(boxes(driver)).toEqual([[10, 20, 50, 60]]);
    driver.session.redo();
    await driver.settled();
    expect(boxes(driver)).toHaveLength(2);
  });

  test('a refusal is told, the box goes, and the next one is drawn as ever', async () => {
    const driver = new EditorDriver();
    driver.labels.refusal = new Error('the disk is full');
    await driver.tool('box').drag([10, 20], [50, 60]).settled();
    expect(driver.state).toMatchObject({ problem: 'the disk is full', draft: null, unsaved: 0 });
    expect(boxes(driver)).toEqual([]);

    await driver.drag([10, 20], [50, 60]).settled();

    expect(boxes(driver)).toEqual([[10, 20, 50, 60]]);
    expect(driver.state.problem).toBeNull();
  });
});

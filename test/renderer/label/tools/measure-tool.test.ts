import { expect, test } from 'vitest';
import { measured } from '../../../../renderer/label/doc/measure.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';

test('a ruler measures a drag, stays, and changes nothing', async () => {
  const driver = await new EditorDriver().tool('measure').drag([10, 10], [40, 50]).settled();

  expect(driver.state.draft).toEqual({ kind: 'measure', from: [10, 10], to: [40, 50] });
  expect(driver.labels.sent).toEqual([]);
  driver.cancel();
  expect(driver.state.draft).toBeNull();
});

test('with Shift it lies along an axis', () => {
  const driver = new EditorDriver().tool('measure').drag([10, 10], [40, 15], { shift: true });

  expect(driver.state.draft).toMatchObject({ to: [40, 10] });
});

test('a click on either end measures too', () => {
  const driver = new EditorDriver().tool('measure').click([10, 10]).move([40, 10]).click([40, 50]);
  driver.move([90, 90]);

  expect(driver.state.draft).toEqual({ kind: 'measure', from: [10, 10], to: [40, 10] });
});

test('it says length, sides and angle', () => {
  expect(measured([10, 50], [40, 10])).toBe('50.0 px   30 × 40   53°');
});

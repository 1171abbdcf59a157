import { expect, test } from 'vitest';
import { AS_IT_IS, channelMatrix, isAsItIs, linearOf } from '../../../../renderer/label/doc/picture-look.ts';

test('as it is changes nothing', () => {
  expect(linearOf(AS_IT_IS)).toEqual({ slope: 1, intercept: 0 });
  expect([isAsItIs(AS_IT_IS), isAsItIs({ ...AS_IT_IS, gamma: 2 }), channelMatrix('colour')]).toEqual([
    true,
    false,
    null,
  ]);
});

test('contrast turns about middle grey, brightness adds, and a channel fills all three', () => {
  const { slope, intercept } = linearOf({ ...AS_IT_IS, contrast: 2, brightness: 0.25 });
  expect(slope * 0.5 + intercept).toBe(0.75);
  expect(channelMatrix('green')).toBe('0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0 0 1 0');
});

import { expect, test } from 'vitest';
import { slotsOf } from '../../../main/schedule/slots.ts';

const shown = (slots: ReturnType<typeof slotsOf>) => slots.map(({ device, threads }) => `${device} ${threads}`);

test('trials on the CPU share its cores, as many at a time as asked for and as there are cores', () => {
  expect(shown(slotsOf(['cpu'], 8, 2))).toEqual(['cpu 4', 'cpu 4']);
  expect(shown(slotsOf(['cpu'], 2, 100))).toEqual(['cpu 1', 'cpu 1']);
  expect(shown(slotsOf(['cpu'], 2, 1))).toEqual(['cpu 2']);
});

test('where nobody says how many, a trial has four cores or all there are', () => {
  expect(shown(slotsOf(['cpu'], 16, null))).toEqual(['cpu 4', 'cpu 4', 'cpu 4', 'cpu 4']);
  expect(shown(slotsOf(['cpu'], 2, null))).toEqual(['cpu 2']);
});

test('a graphics card takes one trial, and the CPU what is asked for beyond the cards', () => {
  expect(shown(slotsOf(['cuda:0', 'cuda:1'], 8, null))).toEqual(['cuda:0 8', 'cuda:1 8']);
  expect(shown(slotsOf(['cuda:0', 'cuda:1'], 8, 1))).toEqual(['cuda:0 8']);
  expect(shown(slotsOf(['cuda:0', 'cpu'], 8, 3))).toEqual(['cuda:0 8', 'cpu 4', 'cpu 4']);
});

import { describe, expect, test } from 'vitest';
import { withDigit, withoutDigit } from '../../../renderer/label/class-chord.ts';

/** What digits pressed one after the other take, in order; then what a pause takes. */
function typed(digits: string, count: number): (number | null)[] {
  let waiting = '';
  const taken: (number | null)[] = [];
  for (const digit of digits) {
    const step = withDigit(waiting, digit, count);
    waiting = step.waiting;
    if (step.index !== null) taken.push(step.index);
  }
  return [...taken, withoutDigit(waiting)];
}

describe('a class by its number', () => {
  test('of up to nine is taken at once', () => {
    expect(typed('3', 9)).toEqual([2, null]);
    expect(typed('39', 9)).toEqual([2, 8, null]);
    expect(typed('7', 5)).toEqual([null]);
  });

  test('waits for another digit only where one could follow', () => {
    expect(typed('12', 14)).toEqual([11, null]);
    expect(typed('1', 14)).toEqual([0]);
    expect(typed('2', 14)).toEqual([1, null]);
    expect(typed('10', 14)).toEqual([9, null]);
    expect(typed('123', 200)).toEqual([122, null]);
    expect(typed('12', 200)).toEqual([11]);
    expect(typed('20', 200)).toEqual([19]);
    expect(typed('200', 200)).toEqual([199, null]);
  });

  test('begins anew where there is no such class', () => {
    expect(typed('19', 14)).toEqual([8, null]);
    expect(typed('0', 14)).toEqual([null]);
  });
});

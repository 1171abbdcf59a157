import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ImageNeighbours } from '../../../preload/contract/labelling.ts';
import { KeyGate } from '../../../renderer/label/key-gate.ts';
import { Way } from '../../../renderer/label/way.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TOLD: ImageNeighbours = {
  ...{ position: 2, count: 9, previous: null, next: 3 },
  ...{ next_unlabelled: 7, next_to_review: 8 },
};
/** The engine knows of a review since. */
const NOW: ImageNeighbours = { ...TOLD, next_unlabelled: null, next_to_review: 4 };

function openWay(neighbours: ImageNeighbours | null, isDown = false) {
  const [given, said, shown]: [string[], string[], number[]] = [[], [], []];
  const gate = new KeyGate<string>({ give: (key) => given.push(key), minds: () => null });
  const answer = <T>(value: T) => (isDown ? Promise.reject(new Error('the engine is away')) : Promise.resolve(value));
  const way = new Way({
    ...{ image: 2, neighbours, gate },
    api: { neighbours: () => answer(NOW), nextDisagreement: () => answer(null) },
    session: { say: (problem) => said.push(problem) },
    follow: (image) => shown.push(image),
  });
  return { way, gate, given, said, shown };
}

test('the next that waits is asked for when it is wanted, as what was told before may be so no longer', async () => {
  const { way, gate, given, shown } = openWay(TOLD);

  way.goToWaiting('next_to_review');
  expect(gate.keeps('accept')).toBe(true);
  await vi.runAllTimersAsync();
  expect([shown, given]).toEqual([[4], []]);
  gate.arrive();
  await vi.runAllTimersAsync();

  expect(given).toEqual(['accept']);
});

test('neighbours that are told are gone to at once, those that are not once they are', async () => {
  const told = openWay(TOLD);
  told.way.goBeside('next');
  expect([told.shown, told.gate.keeps('b')]).toEqual([[3], true]);

  const early = openWay(null);
  early.way.goBeside('next');
  expect([early.shown, early.gate.keeps('b')]).toEqual([[], true]);
  await vi.runAllTimersAsync();
  expect([early.shown, early.given]).toEqual([[3], []]);
});

test('where there is no such image that is said, and no other image hears what was meant for it', async () => {
  const { way, gate, given, said } = openWay(TOLD);

  way.goBeside('previous');
  way.goToWaiting('next_unlabelled');
  gate.keeps('accept');
  await vi.runAllTimersAsync();

  expect(said).toEqual([
    'This is the first image.',
    'Every other image is labelled. What was pressed after it was for that image, and is left out.',
  ]);
  expect([given, gate.keeps('b')]).toEqual([[], false]);
});

test('an engine that does not answer is told, and the image itself is no way to go', async () => {
  const { way, gate, said, shown } = openWay(TOLD, true);

  way.goToDisagreement();
  await vi.runAllTimersAsync();
  way.go(2);

  expect([said, shown, gate.keeps('b')]).toEqual([['the engine is away'], [], false]);
});

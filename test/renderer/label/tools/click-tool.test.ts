import { beforeEach, expect, test } from 'vitest';
import { maskFromBitmap } from '../../../../native-models/geometry/mask.ts';
import type { Prompt } from '../../../../renderer/label/doc/prompt.ts';
import { EditorDriver } from '../../../kit/editor-driver.ts';

const SIZE = { width: 200, height: 100 };
/** Pixels 20 to 40 across, 10 to 30 down. */
const FOUND = maskFromBitmap(
  Uint8Array.from({ length: 200 * 100 }, (_, i) => {
    const [x, y] = [i % 200, Math.floor(i / 200)];
    return x >= 20 && x < 40 && y >= 10 && y < 30 ? 1 : 0;
  }),
  SIZE,
);

let driver: EditorDriver;
let asked: Prompt[];
/** Answers of the model, in order; an Error is what it fails with. */
let answers: (typeof FOUND | null | Error)[];
let signals: AbortSignal[];
/** What was pointed at before a click, and what comes of that. */
let looked: string[];
let looks: (typeof FOUND | Error)[];

beforeEach(() => {
  [asked, answers, signals, looked, looks] = [[], [], [], [], []];
  driver = new EditorDriver([], SIZE);
  driver.session.clicks = {
    ask: async (prompt, signal) => {
      asked.push(prompt);
      signals.push(signal);
      const answer = answers.length > 0 ? answers.shift()! : FOUND;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    look: async (prompt, signal) => {
      looked.push(`${prompt.points[0]!.x}, ${prompt.points[0]!.y}`);
      signals.push(signal);
      await Promise.resolve();
      const answer = looks.shift() ?? FOUND;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  driver.tool('click');
});

const answered = () => new Promise((resolve) => setImmediate(resolve));
const state = () => driver.session.hand.state;
const inside = (x: number, y: number) => ({ x, y, is_inside: true });
const outside = (x: number, y: number) => ({ x, y, is_inside: false });

test('a click asks, shows what is found, and Enter keeps it as a bitmap in one gesture', async () => {
  driver.click([30, 20]);
  expect([state(), asked]).toEqual(['asking', [{ points: [inside(30, 20)], box: null }]]);
  await answered();
  expect([state(), driver.state.draft]).toEqual(['proposed', { kind: 'clicks', prompt: asked[0], mask: FOUND }]);

  await driver.key('Enter').settled();
  expect(driver.labels.sent).toEqual(['click object']);
  expect(driver.annotations).toMatchObject([{ class_name: 'cell', shape: { kind: 'mask', mask: FOUND } }]);
  expect([state(), driver.state.draft]).toEqual(['idle', null]);
});

test('more clicks add, with Alt take away, Backspace takes back; what was found stays on show meanwhile', async () => {
  driver.click([30, 20]);
  await answered();
  driver.click([150, 80], { alt: true });
  expect(driver.state.draft).toMatchObject({ kind: 'clicks', mask: FOUND });
  expect(asked.at(-1)!.points).toEqual([inside(30, 20), outside(150, 80)]);
  driver.click([35, 25]); // does not wait for the answer
  expect(signals[1]!.aborted).toBe(true);
  expect(asked.at(-1)!.points).toHaveLength(3);
  await answered();
  driver.key('Backspace');
  expect(asked.at(-1)!.points).toEqual([inside(30, 20), outside(150, 80)]);
  await answered();
  driver.key('Backspace').key('Enter');
  await answered();
  driver.key('Backspace');
  expect([state(), driver.state.draft, driver.labels.sent]).toEqual(['idle', null, []]);
});

test('a drag asks about a box, clicks then about what is in it; the outcome is kept as the person likes', async () => {
  driver.drag([60, 50], [10, 5]);
  expect(asked).toEqual([{ points: [], box: [10, 5, 60, 50] }]);
  await answered();
  driver.click([15, 8], { alt: true });
  expect(asked.at(-1)).toEqual({ points: [outside(15, 8)], box: [10, 5, 60, 50] });
  await answered();
  driver.session.clicksKept = 'polygon';
  await driver.key('Enter').settled();
  driver.session.clicksKept = 'box';
  driver.click([30, 20]);
  await answered();
  await driver.key('Enter').settled();
  expect(driver.annotations.map(({ shape }) => shape)).toEqual([
    { kind: 'polygon', polygon: [{ outline: [20, 10, 40, 10, 40, 30, 20, 30], holes: [] }] },
    { kind: 'box', xyxy: [20, 10, 40, 30] },
  ]);
});

test('Escape leaves no trace in any state, and the question is taken back', async () => {
  driver.press([30, 20]).cancel();
  expect([state(), driver.state.draft, asked]).toEqual(['idle', null, []]);
  driver.click([30, 20]).cancel();
  expect([state(), driver.state.draft, signals[0]!.aborted]).toEqual(['idle', null, true]);
  driver.click([30, 20]);
  await answered();
  driver.cancel();
  expect([state(), driver.state.draft, driver.labels.sent]).toEqual(['idle', null, []]);
});

test('why nothing is found is told: no object, a model that fails, no model, a click away from nothing', async () => {
  answers = [null, new Error('the model failed on a picture')];
  driver.click([30, 20]);
  await answered();
  expect([state(), driver.state.problem]).toEqual(['idle', expect.stringContaining('finds no object there')]);
  driver.click([30, 20]);
  await answered();
  expect([state(), driver.state.problem]).toEqual(['idle', 'the model failed on a picture']);
  driver.click([30, 20], { alt: true });
  expect([state(), asked.length]).toEqual(['idle', 2]);
  driver.session.clicks = null;
  driver.click([30, 20]);
  expect([state(), driver.state.problem]).toEqual(['idle', expect.stringContaining('No model that answers clicks')]);
});

test('what a click would find is shown where the pointer rests, and only the newest place is answered', async () => {
  driver.move([10, 10]).move([30, 20]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  await answered();
  expect([looked, driver.state.draft]).toEqual([['10, 10', '30, 20'], { kind: 'preview', mask: FOUND }]);

  driver.move([-5, 20]);
  expect([looked.length, driver.state.draft]).toEqual([2, null]); // beside the picture
  driver.move([31, 20]);
  await answered();
  driver.session.hand.pointerLeave();
  expect([driver.state.draft, state(), asked, driver.labels.sent]).toEqual([null, 'idle', [], []]);
});

test('a click does not wait for the preview: it shows it until there is its own answer, and no late one changes that', async () => {
  driver.move([30, 20]);
  await answered();
  driver.move([32, 20]);
  driver.press([32, 20]);
  expect([signals.at(-1)!.aborted, driver.state.draft]).toMatchObject([true, { kind: 'clicks', mask: FOUND }]);
  answers = [null];
  driver.release([32, 20]);
  expect(driver.state.draft).toMatchObject({ kind: 'clicks', mask: FOUND });
  await answered();

  expect([state(), driver.state.draft, driver.state.problem]).toEqual([
    'idle',
    null,
    expect.stringContaining('finds no object'),
  ]);
});

test('a preview that fails is not told, one that is not wanted is not asked for, and another tool takes it away', async () => {
  looks = [new Error('no memory')];
  driver.move([30, 20]);
  await answered();
  expect([driver.state.draft, driver.state.problem]).toEqual([null, null]);
  driver.move([31, 20]);
  await answered();
  expect(driver.state.draft).toMatchObject({ kind: 'preview' });
  driver.tool('box');
  expect(driver.state.draft).toBeNull();

  driver.session.clicks = { ...driver.session.clicks!, look: null };
  driver.tool('click').move([30, 20]);
  await answered();
  expect([looked.length, driver.state.draft]).toEqual([2, null]);
});

import { describe, expect, test } from 'vitest';
import { MISTAKES, mistakesOf } from '../../../../main/metrics/detection/mistakes.ts';
import { objectConfusion } from '../../../../main/metrics/detection/object-confusion.ts';
import { overlapOf } from '../../../../main/metrics/detection/overlap.ts';
import { type MadeDetection, type MadeTruth, setOf } from '../../../kit/detection-cases.ts';

const at = (x: number, width = 10): [number, number, number, number] => [x, 0, width, 10];

function mistakes(truths: readonly MadeTruth[], detections: readonly MadeDetection[]) {
  const set = setOf(truths, detections);
  return mistakesOf(set, overlapOf(set, 'boxes'));
}

const none = Object.fromEntries(MISTAKES.map((name) => [name, 0]));
/** A class that is found as it should be, so that a mean over classes has two of them. */
const rightTruth = { xywh: at(1000), class: 1 };
const rightFind = { xywh: at(1000), class: 1, score: 0.99 };

describe('each kind of mistake on its own', () => {
  test('nothing is wrong with what is right', () => {
    expect(mistakes([rightTruth], [rightFind])).toEqual({
      counts: none,
      cost: none,
      cost_of_false_alarms: 0,
      cost_of_misses: 0,
    });
  });

  test('localisation: on its object by 0.1 or more, but less than 0.5; put right, it is a hit', () => {
    const { counts, cost } = mistakes([rightTruth, { xywh: at(0) }], [rightFind, { xywh: at(0, 4), score: 0.5 }]);

    expect(counts).toEqual({ ...none, localisation: 1 });
    expect(cost.localisation).toBeCloseTo(0.5, 12);
  });

  test('classification: on an object of another class; put right, it is a hit of that class', () => {
    const { counts, cost } = mistakes(
      [rightTruth, { xywh: at(0) }],
      [rightFind, { xywh: at(0), class: 1, score: 0.5 }],
    );

    expect(counts).toEqual({ ...none, classification: 1 });
    expect(cost.classification).toBeCloseTo(0.5, 12);
  });

  test('both: half on an object of another class; nobody knows what it meant, so it is taken away', () => {
    const { counts, cost } = mistakes(
      [{ xywh: at(1000), class: 1 }, { xywh: at(0) }],
      [{ xywh: at(0, 4), class: 1, score: 0.995 }, rightFind],
    );

    expect(counts).toEqual({ ...none, both: 1, missed: 1 });
    expect(cost.both).toBeCloseTo(0.25, 12);
  });

  test('duplicate: on an object that a better one has hit', () => {
    const { counts, cost } = mistakes(
      [{ xywh: at(0) }, { xywh: at(100) }],
      [
        { xywh: at(0), score: 0.9 },
        { xywh: at(0, 9), score: 0.8 },
        { xywh: at(100), score: 0.7 },
      ],
    );

    expect(counts).toEqual({ ...none, duplicate: 1 });
    // 51 of 101 recalls are reached at precision 1, the others at 2/3.
    expect(cost.duplicate).toBeCloseTo((50 / 101) * (1 / 3), 12);
  });

  test('background: on nothing', () => {
    const { counts, cost, cost_of_false_alarms } = mistakes(
      [rightTruth],
      [{ xywh: at(500), class: 1, score: 0.995 }, rightFind],
    );

    expect(counts).toEqual({ ...none, background: 1 });
    expect(cost.background).toBeCloseTo(0.5, 12);
    expect(cost_of_false_alarms).toBeCloseTo(0.5, 12);
  });

  test('missed: a truth that nothing is near', () => {
    const { counts, cost, cost_of_misses } = mistakes([rightTruth, { xywh: at(0), class: 1 }], [rightFind]);

    expect(counts).toEqual({ ...none, missed: 1 });
    expect(cost.missed).toBeCloseTo(1 - 51 / 101, 12);
    expect(cost_of_misses).toBeCloseTo(1 - 51 / 101, 12);
  });

  test('of two that would hit one truth, were they put right, the better one does and the other goes', () => {
    const { counts, cost } = mistakes(
      [{ xywh: at(0) }],
      [
        { xywh: at(0, 4), score: 0.9 },
        { xywh: at(6, 4), score: 0.8 },
      ],
    );

    expect(counts.localisation).toBe(2);
    expect(cost.localisation).toBeCloseTo(1, 12);
  });

  test('crowds explain nothing and are not missed', () => {
    expect(mistakes([rightTruth, { xywh: at(0), class: 1, isCrowd: true }], [rightFind]).counts).toEqual(none);
  });
});

describe('confusion with the background', () => {
  const confusion = (truths: readonly MadeTruth[], detections: readonly MadeDetection[]) => {
    const set = setOf(truths, detections);
    return objectConfusion(set, overlapOf(set, 'boxes'), 0.5);
  };

  test('hits, mix-ups, alarms on the background and misses are counted where they belong', () => {
    const rows = confusion(
      [{ xywh: at(0) }, { xywh: at(100), class: 1 }, { xywh: at(200), class: 1 }],
      [
        { xywh: at(0), score: 0.9 },
        { xywh: at(100), score: 0.8 },
        { xywh: at(500), class: 1, score: 0.7 },
      ],
    );

    expect(rows).toEqual([
      [1, 0, 0],
      [1, 0, 1],
      [0, 1, 0],
    ]);
  });

  test('a wrong class with a higher score does not rob a right detection of its truth', () => {
    const rows = confusion(
      [{ xywh: at(0) }],
      [
        { xywh: at(0), class: 1, score: 0.9 },
        { xywh: at(0), score: 0.5 },
      ],
    );

    expect(rows).toEqual([
      [1, 0, 0],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  test('what is left over in a crowd is no false alarm', () => {
    expect(confusion([{ xywh: [0, 0, 50, 50], isCrowd: true }], [{ xywh: at(5), score: 0.9 }])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});

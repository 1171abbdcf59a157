import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aboveScore } from '../../../../main/metrics/detection/objects.ts';
import { overlapOf } from '../../../../main/metrics/detection/overlap.ts';
import { evaluateVoc } from '../../../../main/metrics/detection/voc.ts';
import { type MadeDetection, type MadeTruth, setOf } from '../../../kit/detection-cases.ts';
import { describeWithShared, sharedPath } from '../../../kit/shared.ts';

const judge = (truths: readonly MadeTruth[], detections: readonly MadeDetection[], threshold?: number) => {
  const set = setOf(truths, detections);
  return evaluateVoc(set, overlapOf(set, 'boxes'), threshold);
};
const at = (x: number): [number, number, number, number] => [x, 0, 10, 10];

describe('average precision of Pascal VOC', () => {
  test('two truths, ranked hits true, false, true: 0.8333, as in the specification', () => {
    const { evaluation } = judge(
      [{ xywh: at(0) }, { xywh: at(100) }],
      [
        { xywh: at(0), score: 0.9 },
        { xywh: at(50), score: 0.8 },
        { xywh: at(100), score: 0.7 },
      ],
    );

    expect(evaluation.mean_average_precision).toBeCloseTo(5 / 6, 12);
    expect(evaluation).toMatchObject({ precision: 2 / 3, recall: 1 });
  });

  test('an overlap of exactly the threshold is a hit, the second detection of a truth is none', () => {
    const { evaluation } = judge(
      [{ xywh: [0, 0, 10, 10] }],
      [
        { xywh: [0, 0, 10, 5], score: 0.9 },
        { xywh: [0, 0, 10, 10], score: 0.8 },
      ],
    );

    expect(evaluation).toMatchObject({ mean_average_precision: 1, precision: 0.5, recall: 1 });
  });

  test('crowds are no truths, and what lies in one counts neither way', () => {
    const { evaluation } = judge(
      [{ xywh: at(0) }, { xywh: [200, 0, 100, 100], isCrowd: true }],
      [
        { xywh: at(210), score: 0.95 },
        { xywh: at(0), score: 0.9 },
      ],
    );

    expect(evaluation).toMatchObject({ mean_average_precision: 1, precision: 1, recall: 1 });
    expect(evaluation.classes[0]).toMatchObject({ truths: 1, detections: 1, hits: 1 });
  });

  test('classes without truths are left out of the mean, and their detections are false alarms', () => {
    const { evaluation } = judge(
      [{ xywh: at(0) }],
      [
        { xywh: at(0), score: 0.9 },
        { xywh: at(0), score: 0.8, class: 1 },
      ],
    );

    expect(evaluation).toMatchObject({ mean_average_precision: 1, precision: 0.5, recall: 1 });
    expect(evaluation.classes[1]).toMatchObject({ average_precision: null, precision: 0, recall: null });
  });

  test('without anything every number is undefined', () => {
    expect(judge([], []).evaluation).toMatchObject({ mean_average_precision: null, precision: null, recall: null });
  });

  test('detections that are not above the score threshold do not exist', () => {
    const set = aboveScore(
      setOf(
        [{ xywh: at(0) }, { xywh: at(50) }],
        [
          { xywh: at(0), score: 0.9 },
          { xywh: at(50), score: 0.3 },
        ],
      ),
      0.3,
    );

    const { evaluation, curves } = evaluateVoc(set, overlapOf(set, 'boxes'));

    expect(evaluation).toMatchObject({ mean_average_precision: 0.5, precision: 1, recall: 0.5 });
    expect(curves[0]).toEqual({ recall: [0.5], precision: [1], score: [0.9] });
  });
});

describeWithShared('the published toy example', ['fixtures/voc-ap-toy', 'fixtures/expected.json'], () => {
  const rows = (part: 'gts' | 'dets') =>
    readdirSync(sharedPath('fixtures/voc-ap-toy', part))
      .sort()
      .flatMap((name, image) =>
        readFileSync(sharedPath('fixtures/voc-ap-toy', part, name), 'utf8')
          .trim()
          .split('\n')
          .map((line) => ({ image, numbers: line.split(' ').slice(1).map(Number) })),
      );
  /** Its last row and column of pixels belong to a box, as in Pascal VOC's files; ours are half-open. */
  const box = (numbers: number[]): [number, number, number, number] => {
    const [x, y, width, height] = numbers.slice(-4) as [number, number, number, number];
    return [x, y, width + 1, height + 1];
  };

  test.each(['0.1', '0.3', '0.5', '0.75'])('at an overlap of %s', (threshold) => {
    const published = JSON.parse(readFileSync(sharedPath('fixtures/expected.json'), 'utf8'));
    const { '11-point': eleven, 'every-point': every } =
      published['voc-ap-toy (class x y w h; dets: class score x y w h)'];
    const truths = rows('gts').map(({ image, numbers }) => ({ image, xywh: box(numbers) }));
    const detections = rows('dets').map(({ image, numbers }) => ({ image, xywh: box(numbers), score: numbers[0]! }));

    const { evaluation } = judge(truths, detections, Number(threshold));

    expect(evaluation.mean_average_precision).toBeCloseTo(every[threshold], 9);
    expect(evaluation.mean_average_precision_11_points).toBeCloseTo(eleven[threshold], 9);
  });
});

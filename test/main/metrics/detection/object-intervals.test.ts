import { describe, expect, test } from 'vitest';
import { INTERVAL_LEVEL } from '../../../../main/metrics/bootstrap.ts';
import { evaluateCoco } from '../../../../main/metrics/detection/coco.ts';
import { reportObjects } from '../../../../main/metrics/detection/object-report.ts';
import type { DetectionSet } from '../../../../main/metrics/detection/objects.ts';
import { overlapOf } from '../../../../main/metrics/detection/overlap.ts';
import { evaluateVoc } from '../../../../main/metrics/detection/voc.ts';
import { rngFrom } from '../../../../native-models/core/rng.ts';
import { type MadeDetection, type MadeTruth, setOf } from '../../../kit/detection-cases.ts';

const IMAGES = 9;
const RESAMPLES = 20;

/** Scores never tie, so that copies of an image need no rule of their own. */
function madeCase(): { truths: MadeTruth[]; detections: MadeDetection[] } {
  const rng = rngFrom(3, 'intervals');
  const box = (): [number, number, number, number] => [60 * rng.uniform(), 60 * rng.uniform(), 20, 20];
  const truths = Array.from({ length: 30 }, (_, i) => ({ image: i % IMAGES, class: rng.integer(2), xywh: box() }));
  const near = truths.flatMap(({ image, class: k, xywh: [x, y, w, h] }) =>
    rng.uniform() < 0.8
      ? [{ image, class: k, xywh: [x + 4 * rng.normal(), y, w, h] as const, score: rng.uniform() }]
      : [],
  );
  const alarms = Array.from({ length: 12 }, () => ({
    image: rng.integer(IMAGES),
    class: rng.integer(2),
    xywh: box(),
    score: rng.uniform(),
  }));
  return { truths, detections: [...near, ...alarms] };
}

/** The images that were drawn, each a new image as often as it was. */
function drawnSet({ truths, detections }: ReturnType<typeof madeCase>, drawn: readonly number[]): DetectionSet {
  const copies = <Made extends { readonly image?: number }>(made: readonly Made[]) =>
    drawn.flatMap((image, copy) => made.filter((one) => one.image === image).map((one) => ({ ...one, image: copy })));
  return { ...setOf(copies(truths), copies(detections)), images: IMAGES, classes: 2 };
}

function percentile(values: readonly number[], share01: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share01 * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (at - Math.floor(at)) * (high - low);
}

describe('intervals over images', () => {
  test('are those of images drawn, copied and judged from scratch', () => {
    const made = madeCase();
    const rng = rngFrom(5, 'draws');
    const judged = Array.from({ length: RESAMPLES }, () => {
      const set = drawnSet(
        made,
        Array.from({ length: IMAGES }, () => rng.integer(IMAGES)),
      );
      const overlap = overlapOf(set, 'boxes');
      const { evaluation } = evaluateVoc(set, overlap);
      return { ...evaluateCoco(set, overlap).numbers, ...evaluation, first: evaluation.classes[0]!.average_precision };
    });
    const expected = (name: keyof (typeof judged)[number]) =>
      [(1 - INTERVAL_LEVEL) / 2, (1 + INTERVAL_LEVEL) / 2].map((share) =>
        percentile(
          judged.map((one) => one[name] as number),
          share,
        ),
      );
    const set = { ...setOf(made.truths, made.detections), images: IMAGES };

    const { intervals } = reportObjects(set, { overlap: 'boxes', resamples: RESAMPLES, draws: rngFrom(5, 'draws') });

    for (const name of ['AP', 'AP50', 'AP75', 'mean_average_precision', 'precision', 'recall'] as const) {
      const [low, high] = intervals!.metrics[name]!;
      expect(low, name).toBeCloseTo(expected(name)[0]!, 10);
      expect(high, name).toBeCloseTo(expected(name)[1]!, 10);
    }
    expect(intervals!.classes[0]!.average_precision![0]).toBeCloseTo(expected('first')[0]!, 10);
  });

  test('there are none where none were asked for', () => {
    const set = setOf([{ xywh: [0, 0, 5, 5] }], []);

    expect(reportObjects(set, { overlap: 'boxes', resamples: 0, draws: rngFrom(1, 'x') }).intervals).toBeNull();
  });
});

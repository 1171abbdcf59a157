import { describe, expect, test } from 'vitest';
import { classificationCurves, MAX_CURVE_POINTS } from '../../../main/metrics/curves.ts';
import { distanceToSegment, type Point } from '../../../main/metrics/thin-polyline.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { classificationCases } from '../../kit/fixture-classification.ts';

const zip = (x: readonly number[], y: readonly number[]): Point[] => x.map((value, i) => [value, y[i]!]);

/** How far the farthest of the points lies from the line. */
function deviation(points: readonly Point[], line: readonly Point[]): number {
  const nearest = (point: Point) => {
    const pieces = line.slice(1).map((end, i) => distanceToSegment(point, line[i]!, end));
    return Math.min(...pieces);
  };
  return Math.max(...points.map(nearest));
}

/** Both lines are the same picture when the corners of each lie on the other. */
const apart = (a: readonly Point[], b: readonly Point[]) => Math.max(deviation(a, b), deviation(b, a));

const small = classificationCases().flatMap(({ name, predictions, curves }) =>
  curves === null ? [] : [{ name, predictions, curves }],
);

describe.each(small)('curves of scikit-learn on $name', ({ predictions, curves }) => {
  test('draw the same line, and are undefined in the same places', () => {
    const ours = classificationCurves(predictions);

    for (const [i, theirs] of [...curves.classes, curves.micro].entries()) {
      const { roc, precision_recall } = ours.classes[i] ?? ours.micro;
      expect([roc === null, precision_recall === null]).toEqual([
        theirs.roc === null,
        theirs.precision_recall === null,
      ]);
      if (roc !== null) {
        const line = zip(roc.false_positive_rate, roc.true_positive_rate);
        const reference = zip(theirs.roc!.false_positive_rate, theirs.roc!.true_positive_rate);
        expect(apart(line, reference)).toBeLessThan(1e-12);
      }
      if (precision_recall !== null) {
        const line = zip(precision_recall.recall, precision_recall.precision);
        const reference = zip(theirs.precision_recall!.recall, theirs.precision_recall!.precision);
        expect(apart(line, reference)).toBeLessThan(1e-12);
      }
    }
  });
});

describe('a curve of many points', () => {
  const rng = rngFrom(3, 'curves');
  const rows = 20_000;
  const truth = Int32Array.from({ length: rows }, () => (rng.uniform() < 0.3 ? 1 : 0));
  const scores = new Float64Array(rows * 2);
  truth.forEach((label, row) => {
    const score = 1 / (1 + Math.exp(-(rng.normal() + 1.5 * label)));
    scores.set([1 - score, score], row * 2);
  });
  const { classes } = classificationCurves({ scores, truth, classes: 2 });

  test('is thinned to the limit and stays within a pixel of a thousand', () => {
    const { roc, precision_recall } = classes[1]!;
    const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => scores[b * 2 + 1]! - scores[a * 2 + 1]!);
    const positives = truth.reduce((sum, label) => sum + label, 0);
    let hits = 0;
    const whole = order.map((row, i) => {
      hits += truth[row]!;
      return { hits, alarms: i + 1 - hits };
    });
    const every40th = whole.filter((_, i) => i % 40 === 0);

    const rocLine = zip(roc!.false_positive_rate, roc!.true_positive_rate);
    const precisionLine = zip(precision_recall!.recall, precision_recall!.precision);

    expect([rocLine.length, precisionLine.length]).toEqual([MAX_CURVE_POINTS, MAX_CURVE_POINTS]);
    expect([rocLine[0], rocLine.at(-1), precisionLine[0]]).toEqual([[0, 0], [1, 1], [0, 1]]); // biome-ignore format: points
    const rocPoints = every40th.map((at): Point => [at.alarms / (rows - positives), at.hits / positives]);
    const precisionPoints = every40th.map((at): Point => [at.hits / positives, at.hits / (at.hits + at.alarms)]);
    expect(deviation(rocPoints, rocLine)).toBeLessThan(0.001);
    expect(deviation(precisionPoints, precisionLine)).toBeLessThan(0.001);
  });
});

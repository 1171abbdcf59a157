import { describe, expect, test } from 'vitest';
import type { ClassificationCurves, Curves } from '../../../main/metrics/curves.ts';
import { FEWEST_POINTS, MOST_POINTS } from '../../../main/metrics/curves.ts';
import { reportClassification, reportMultilabel } from '../../../main/metrics/report.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { differences } from '../../kit/differences.ts';
import { classificationCases } from '../../kit/fixture-classification.ts';
import type { FixtureCurves } from '../../kit/fixture-curves.ts';
import { multilabelCases } from '../../kit/fixture-multilabel.ts';

type Point = readonly [x: number, y: number];

const CURVES_ONLY = { resamples: 0, draws: rngFrom(1) };

const zip = (x: readonly number[], y: readonly number[]): Point[] => x.map((value, i) => [value, y[i]!]);

function distanceToSegment([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const along = lengthSquared === 0 ? 0 : ((x - ax) * dx + (y - ay) * dy) / lengthSquared;
  const clamped = Math.min(Math.max(along, 0), 1);
  return Math.hypot(x - ax - clamped * dx, y - ay - clamped * dy);
}

/** How far the farthest of the points lies from the line. */
function deviation(points: readonly Point[], line: readonly Point[]): number {
  const nearest = (point: Point) =>
    Math.min(...line.map((end, i) => distanceToSegment(point, line[Math.max(0, i - 1)]!, end)));
  return Math.max(...points.map(nearest));
}

/** Both lines are the same picture when the corners of each lie on the other. */
const apart = (a: readonly Point[], b: readonly Point[]) => Math.max(deviation(a, b), deviation(b, a));

/** The lines of a class by name, of those that are defined. */
function linesOf({
  roc,
  precision_recall,
  cumulative_gains,
}: Pick<Curves, 'roc' | 'precision_recall' | 'cumulative_gains'>) {
  return {
    roc: roc && zip(roc.false_positive_rate, roc.true_positive_rate),
    precision_recall: precision_recall && zip(precision_recall.recall, precision_recall.precision),
    cumulative_gains: cumulative_gains && zip(cumulative_gains.share_of_samples, cumulative_gains.share_of_positives),
  };
}

const small = [
  ...classificationCases().flatMap(({ name, predictions, curves }) =>
    curves === null ? [] : [{ name, curves, ours: () => reportClassification(predictions, CURVES_ONLY).curves }],
  ),
  ...multilabelCases().flatMap(({ name, predictions, curves }) =>
    curves === null ? [] : [{ name, curves, ours: () => reportMultilabel(predictions, CURVES_ONLY).curves }],
  ),
];

describe.each(small)('curves of scikit-learn on $name', ({ curves, ours }) => {
  const pairs = (): [FixtureCurves, Curves][] => {
    const { classes, micro } = ours();
    return [...curves.classes, curves.micro].map((theirs, i) => [theirs, classes[i] ?? micro]);
  };

  test('draw the same lines, and are undefined in the same places', () => {
    for (const [theirs, our] of pairs()) {
      const [expected, lines] = [linesOf(theirs), linesOf(our)];
      for (const name of ['roc', 'precision_recall', 'cumulative_gains'] as const) {
        expect(lines[name] === null, name).toBe(expected[name] === null);
        if (lines[name] !== null) expect(apart(lines[name], expected[name]!), name).toBeLessThan(1e-12);
      }
    }
  });

  test('have the same calibration', () => {
    for (const [theirs, our] of pairs()) {
      expect(differences(our.calibration, theirs.calibration, 1e-9)).toEqual([]);
    }
  });

  test('lift is gains over the share of samples, within a thousandth at every threshold', () => {
    for (const [theirs, { lift, cumulative_gains: gains }] of pairs()) {
      if (gains === null) {
        expect(lift).toBeNull();
        continue;
      }
      const line = zip(lift!.share_of_samples, lift!.lift);
      const { share_of_samples: x, share_of_positives: y } = theirs.cumulative_gains!;
      const atThresholds = zip(x, y.map((value, i) => value / x[i]!)).slice(1); // biome-ignore format: one thought
      const height = Math.max(...line.map(([, value]) => value));
      expect(deviation(atThresholds, line)).toBeLessThan(0.001 * height);
      const inside = line.filter(([share]) => share > 0).map(([share, value]): Point => [share, value * share]);
      expect(
        deviation(inside, linesOf({ roc: null, precision_recall: null, cumulative_gains: gains }).cumulative_gains!),
      ).toBeLessThan(1e-9);
    }
  });
});

test('the calibration of predicted classes is that of scikit-learn', () => {
  for (const { predictions, topLabel } of classificationCases()) {
    if (topLabel === null) continue;
    const { top_label_calibration } = reportClassification(predictions, CURVES_ONLY).curves;

    expect(differences(top_label_calibration, topLabel, 1e-9)).toEqual([]);
  }
});

describe('averaged curves', () => {
  // Class 0 is ranked perfectly, class 1 is not: one of its two negatives lies above its positives.
  const { curves } = reportMultilabel(
    {
      scores: Float64Array.of(0.9, 0.6, 0.8, 0.7, 0.3, 0.9, 0.2, 0.1),
      truth: Uint8Array.of(1, 1, 1, 1, 0, 0, 0, 0),
      classes: 2,
    },
    CURVES_ONLY,
  );
  const heightAt = (line: readonly Point[], place: number) =>
    Math.max(...line.filter(([x]) => x === place).map(([, y]) => y));

  test('macro lies at the mean height of the classes', () => {
    const { roc, precision_recall, cumulative_gains } = linesOf(curves.macro);

    expect([roc![0], heightAt(roc!, 0), heightAt(roc!, 0.5), roc!.at(-1)]).toEqual([[0, 0], 0.5, 1, [1, 1]]);
    expect([heightAt(precision_recall!, 0), heightAt(precision_recall!, 1)]).toEqual([1, (1 + 2 / 3) / 2]);
    expect([heightAt(cumulative_gains!, 0.25), heightAt(cumulative_gains!, 0.5)]).toEqual([0.25, 0.75]);
  });

  test('the area under the macro precision-recall curve is the macro average precision', () => {
    const { predictions } = classificationCases().find(({ curves: drawn }) => drawn === null)!;
    const { evaluation, curves: many } = reportClassification(predictions, CURVES_ONLY);
    const line = linesOf(many.macro).precision_recall!;
    const area = line.slice(1).reduce((sum, [x, y], i) => sum + ((x - line[i]![0]) * (y + line[i]![1])) / 2, 0);

    expect(Math.abs(area - evaluation.metrics.average_precision_score_macro!)).toBeLessThan(0.005);
  });

  test('classes without a curve are left out, and nothing is averaged over none', () => {
    const report = (truth: number[]) =>
      reportMultilabel(
        { scores: Float64Array.of(0.9, 0.6, 0.3, 0.9), truth: Uint8Array.from(truth), classes: 2 },
        CURVES_ONLY,
      ).curves;

    expect(report([1, 0, 0, 0]).macro.roc).toEqual(report([1, 0, 0, 0]).classes[0]!.roc);
    expect(report([0, 0, 0, 0]).macro.roc).toBeNull();
    expect(report([0, 0, 0, 0]).weighted).toMatchObject({ roc: null, calibration: null });
  });
});

/** A learned binary score for every class, in [0, 1], of the given number of rows. */
function manyRows(rows: number, classes: number): ClassificationCurves {
  const rng = rngFrom(3, 'curves');
  const truth = Uint8Array.from({ length: rows * classes }, () => (rng.uniform() < 0.3 ? 1 : 0));
  const scores = Float64Array.from(truth, (label) => 1 / (1 + Math.exp(-(rng.normal() + 1.5 * label))));
  return reportMultilabel({ scores, truth, classes }, CURVES_ONLY).curves;
}

describe('a curve of many points', () => {
  const rng = rngFrom(3, 'curves');
  const rows = 20_000;
  const truth = Int32Array.from({ length: rows }, () => (rng.uniform() < 0.3 ? 1 : 0));
  const scores = new Float64Array(rows * 2);
  truth.forEach((label, row) => {
    const score = 1 / (1 + Math.exp(-(rng.normal() + 1.5 * label)));
    scores.set([1 - score, score], row * 2);
  });
  const { classes } = reportClassification({ scores, truth, classes: 2 }, CURVES_ONLY).curves;

  test('is thinned to the limit and stays within a pixel of a thousand', () => {
    const order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => scores[b * 2 + 1]! - scores[a * 2 + 1]!);
    const positives = truth.reduce((sum, label) => sum + label, 0);
    let hits = 0;
    const whole = order.map((row, i) => {
      hits += truth[row]!;
      return { hits, alarms: i + 1 - hits };
    });
    const every40th = whole.filter((_, i) => i % 40 === 0);

    const { roc, precision_recall, cumulative_gains } = linesOf(classes[1]!);

    for (const line of [roc!, precision_recall!, cumulative_gains!]) expect(line).toHaveLength(MOST_POINTS);
    expect([roc![0], roc!.at(-1), precision_recall![0]]).toEqual([[0, 0], [1, 1], [0, 1]]); // biome-ignore format: points
    const points = {
      roc: every40th.map((at): Point => [at.alarms / (rows - positives), at.hits / positives]),
      precision_recall: every40th.map((at): Point => [at.hits / positives, at.hits / (at.hits + at.alarms)]),
      cumulative_gains: every40th.map((at): Point => [(at.hits + at.alarms) / rows, at.hits / positives]),
    };
    expect(deviation(points.roc, roc!)).toBeLessThan(0.001);
    expect(deviation(points.precision_recall, precision_recall!)).toBeLessThan(0.001);
    expect(deviation(points.cumulative_gains, cumulative_gains!)).toBeLessThan(0.001);
  });

  test('has fewer the more classes there are, so that a report stays small', () => {
    const curves = manyRows(500, 700);

    expect(Math.max(...curves.classes.map(({ roc }) => roc!.true_positive_rate.length))).toBe(FEWEST_POINTS);
    expect(JSON.stringify(curves).length).toBeLessThan(10e6);
  });
});

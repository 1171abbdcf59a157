/** From an evaluation to the lines of its charts, and which of them are on show. */

import type { Curves, Evaluation } from '../../../preload/contract/evaluation.ts';
import { formatMetric } from '../../ui/format.ts';
import type { Point } from './series.ts';

export type ChartKind = 'roc' | 'precision_recall' | 'calibration' | 'cumulative_gains' | 'lift';

export const CHART_KINDS: readonly ChartKind[] = ['roc', 'precision_recall', 'calibration', 'cumulative_gains', 'lift'];

/** One line that can be shown: an average, a class, or all predictions. Its place in the list decides its colour. */
export interface CurveName {
  readonly key: string;
  readonly name: string;
  readonly isClass: boolean;
}

export interface CurveLine extends CurveName {
  /** In the list of names; null for a line that is always on show. */
  readonly place: number | null;
  readonly points: readonly Point[];
}

export interface CurveChart {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly lines: readonly CurveLine[];
  /** What a guess would draw. */
  readonly baseline: readonly Point[];
  readonly baselineName: string;
  /** End of the vertical axis, which starts at 0; null where it is as high as the lines. */
  readonly highest: number | null;
  /** Chosen lines that are undefined for these images. */
  readonly without: readonly string[];
  /** A number that says it in one, in words. */
  readonly note: string | null;
  /** Whether points are measured places with straight lines between, to be marked. */
  readonly hasMarks: boolean;
}

/** More classes than this are off until they are chosen. */
const CLASSES_ON_SHOW = 4;

const AVERAGES = ['micro', 'macro', 'weighted'] as const;

/** Everything that can be shown, averages first. */
export function curveNames({ classes }: Evaluation): CurveName[] {
  return [
    ...AVERAGES.map((key) => ({ key, name: `${key} average`, isClass: false })),
    ...classes.map((name, index) => ({ key: `class ${index}`, name, isClass: true })),
  ];
}

/** What is on show at first: two averages, and the classes where they are few. */
export function curvesOnShow(evaluation: Evaluation): ReadonlySet<string> {
  const few = evaluation.classes.length <= CLASSES_ON_SHOW;
  const names = curveNames(evaluation).filter(({ isClass, key }) => (isClass ? few : key !== 'weighted'));
  return new Set(names.map(({ key }) => key));
}

const DIAGONAL: readonly Point[] = [[0, 0], [1, 1]]; // biome-ignore format: points
const UNIT = { highest: 1, hasMarks: false };

/** Precision over recall, but for its lines. */
export const PRECISION_RECALL: Omit<CurveChart, 'lines' | 'without' | 'note'> = {
  ...UNIT,
  title: 'Precision and recall',
  xName: 'recall',
  yName: 'precision',
  baseline: [],
  baselineName: '',
};

const WORDS: { readonly [K in ChartKind]: Omit<CurveChart, 'lines' | 'without' | 'note'> } = {
  roc: {
    ...UNIT,
    title: 'ROC',
    xName: 'false positive rate',
    yName: 'true positive rate',
    baseline: DIAGONAL,
    baselineName: 'guessing',
  },
  precision_recall: PRECISION_RECALL,
  calibration: {
    title: 'Calibration',
    xName: 'mean score',
    yName: 'share that is true',
    baseline: DIAGONAL,
    baselineName: 'perfect',
    highest: 1,
    hasMarks: true,
  },
  cumulative_gains: {
    ...UNIT,
    title: 'Cumulative gains',
    xName: 'share of images, best scores first',
    yName: 'share of the class found',
    baseline: DIAGONAL,
    baselineName: 'random order',
  },
  lift: {
    title: 'Lift',
    xName: 'share of images, best scores first',
    yName: 'times better than a random order',
    baseline: [[0, 1], [1, 1]], // biome-ignore format: points
    baselineName: 'random order',
    highest: null,
    hasMarks: false,
  },
};

/** A chart of the chosen lines. */
export function curveChart(evaluation: Evaluation, kind: ChartKind, chosen: ReadonlySet<string>): CurveChart {
  const named = curveNames(evaluation).map((name, place) => ({ ...name, place }));
  const shown = named
    .filter(({ key }) => chosen.has(key))
    .map((name) => ({ ...name, points: pointsOf(curvesOf(evaluation, name), kind) }));
  const lines = shown.flatMap(({ points, ...name }) => (points === null ? [] : [{ ...name, points }]));
  return {
    ...WORDS[kind],
    ...(kind === 'calibration' ? withPredicted(evaluation, lines) : { lines, note: null }),
    without: shown.flatMap(({ points, name }) => (points === null ? [name] : [])),
  };
}

/** The score of the predicted class is what a person is shown, so its line is always there. */
function withPredicted(
  { curves: { top_label_calibration: top, micro } }: Evaluation,
  lines: readonly CurveLine[],
): Pick<CurveChart, 'lines' | 'note'> {
  const error = top?.expected_calibration_error ?? micro.calibration?.expected_calibration_error ?? null;
  const note = error === null ? null : `expected error ${formatMetric(error)}`;
  if (top === undefined) return { lines, note };
  const points = top.mean_score.map((x, i): Point => [x, top.share_of_positives[i]!]);
  return {
    lines: [{ key: 'predicted', name: 'predicted class', isClass: false, place: null, points }, ...lines],
    note,
  };
}

function curvesOf({ curves }: Evaluation, { key, place }: CurveName & { readonly place: number }): Curves {
  const average = AVERAGES.find((name) => name === key);
  return average === undefined ? curves.classes[place - AVERAGES.length]! : curves[average];
}

function pointsOf(curves: Curves, kind: ChartKind): Point[] | null {
  const paired = (x: readonly number[], y: readonly number[]): Point[] => x.map((value, i) => [value, y[i]!]);
  switch (kind) {
    case 'roc':
      return curves.roc && paired(curves.roc.false_positive_rate, curves.roc.true_positive_rate);
    case 'precision_recall':
      return curves.precision_recall && paired(curves.precision_recall.recall, curves.precision_recall.precision);
    case 'calibration':
      return curves.calibration && paired(curves.calibration.mean_score, curves.calibration.share_of_positives);
    case 'cumulative_gains':
      return (
        curves.cumulative_gains &&
        paired(curves.cumulative_gains.share_of_samples, curves.cumulative_gains.share_of_positives)
      );
    case 'lift':
      return curves.lift && paired(curves.lift.share_of_samples, curves.lift.lift);
    default:
      return kind satisfies never;
  }
}

/** How high each line is above a place, the top of it where it is vertical; lines that do not reach it are left out. */
export function heightsAt({ lines }: CurveChart, place: number): { readonly name: string; readonly height: number }[] {
  return lines.flatMap(({ name, points }) => {
    const height = heightOf(points, place);
    return height === null ? [] : [{ name, height }];
  });
}

function heightOf(points: readonly Point[], place: number): number | null {
  const right = points.findIndex(([x]) => x >= place);
  if (right < 0) return null;
  const [x, y] = points[right]!;
  if (x === place) return Math.max(...points.filter((point) => point[0] === place).map((point) => point[1]));
  if (right === 0) return null;
  const [beforeX, beforeY] = points[right - 1]!;
  return beforeY + ((y - beforeY) * (place - beforeX)) / (x - beforeX);
}

/** The chart in one sentence, for those who do not see it. */
export function describeChart({ title, xName, yName, lines, without }: CurveChart): string {
  const shown = lines.length === 0 ? 'nothing chosen' : lines.map(({ name }) => name).join(', ');
  const missing = without.length === 0 ? '' : `; undefined: ${without.join(', ')}`;
  return `${title}: ${yName} over ${xName}; ${shown}${missing}`;
}

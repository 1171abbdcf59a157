import { describe, expect, test } from 'vitest';
import {
  CHART_KINDS,
  type CurveChart,
  curveChart,
  curveNames,
  curvesOnShow,
  describeChart,
  heightsAt,
} from '../../../../renderer/dash/derive/evaluation-curves.ts';
import { madeEvaluation, madeLabelEvaluation } from '../../../kit/made-evaluations.ts';

const ANIMALS = ['cat', 'dog', 'hen'];
const evaluation = madeEvaluation({ classes: ANIMALS, images: 60, signal: 1.5 });

describe('the lines that can be shown', () => {
  test('are averages, then classes', () => {
    expect(curveNames(evaluation).map(({ name }) => name)).toEqual([
      'micro average',
      'macro average',
      'weighted average',
      ...ANIMALS,
    ]);
  });

  test('are two averages at first, and the classes where they are few', () => {
    const many = madeEvaluation({ classes: [...ANIMALS, 'ant', 'bee'], images: 20 });

    expect([...curvesOnShow(evaluation)]).toEqual(['micro', 'macro', 'class 0', 'class 1', 'class 2']);
    expect([...curvesOnShow(many)]).toEqual(['micro', 'macro']);
  });
});

describe('a chart', () => {
  const both = new Set(['class 1', 'macro']);

  test.each(CHART_KINDS)('of %s has the chosen lines in the order of names, each with its own look', (kind) => {
    const { lines } = curveChart(evaluation, kind, both);

    expect(lines.filter(({ place }) => place !== null).map(({ name, place }) => [name, place])).toEqual([
      ['macro average', 1],
      ['dog', 4],
    ]);
  });

  test('has the points of the report', () => {
    const [line] = curveChart(evaluation, 'roc', new Set(['class 2'])).lines;
    const { false_positive_rate: x, true_positive_rate: y } = evaluation.curves.classes[2]!.roc!;

    expect(line!.points).toEqual(x.map((value, i) => [value, y[i]]));
  });

  test('of calibration always has the predicted class, and its error', () => {
    const { lines, note } = curveChart(evaluation, 'calibration', new Set());

    expect(lines.map(({ name, place }) => [name, place])).toEqual([['predicted class', null]]);
    expect(note).toMatch(/^expected error 0\.\d{4}$/);
  });

  test('of calibration of several classes an image has the error of all pairs', () => {
    const labels = madeLabelEvaluation({ classes: ANIMALS, images: 30 });

    const { lines, note } = curveChart(labels, 'calibration', new Set());

    expect(lines).toEqual([]);
    expect(note).toMatch(/^expected error/);
  });

  test('names chosen lines that are undefined', () => {
    const one = madeEvaluation({ classes: ['cat', 'dog'], images: 1 });

    const chart = curveChart(one, 'precision_recall', new Set(['class 0', 'class 1']));

    expect([chart.lines.map(({ name }) => name), chart.without]).toEqual([['cat'], ['dog']]);
    expect(describeChart(chart)).toBe('Precision and recall: precision over recall; cat; undefined: dog');
  });

  test('of nothing says so', () => {
    expect(describeChart(curveChart(evaluation, 'roc', new Set()))).toBe(
      'ROC: true positive rate over false positive rate; nothing chosen',
    );
  });
});

test('heights at a place are on the line, the top where it is vertical, and missing beyond its ends', () => {
  const line = (name: string, points: [number, number][]) => ({ key: name, name, isClass: true, place: 0, points });
  const chart = {
    lines: [
      line('oblique', [[0, 0], [1, 1]]),
      line('vertical', [[0, 0], [0.25, 0.1], [0.25, 0.9], [1, 1]]),
      line('short', [[0.5, 0.5], [0.75, 1]]),
    ],
  } as unknown as CurveChart; // biome-ignore format: points

  expect(heightsAt(chart, 0.25)).toEqual([
    { name: 'oblique', height: 0.25 },
    { name: 'vertical', height: 0.9 },
  ]);
  expect(heightsAt(chart, 0.75).at(-1)).toEqual({ name: 'short', height: 1 });
  expect(heightsAt(chart, 0.9)).toHaveLength(2);
});

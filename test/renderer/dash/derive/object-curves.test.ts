import { expect, test } from 'vitest';
import {
  objectCurveCharts,
  objectCurveNames,
  objectCurvesOnShow,
} from '../../../../renderer/dash/derive/object-curves.ts';
import { madeObjectEvaluation } from '../../../kit/made-evaluations.ts';

test('every overlap has a chart: the mean of the classes, and each class', () => {
  const evaluation = madeObjectEvaluation();
  const shown = objectCurvesOnShow(evaluation);

  const charts = objectCurveCharts(evaluation, shown);

  expect(objectCurveNames(evaluation).map(({ name }) => name)).toEqual(['mean of classes', 'Platelets', 'RBC', 'WBC']);
  expect(charts.map(({ title }) => title)).toEqual([
    'Precision and recall at overlap 0.5',
    'Precision and recall at overlap 0.75',
    'Precision and recall, mean of overlaps 0.5 to 0.95',
  ]);
  expect(charts.map(({ lines }) => lines.length)).toEqual([4, 4, 4]);
  const [mean] = charts[0]!.lines;
  expect([mean!.points[0]![0], mean!.points.at(-1)![0]]).toEqual([0, 1]);
  expect(charts[0]!.note).toBe(`mean average precision ${evaluation.coco.numbers.AP50.toFixed(3)}`);
});

test('many classes are off until they are chosen, and one without objects is told', () => {
  const evaluation = madeObjectEvaluation({ classes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] });

  expect([...objectCurvesOnShow(evaluation)]).toEqual(['mean']);
  const empty = { ...evaluation, threshold_curves: [{ overlap: 0.5, mean: [1, 0], classes: new Array(7).fill(null) }] };
  expect(objectCurveCharts(empty, new Set(['mean', 'class 2']))[0]).toMatchObject({ without: ['c'] });
});

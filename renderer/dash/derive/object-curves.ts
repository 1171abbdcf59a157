/** From a detector's evaluation to the lines of its charts: precision over recall, a chart for each overlap. */

import type { ObjectEvaluation } from '../../../preload/contract/object-evaluation.ts';
import { type CurveChart, type CurveLine, type CurveName, PRECISION_RECALL } from './evaluation-curves.ts';
import type { Point } from './series.ts';

const MEAN = 'mean';
/** More classes than this are off until they are chosen. */
const CLASSES_ON_SHOW = 6;

/** The mean over the classes, then every class. */
export function objectCurveNames({ classes }: ObjectEvaluation): CurveName[] {
  return [
    { key: MEAN, name: 'mean of classes', isClass: false },
    ...classes.map((name, index) => ({ key: `class ${index}`, name, isClass: true })),
  ];
}

/** What is on show at first: the mean, and the classes where they are few. */
export function objectCurvesOnShow(evaluation: ObjectEvaluation): ReadonlySet<string> {
  const few = evaluation.classes.length <= CLASSES_ON_SHOW;
  const names = objectCurveNames(evaluation).filter(({ isClass }) => !isClass || few);
  return new Set(names.map(({ key }) => key));
}

/** A chart for each overlap, of the chosen lines. */
export function objectCurveCharts(evaluation: ObjectEvaluation, chosen: ReadonlySet<string>): CurveChart[] {
  const named = objectCurveNames(evaluation).map((name, place) => ({ ...name, place }));
  const shown = named.filter(({ key }) => chosen.has(key));
  return evaluation.threshold_curves.map(({ overlap, mean, classes }) => {
    const valuesOf = (place: number) => (place === 0 ? mean : classes[place - 1]!);
    const lines = shown.flatMap((name): CurveLine[] => {
      const values = valuesOf(name.place);
      return values === null ? [] : [{ ...name, points: pointsOf(values) }];
    });
    return {
      ...PRECISION_RECALL,
      title:
        overlap === null
          ? 'Precision and recall, mean of overlaps 0.5 to 0.95'
          : `Precision and recall at overlap ${overlap}`,
      lines,
      without: shown.flatMap(({ place, name }) => (valuesOf(place) === null ? [name] : [])),
      note: mean === null ? null : `mean average precision ${averageOf(mean).toFixed(3)}`,
    };
  });
}

/** Recalls are even steps from 0 to 1. */
const pointsOf = (values: readonly number[]): Point[] =>
  values.map((value, i): Point => [i / (values.length - 1), value]);

const averageOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

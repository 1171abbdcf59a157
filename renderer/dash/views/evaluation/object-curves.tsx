/** A detector's precision over recall at several overlaps, under one legend. */

import { type ReactElement, useMemo, useState } from 'react';
import type { ObjectEvaluation } from '../../../../preload/contract/object-evaluation.ts';
import { objectCurveCharts, objectCurveNames, objectCurvesOnShow } from '../../derive/object-curves.ts';
import { CurveBoard } from './curve-charts.tsx';

export interface ObjectCurvesProps {
  readonly evaluation: ObjectEvaluation;
  readonly theme: string;
}

export function ObjectCurves({ evaluation, theme }: ObjectCurvesProps): ReactElement | null {
  const [shown, setShown] = useState(() => objectCurvesOnShow(evaluation));
  const names = useMemo(() => objectCurveNames(evaluation), [evaluation]);
  const charts = useMemo(() => objectCurveCharts(evaluation, shown), [evaluation, shown]);
  if (charts.length === 0) return null; // a report of before they were drawn
  return <CurveBoard {...{ names, shown, charts, theme }} onShow={setShown} />;
}

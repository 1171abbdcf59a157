/** The five charts of an evaluation under one legend. */

import { type ReactElement, useCallback, useMemo, useState } from 'react';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import type { ChartColors } from '../../../ui/chart.ts';
import { ChartCanvas } from '../../../ui/chart-canvas.tsx';
import {
  CHART_KINDS,
  type CurveChart,
  curveChart,
  curveNames,
  curvesOnShow,
  describeChart,
} from '../../derive/evaluation-curves.ts';
import { CurveLegend, type CurveLegendProps } from './curve-legend.tsx';
import { rateOptions } from './rate-chart.ts';

export function CurveCharts({ evaluation, theme }: { evaluation: Evaluation; theme: string }): ReactElement {
  const [shown, setShown] = useState(() => curvesOnShow(evaluation));
  const names = useMemo(() => curveNames(evaluation), [evaluation]);
  const charts = useMemo(() => CHART_KINDS.map((kind) => curveChart(evaluation, kind, shown)), [evaluation, shown]);
  return <CurveBoard {...{ names, shown, charts, theme }} onShow={setShown} />;
}

export interface CurveBoardProps extends CurveLegendProps {
  readonly charts: readonly CurveChart[];
  readonly theme: string;
}

/** Charts whose lines one legend switches. */
export function CurveBoard({ charts, theme, ...legend }: CurveBoardProps): ReactElement {
  return (
    <div className="curve-charts">
      <CurveLegend {...legend} />
      <div className="curves">
        {charts.map((chart) => (
          <ChartCard key={chart.title} chart={chart} theme={theme} />
        ))}
      </div>
    </div>
  );
}

/** One chart with its title, what a guess would draw, and what is missing. */
function ChartCard({ chart, theme }: { chart: CurveChart; theme: string }): ReactElement {
  const options = useCallback((colors: ChartColors) => rateOptions(chart, colors), [chart]);
  const { title, baselineName, lines, without, note } = chart;
  return (
    <section className="card curve" aria-label={title}>
      <header className="curve-head">
        <h3>{title}</h3>
        <p className="legend">
          {note === null ? null : <span>{note}</span>}
          {baselineName === '' ? null : <span className="legend-baseline">{baselineName}</span>}
        </p>
      </header>
      <ChartCanvas options={options} theme={theme} label={describeChart(chart)} />
      {lines.length === 0 ? <p className="curve-empty">{emptyText(without)}</p> : null}
      {lines.length > 0 && without.length > 0 ? (
        <p className="curve-note">Undefined for these images: {without.join(', ')}</p>
      ) : null}
    </section>
  );
}

function emptyText(without: readonly string[]): string {
  return without.length === 0
    ? 'Choose a line above.'
    : 'Undefined: these images have nothing to tell the chosen classes apart.';
}

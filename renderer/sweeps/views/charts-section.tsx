/** The charts of a sweep. They follow it in steps of a second or two, each at its own pace, so that no two draw at once. */

import { memo, type ReactElement, useCallback } from 'react';
import type { ChartColors } from '../../ui/chart.ts';
import { ChartCanvas } from '../../ui/chart-canvas.tsx';
import { metricTitle } from '../../ui/format.ts';
import { useCalm } from '../../ui/use-calm.ts';
import type { LiveSweep } from '../derive/live-sweep.ts';
import type { Brushes } from '../derive/parallel.ts';
import { ChartCard } from './chart-card.tsx';
import { CurvesChart } from './curves-chart.tsx';
import { ImportanceCard } from './importance-card.tsx';
import { ParallelChart } from './parallel-chart.tsx';
import { ScatterCard } from './scatter-card.tsx';
import { bestOptions, timelineOptions } from './sweep-charts.ts';

export interface ChartsSectionProps {
  readonly sweep: LiveSweep;
  readonly theme: string;
  readonly brushes: Brushes;
  /** Numbers of the trials that are chosen; null for all. */
  readonly chosen: ReadonlySet<number> | null;
  /** The same function as long as it does the same. */
  readonly onBrush: (brushes: Brushes) => void;
}

const PAUSE_MS = { parallel: 1300, curves: 1900, best: 2300, scatter: 2900, timeline: 3700, importance: 10_000 };

export function ChartsSection({ sweep, theme, brushes, chosen, onBrush }: ChartsSectionProps): ReactElement {
  const forParallel = useCalm(sweep, PAUSE_MS.parallel);
  const forCurves = useCalm(sweep, PAUSE_MS.curves);
  const forBest = useCalm(sweep, PAUSE_MS.best);
  const forScatter = useCalm(sweep, PAUSE_MS.scatter);
  const forTimeline = useCalm(sweep, PAUSE_MS.timeline);
  const forImportance = useCalm(sweep, PAUSE_MS.importance);
  const hasReports = sweep.trials.some(({ best }) => best !== null);
  if (!hasReports) return <p className="muted">Charts appear with the first evaluated epoch.</p>;
  return (
    <div className="sweep-charts">
      <ParallelCard {...{ theme, brushes, onBrush }} sweep={forParallel} />
      <CurvesCard theme={theme} chosen={chosen} sweep={forCurves} />
      <BestCard theme={theme} sweep={forBest} />
      <Scatter theme={theme} chosen={chosen} sweep={forScatter} />
      <TimelineCard theme={theme} sweep={forTimeline} />
      <ImportanceCard sweep={forImportance} />
    </div>
  );
}

const Scatter = memo(ScatterCard);

type CardProps = Pick<ChartsSectionProps, 'sweep' | 'theme'>;

const ParallelCard = memo(
  ({ sweep, theme, brushes, onBrush }: Omit<ChartsSectionProps, 'chosen'>): ReactElement => (
    <ChartCard title="Everything that was drawn, and what came of it; drag along an axis to choose" isWide>
      <ParallelChart {...{ sweep, theme, brushes, onBrush }} />
    </ChartCard>
  ),
);

const CurvesCard = memo(
  ({ sweep, theme, chosen }: Pick<ChartsSectionProps, 'sweep' | 'theme' | 'chosen'>): ReactElement => (
    <ChartCard title={`${metricTitle(sweep.primary_metric)}, a line a trial`}>
      <CurvesChart {...{ sweep, theme, chosen }} />
    </ChartCard>
  ),
);

const BestCard = memo(({ sweep, theme }: CardProps): ReactElement => {
  const options = useCallback((colors: ChartColors) => bestOptions(sweep, colors), [sweep]);
  return (
    <ChartCard title="Best so far">
      <ChartCanvas options={options} theme={theme} label="Best metric after each trial" />
    </ChartCard>
  );
});

const TimelineCard = memo(({ sweep, theme }: CardProps): ReactElement => {
  const options = useCallback((colors: ChartColors) => timelineOptions(sweep, Date.now(), colors), [sweep]);
  return (
    <ChartCard title="Devices over time">
      <ChartCanvas options={options} theme={theme} label="When which trial was on which device" />
    </ChartCard>
  );
});

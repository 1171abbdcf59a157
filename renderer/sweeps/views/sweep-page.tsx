/** A sweep while it runs, and after: what was tried, what came of it, what was spared. */

import { type ReactElement, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { SweepRequest, SweepSummary } from '../../../preload/contract/sweep.ts';
import type { Chart, ChartColors } from '../../ui/chart.ts';
import { ChartCanvas } from '../../ui/chart-canvas.tsx';
import { Choice } from '../../ui/choice.tsx';
import { formatDuration, formatMetric } from '../../ui/format.ts';
import { BackIcon } from '../../ui/icons.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { importances } from '../derive/importance.ts';
import { withSweepEvent } from '../derive/live-sweep.ts';
import { axesOf } from '../derive/trial-columns.ts';
import type { SweepApi, SweepLinks } from '../sweep-api.ts';
import { bestOptions, parallelOptions, scatterOptions, timelineOptions } from './sweep-charts.ts';
import { SweepBadge } from './trial-state.tsx';
import { TrialsTable } from './trials-table.tsx';

export interface SweepPageProps {
  readonly id: string;
  readonly api: SweepApi;
  readonly links: SweepLinks;
  readonly theme: string;
}

export function SweepPage({ id, api, links, theme }: SweepPageProps): ReactElement {
  const { sweep, problem } = useSweep(id, api);
  const ask = useAction((request: SweepRequest) => api.ask(id, request));
  const resume = useAction(() => api.resume(id));
  const [brushed, setBrushed] = useState<ReadonlySet<number> | null>(null);
  if (sweep === null) {
    return problem === null ? <div aria-busy="true" /> : <Problem title="This sweep cannot be shown" text={problem} />;
  }
  return (
    <>
      <div className="page-head">
        <a className="button button-quiet back" href={links.sweeps}>
          <BackIcon /> Sweeps
        </a>
        <h1>{sweep.name ?? id}</h1>
        <SweepBadge state={sweep.state} />
        <p className="muted">{factsOf(sweep)}</p>
        <Buttons sweep={sweep} links={links} onAsk={ask.run} onResume={() => resume.run()} />
      </div>
      <Problem title="Not done" text={ask.problem ?? resume.problem ?? sweep.reason} />
      <Charts sweep={sweep} theme={theme} isBrushed={brushed !== null} onBrush={setBrushed} />
      <TrialsTable sweep={sweep} brushed={brushed} links={links} onAsk={ask.run} />
    </>
  );
}

function useSweep(id: string, api: SweepApi): { sweep: SweepSummary | null; problem: string | null } {
  const [sweep, setSweep] = useState<SweepSummary | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      try {
        for await (const event of await api.watch(id, stop.signal)) setSweep((before) => withSweepEvent(before, event));
      } catch (error) {
        if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    void follow();
    return () => stop.abort();
  }, [id, api]);
  return { sweep, problem };
}

function factsOf({ trials, plan, best, epochs, primary_metric: metric }: SweepSummary): string {
  const ended = trials.filter(({ state }) => state !== 'queued' && state !== 'running').length;
  const percent = epochs.planned === 0 ? 0 : Math.round((100 * epochs.saved) / epochs.planned);
  return [
    `${ended} of ${plan.iterations} trials by ${plan.sampling.algorithm} sampling`,
    ...(best === null ? [] : [`best ${metric} ${formatMetric(best.value)} in trial ${best.trial}`]),
    `${epochs.saved} epochs saved (${percent} %, ${formatDuration(epochs.saved_seconds)} of training)`,
  ].join(' · ');
}

interface ButtonsProps {
  readonly sweep: SweepSummary;
  readonly links: SweepLinks;
  readonly onAsk: (request: SweepRequest) => void;
  readonly onResume: () => void;
}

const MORE_TRIALS = 5;

function Buttons({ sweep: { id, state }, links, onAsk, onResume }: ButtonsProps): ReactElement {
  const isRunning = state === 'running';
  const button = (label: string, onClick: () => void) => (
    <button type="button" className="button" onClick={onClick}>
      {label}
    </button>
  );
  return (
    <div className="page-actions">
      {isRunning ? button('Pause', () => onAsk({ action: 'pause' })) : null}
      {isRunning ? button('Stop', () => onAsk({ action: 'stop' })) : null}
      {isRunning ? button('Stop now', () => onAsk({ action: 'stop-now' })) : null}
      {isRunning || state === 'completed' ? null : button('Go on', onResume)}
      {button(`Add ${MORE_TRIALS} trials`, () => onAsk({ action: 'add', count: MORE_TRIALS }))}
      <a className="button" href={links.newSweep(id)}>
        New sweep like this
      </a>
    </div>
  );
}

interface ChartsProps {
  readonly sweep: SweepSummary;
  readonly theme: string;
  /** Then the parallel coordinates stay as they are: drawn anew they would forget what was chosen. */
  readonly isBrushed: boolean;
  readonly onBrush: (trials: ReadonlySet<number> | null) => void;
}

function Charts({ sweep, theme, isBrushed, onBrush }: ChartsProps): ReactElement {
  const kept = useRef(sweep);
  if (!isBrushed) kept.current = sweep;
  const brushable = kept.current;
  const judged = useMemo(() => brushable.trials.filter(({ best }) => best !== null), [brushable]);
  const parallel = useCallback((colors: ChartColors) => parallelOptions(brushable, colors), [brushable]);
  const best = useCallback((colors: ChartColors) => bestOptions(sweep, colors), [sweep]);
  const timeline = useCallback((colors: ChartColors) => timelineOptions(sweep, Date.now(), colors), [sweep]);
  const brush = useCallback(
    (chart: Chart) => {
      const active = activeIndices(chart);
      onBrush(
        active === null || active.length === judged.length ? null : new Set(active.map((i) => judged[i]!.number)),
      );
    },
    [judged, onBrush],
  );
  if (judged.length === 0) return <p className="muted">Charts appear with the first evaluated epoch.</p>;
  return (
    <div className="sweep-charts">
      <ChartCard title="Everything that was drawn, and what came of it; drag along an axis to choose" isWide>
        <ChartCanvas
          options={parallel}
          theme={theme}
          onBrush={brush}
          label={`Parallel coordinates of ${judged.length} trials`}
        />
      </ChartCard>
      <ChartCard title="Best so far">
        <ChartCanvas options={best} theme={theme} label="Best metric after each trial" />
      </ChartCard>
      <Scatter sweep={sweep} theme={theme} />
      <ChartCard title="Devices over time">
        <ChartCanvas options={timeline} theme={theme} label="When which trial was on which device" />
      </ChartCard>
      <ImportanceCard sweep={sweep} />
    </div>
  );
}

/** Which lines of the parallel coordinates are inside every brush. */
function activeIndices(chart: Chart): number[] | null {
  const model = (chart as unknown as { getModel(): { getSeriesByIndex(i: number): unknown } }).getModel();
  const series = model.getSeriesByIndex(0) as { getRawIndicesByActiveState?(state: string): number[] };
  const active = series.getRawIndicesByActiveState?.('active') ?? [];
  const inactive = series.getRawIndicesByActiveState?.('inactive') ?? [];
  return active.length + inactive.length === 0 ? null : active;
}

function Scatter({ sweep, theme }: { sweep: SweepSummary; theme: string }): ReactElement | null {
  const axes = useMemo(() => axesOf(sweep), [sweep]);
  const [chosen, setChosen] = useState<readonly [string | null, string | null]>([null, null]);
  const x = axes.find(({ name }) => name === chosen[0]) ?? axes[0]!;
  const y = axes.find(({ name }) => name === chosen[1]) ?? axes.at(-1)!;
  const options = useCallback((colors: ChartColors) => scatterOptions(sweep, x, y, colors), [sweep, x, y]);
  const names = axes.map(({ name }) => ({ id: name, label: name }));
  return (
    <ChartCard title="One against another">
      <div className="scatter-axes">
        <Choice label="Across" options={names} value={x.name} onChange={(name) => setChosen([name, y.name])} />
        <Choice label="Up" options={names} value={y.name} onChange={(name) => setChosen([x.name, name])} />
      </div>
      <ChartCanvas options={options} theme={theme} label={`${x.name} against ${y.name}`} />
    </ChartCard>
  );
}

function ImportanceCard({ sweep }: { sweep: SweepSummary }): ReactElement | null {
  const judged = sweep.trials.filter(({ best }) => best !== null).length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a forest is grown anew for another trial, not for every epoch
  const found = useMemo(() => importances(sweep), [sweep.id, judged]);
  if (found.length === 0) return null;
  return (
    <ChartCard title="What decides about the metric">
      <table className="plain counts">
        <tbody>
          {found.map(({ name, share01 }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="count-bar">
                <Meter fraction01={share01} label={`importance of ${name}`} />
              </td>
              <td className="number">{Math.round(100 * share01)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ChartCard>
  );
}

function ChartCard(props: { title: string; isWide?: boolean; children: ReactNode }): ReactElement {
  return (
    <section
      className={props.isWide === true ? 'card panel sweep-chart wide' : 'card panel sweep-chart'}
      aria-label={props.title}
    >
      <h2>{props.title}</h2>
      {props.children}
    </section>
  );
}

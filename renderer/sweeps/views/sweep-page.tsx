/** A sweep while it runs, and after: what was tried, what came of it, what was spared. */

import { memo, type ReactElement, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { messageOf } from '../../../preload/contract/errors.ts';
import type { SweepRequest } from '../../../preload/contract/sweep.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { formatDuration, formatMetric, metricWords } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useCalm } from '../../ui/use-calm.ts';
import { type LiveSweep, withSweepEvent } from '../derive/live-sweep.ts';
import { type Brushes, chosenTrials } from '../derive/parallel.ts';
import type { SweepApi, SweepLinks } from '../sweep-api.ts';
import { ChartsSection } from './charts-section.tsx';
import { SweepBadge } from './trial-state.tsx';
import { TrialsTable } from './trials-table.tsx';

export interface SweepPageProps {
  readonly id: string;
  readonly api: SweepApi;
  readonly links: SweepLinks;
  readonly theme: string;
}

const NOTHING: Brushes = new Map();
const FOLLOW_MS = 150; // so long after it an axis that is brushed has the window to itself

/** Drawn anew for its own news alone, not for those of runs. */
export const SweepPage = memo(({ id, api, links, theme }: SweepPageProps): ReactElement => {
  const { sweep, problem } = useSweep(id, api);
  const ask = useAction((request: SweepRequest) => api.ask(id, request));
  const latestAsk = useRef(ask.run);
  latestAsk.current = ask.run;
  const onAsk = useCallback((request: SweepRequest) => latestAsk.current(request), []);
  const resume = useAction(() => api.resume(id));
  const [brushes, setBrushes] = useState(NOTHING);
  const followed = useCalm(brushes, FOLLOW_MS);
  const chosen = useMemo(() => (sweep === null ? null : chosenTrials(sweep, followed)), [sweep, followed]);
  if (sweep === null) {
    return problem === null ? <div aria-busy="true" /> : <Problem title="This sweep cannot be shown" text={problem} />;
  }
  return (
    <>
      <div className="page-head">
        <BackLink href={links.sweeps} to="Sweeps" />
        <h1>{sweep.name ?? id}</h1>
        <SweepBadge state={sweep.state} />
        <Buttons sweep={sweep} links={links} onAsk={ask.run} onResume={() => resume.run()} />
      </div>
      <p className="muted sweep-facts">{factsOf(sweep)}</p>
      <Problem title="Not done" text={ask.problem ?? resume.problem} />
      <Problem title="The sweep ended early" text={sweep.reason} />
      <ChartsSection {...{ sweep, theme, brushes, chosen }} onBrush={setBrushes} />
      <TrialsTable sweep={sweep} chosen={chosen} links={links} onAsk={onAsk} />
    </>
  );
});

function useSweep(id: string, api: SweepApi): { sweep: LiveSweep | null; problem: string | null } {
  const [sweep, setSweep] = useState<LiveSweep | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const follow = async () => {
      try {
        for await (const event of await api.watch(id, stop.signal)) setSweep((before) => withSweepEvent(before, event));
      } catch (error) {
        if (!stop.signal.aborted) setProblem(messageOf(error));
      }
    };
    void follow();
    return () => stop.abort();
  }, [id, api]);
  return { sweep, problem };
}

function factsOf({ trials, plan, best, epochs, primary_metric: metric }: LiveSweep): string {
  const ended = trials.filter(({ state }) => state !== 'queued' && state !== 'running').length;
  const percent = epochs.planned === 0 ? 0 : Math.round((100 * epochs.saved) / epochs.planned);
  return [
    `${ended} of ${plan.iterations} trials by ${plan.sampling.algorithm} sampling`,
    ...(best === null ? [] : [`best ${metricWords(metric)} ${formatMetric(best.value)} in trial ${best.trial}`]),
    `${epochs.saved} epochs saved (${percent} %, ${formatDuration(epochs.saved_seconds)} of training)`,
  ].join(' · ');
}

interface ButtonsProps {
  readonly sweep: LiveSweep;
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

/** One run: where it stands, its curves, what it was asked for, and every epoch in numbers. */

import { type ReactElement, useMemo } from 'react';
import { type RunHead, WARNING } from '../../../preload/contract/run.ts';
import type { RunProgress } from '../../../preload/contract/training.ts';
import { BackLink } from '../../ui/back-link.tsx';
import { formatMetric, formatRate, metricTitle } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { plannedEpochs } from '../derive/progress.ts';
import { type CurvedRun, learningRateSeries, lossSeries, primarySeries } from '../derive/series.ts';
import { CurveCard } from './curve-card.tsx';
import { EpochTable } from './epoch-table.tsx';
import { EvaluationSection } from './evaluation/evaluation-section.tsx';
import type { EvaluationSource } from './evaluation/use-evaluation.ts';
import { Hyperparameters } from './hyperparameters.tsx';
import { LabelEpochs } from './label-epochs.tsx';
import { LiveProgress } from './live-progress.tsx';
import type { RunActions, RunLinks } from './run-actions.ts';
import { RunFacts } from './run-facts.tsx';
import { RunStateBadge } from './run-state-badge.tsx';
import { useRunToolbar } from './run-toolbar.tsx';
import { Thresholds } from './thresholds.tsx';
import { type EpochSource, useEpochs } from './use-epochs.ts';

export interface RunPageProps {
  readonly run: RunHead;
  /** Between two epochs, of a run that the engine trains itself. */
  readonly progress: RunProgress | null;
  readonly actions: RunActions;
  readonly links: RunLinks;
  readonly theme: string;
  readonly evaluations: EvaluationSource;
  readonly curves: EpochSource;
}

export function RunPage(props: RunPageProps): ReactElement {
  const { run, progress, links, theme, evaluations, curves } = props;
  const { epochs, problem } = useEpochs(
    curves,
    useMemo(() => [run.id], [run.id]),
  );
  const curved = useMemo(() => ({ ...run, epochs: epochs.get(run.id) ?? [] }), [run, epochs]);
  const { buttons, said } = useRunToolbar(props);
  return (
    <article>
      <div className="page-head">
        <BackLink href={links.runs} to="Runs" />
        <h1>{run.id}</h1>
        <span className="run-model">{run.model}</span>
        <RunStateBadge state={run.state} />
        {buttons}
      </div>
      {said}
      <Reason run={run} />
      <Warnings notes={run.notes.filter(isWarning)} />
      {progress === null ? null : <LiveProgress progress={progress} />}
      <RunFacts run={run} />
      <Problem title="The curves cannot be shown" text={problem} />
      <Curves run={curved} theme={theme} />
      <EvaluationSection key={run.id} run={run} source={evaluations} theme={theme} />
      <div className="columns">
        <Hyperparameters params={run.params} />
        {run.thresholds === null ? null : <Thresholds thresholds={run.thresholds} />}
        <Notes notes={run.notes.filter((note) => !isWarning(note))} />
      </div>
      <LabelEpochs run={curved} />
      <EpochTable run={curved} />
    </article>
  );
}

/** Why a run ended otherwise than planned; a failure is said aloud. */
function Reason({ run }: { run: RunHead }): ReactElement | null {
  if (run.reason === null) return null;
  const isFailed = run.state === 'failed';
  return (
    <div className={isFailed ? 'reason reason-bad' : 'reason'} role={isFailed ? 'alert' : undefined}>
      <strong>{isFailed ? 'This run failed' : 'This run ended early'}</strong>
      <p>{run.reason}</p>
    </div>
  );
}

const isWarning = (note: string): boolean => note.startsWith(WARNING);

function Warnings({ notes }: { notes: readonly string[] }): ReactElement[] {
  return notes.map((note) => (
    <div className="reason" key={note}>
      <strong>Warning</strong>
      <p>{note.slice(WARNING.length)}</p>
    </div>
  ));
}

function Curves({ run, theme }: { run: CurvedRun; theme: string }): ReactElement {
  const content = useMemo(() => {
    const isOpen = run.state === 'running' || run.state === 'queued';
    const last = run.last_epoch?.epoch ?? 1;
    const shared = { lastEpoch: isOpen ? (plannedEpochs(run) ?? last) : last };
    const primary = { series: [primarySeries(run)], format: formatMetric, markedEpoch: run.primary_metric.epoch };
    return {
      loss: { ...shared, series: lossSeries(run), format: formatMetric, markedEpoch: null },
      primary: { ...shared, ...primary },
      rate: { ...shared, series: [learningRateSeries(run)], format: formatRate, markedEpoch: null },
    };
  }, [run]);
  return (
    <div className="curves">
      <CurveCard title="Loss" theme={theme} content={content.loss} />
      <CurveCard title={metricTitle(run.primary_metric.name)} theme={theme} content={content.primary} />
      <CurveCard title="Learning rate" theme={theme} content={content.rate} />
    </div>
  );
}

function Notes({ notes }: { notes: readonly string[] }): ReactElement {
  return (
    <section className="card panel" aria-label="Notes">
      <h2>Notes</h2>
      {notes.length === 0 ? <p className="muted">Nothing out of the ordinary.</p> : null}
      <ul className="notes">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </section>
  );
}

/** Trials with their curves; only rows in view are there, so that a thousand of them scroll smoothly. */

import { type ReactElement, useMemo, useRef, useState } from 'react';
import type { SweepRequest, SweepSummary, TrialSummary } from '../../../preload/contract/sweep.ts';
import { formatMetric, formatParam, MISSING } from '../../ui/format.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { rangeOf, type SortKey, sortedTrials, sparkPath } from '../derive/trial-columns.ts';
import type { SweepLinks } from '../sweep-api.ts';
import { TrialBadge } from './trial-state.tsx';

const ROW_PX = 44;
const DIGITS = 4;
const SPARK = [120, 26] as const;

export interface TrialsTableProps {
  readonly sweep: SweepSummary;
  /** Numbers of the trials to show; null for all. */
  readonly brushed: ReadonlySet<number> | null;
  readonly links: SweepLinks;
  readonly onAsk: (request: SweepRequest) => void;
}

export function TrialsTable({ sweep, brushed, links, onAsk }: TrialsTableProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<SortKey>('number');
  const trials = useMemo(() => {
    const shown = brushed === null ? sweep.trials : sweep.trials.filter(({ number }) => brushed.has(number));
    return sortedTrials(shown, sort);
  }, [sweep.trials, brushed, sort]);
  const range = useMemo(() => rangeOf(sweep.trials), [sweep.trials]);
  return (
    <section className="card trials" aria-label="Trials">
      <div className="trial trial-head">
        <SortButton label="Trial" isOn={sort === 'number'} onClick={() => setSort('number')} />
        <SortButton label="State" isOn={sort === 'state'} onClick={() => setSort('state')} />
        <span>Model</span>
        <SortButton label={sweep.primary_metric} isOn={sort === 'best'} onClick={() => setSort('best')} />
        <span>Curve</span>
        <span>Drawn</span>
        <span />
      </div>
      <div className="trials-box" ref={box}>
        <VirtualRows
          box={box}
          count={trials.length}
          rowHeightPx={ROW_PX}
          row={(i) => (
            <TrialRow
              trial={trials[i]!}
              isBest={sweep.best?.trial === trials[i]!.number}
              {...{ range, links, onAsk }}
            />
          )}
        />
      </div>
    </section>
  );
}

function SortButton({ label, isOn, onClick }: { label: string; isOn: boolean; onClick: () => void }): ReactElement {
  return (
    <button type="button" className="sort" aria-pressed={isOn} onClick={onClick}>
      {label}
    </button>
  );
}

interface TrialRowProps {
  readonly trial: TrialSummary;
  readonly isBest: boolean;
  readonly range: readonly [number, number];
  readonly links: SweepLinks;
  readonly onAsk: (request: SweepRequest) => void;
}

function TrialRow({ trial, isBest, range, links, onAsk }: TrialRowProps): ReactElement {
  const { number, state, run, model, best, values, epochs_done: done, epochs_planned: planned, reason } = trial;
  const drawn = Object.entries(trial.configuration).filter(([name]) => name !== 'model_name');
  const canRequeue = run !== null && (state === 'failed' || state === 'cancelled' || state === 'stopped');
  return (
    <div className={isBest ? 'trial trial-best' : 'trial'}>
      <span>{run === null ? number : <a href={links.run(run)}>{number}</a>}</span>
      <span title={reason ?? undefined}>
        <TrialBadge state={state} />
      </span>
      <span>{model ?? MISSING}</span>
      <span className="number">{formatMetric(best)}</span>
      <span>
        <svg width={SPARK[0]} height={SPARK[1]} role="img" aria-label={`${done} of ${planned} epochs`}>
          <path d={sparkPath(values, range, planned, SPARK)} className="spark" />
        </svg>
      </span>
      <span className="drawn" title={reason ?? undefined}>
        {drawn
          .map(
            ([name, value]) =>
              `${name} ${typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : formatParam(value)}`,
          )
          .join(' · ')}
        {trial.duplicate_of === null ? '' : ` · as trial ${trial.duplicate_of}`}
      </span>
      <span>
        {state === 'running' || state === 'queued' ? (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => onAsk({ action: 'stop-trial', trial: number })}
          >
            Stop
          </button>
        ) : null}
        {canRequeue ? (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => onAsk({ action: 'requeue', trial: number })}
          >
            Again
          </button>
        ) : null}
      </span>
    </div>
  );
}

/** Trials with their curves; only rows in view are there, so that a thousand of them scroll smoothly. */

import { memo, type ReactElement, useMemo, useRef, useState } from 'react';
import type { SweepRequest, TrialHead } from '../../../preload/contract/sweep.ts';
import { formatMetric, formatParam, MISSING, metricWords } from '../../ui/format.ts';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import type { LiveSweep } from '../derive/live-sweep.ts';
import { rangeOf, type SortKey, sortedTrials, sparkPath } from '../derive/trial-columns.ts';
import type { SweepLinks } from '../sweep-api.ts';
import { TrialBadge } from './trial-state.tsx';

const ROW_PX = 44;
const DIGITS = 4;
const SPARK = [120, 26] as const;

export interface TrialsTableProps {
  readonly sweep: LiveSweep;
  /** Numbers of the trials to show; null for all. */
  readonly chosen: ReadonlySet<number> | null;
  readonly links: SweepLinks;
  /** The same function as long as it does the same. */
  readonly onAsk: (request: SweepRequest) => void;
}

export const TrialsTable = memo(({ sweep, chosen, links, onAsk }: TrialsTableProps): ReactElement => {
  const box = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<SortKey>('number');
  const trials = useMemo(() => {
    const shown = chosen === null ? sweep.trials : sweep.trials.filter(({ number }) => chosen.has(number));
    return sortedTrials(shown, sort);
  }, [sweep.trials, chosen, sort]);
  const [low, high] = rangeOf(sweep.trials);
  const range = useMemo(() => [low, high] as const, [low, high]); // the same for rows until it is another
  return (
    <section className="card trials" aria-label="Trials">
      <div className="trial trial-head">
        <SortButton label="Trial" isOn={sort === 'number'} onClick={() => setSort('number')} />
        <SortButton label="State" isOn={sort === 'state'} onClick={() => setSort('state')} />
        <span>Model</span>
        <SortButton
          label={`Best ${metricWords(sweep.primary_metric)}`}
          isOn={sort === 'best'}
          onClick={() => setSort('best')}
        />
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
              {...{ range, links }}
              onAsk={onAsk}
            />
          )}
        />
      </div>
    </section>
  );
});

function SortButton({ label, isOn, onClick }: { label: string; isOn: boolean; onClick: () => void }): ReactElement {
  return (
    <button type="button" className="sort" aria-pressed={isOn} onClick={onClick}>
      {label}
    </button>
  );
}

interface TrialRowProps {
  readonly trial: TrialHead;
  readonly isBest: boolean;
  readonly range: readonly [number, number];
  readonly links: SweepLinks;
  readonly onAsk: (request: SweepRequest) => void;
}

const TrialRow = memo(({ trial, isBest, range, links, onAsk }: TrialRowProps): ReactElement => {
  const { number, state, run, model, best, curve, epochs_done: done, epochs_planned: planned, reason } = trial;
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
          <path d={sparkPath(curve, range, planned, SPARK)} className="spark" />
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
});

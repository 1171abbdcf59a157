/** One run in the table. Every value keeps its place when it is missing, so nothing moves while runs go on. */

import { memo, type ReactElement } from 'react';
import type { RunHead } from '../../../preload/contract/run.ts';
import { formatDuration, formatMetric, formatRate, formatTime, MISSING } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Tick } from '../../ui/tick.tsx';
import { doneFraction01, plannedEpochs, secondsLeft } from '../derive/progress.ts';
import { sparkline } from '../derive/series.ts';
import { RunStateBadge } from './run-state-badge.tsx';

const SPARKLINE_PX = { width: 88, height: 22 };

export interface RunRowProps {
  readonly run: RunHead;
  readonly href: string;
  readonly isBest: boolean;
  readonly isChosen: boolean;
  /** The same function until something changes. */
  readonly onChoose: (id: string, isChosen: boolean) => void;
}

function RunRowBody({ run, href, isBest, isChosen, onChoose }: RunRowProps): ReactElement {
  const last = run.last_epoch;
  return (
    <tr className={run.state === 'failed' ? 'run-row run-row-failed' : 'run-row'}>
      <td className="cell-choose">
        <Tick isOn={isChosen} onChange={(isOn) => onChoose(run.id, isOn)} label={`Compare ${run.id}`} />
      </td>
      <th scope="row">
        <a className="run-link" href={href}>
          {run.id}
        </a>
        <small>{formatTime(run.created_at_ms)}</small>
      </th>
      <td className="cell-state">
        <RunStateBadge state={run.state} />
        {run.reason === null ? null : <small title={run.reason}>{run.reason}</small>}
      </td>
      <td>
        {run.model}
        <small>{run.device}</small>
      </td>
      <td className={isBest ? 'number number-best' : 'number'}>
        {formatMetric(run.primary_metric.best)}
        <small>{bestNote(run, isBest)}</small>
      </td>
      <td>
        <Sparkline run={run} />
      </td>
      <td className="cell-progress">
        <Meter fraction01={doneFraction01(run)} label={`Progress of ${run.id}`} isBusy={run.state === 'running'} />
        <small>{progressNote(run)}</small>
      </td>
      <td className="number">{formatMetric(last?.train_loss)}</td>
      <td className="number">{formatRate(last?.learning_rate)}</td>
      <td className="number">{last === null ? MISSING : Math.round(last.images_per_second)}</td>
      <td className="number">{last === null ? MISSING : formatDuration(run.seconds)}</td>
    </tr>
  );
}

/** Drawn again only when something that it shows changed. */
export const RunRow = memo(RunRowBody);

function bestNote(run: RunHead, isBest: boolean): string {
  if (run.primary_metric.epoch === null) return '';
  return isBest ? `best · epoch ${run.primary_metric.epoch}` : `epoch ${run.primary_metric.epoch}`;
}

function progressNote(run: RunHead): string {
  const done = `${run.last_epoch?.epoch ?? 0} / ${plannedEpochs(run) ?? '?'}`;
  const left = secondsLeft(run);
  return left === null ? done : `${done} · ${formatDuration(left)} left`;
}

function Sparkline({ run }: { run: RunHead }): ReactElement {
  const path = sparkline(run.curve, SPARKLINE_PX.width, SPARKLINE_PX.height);
  return (
    <svg className="sparkline" {...SPARKLINE_PX} aria-hidden="true">
      {path === null ? null : <path d={path} />}
    </svg>
  );
}

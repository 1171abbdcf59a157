import type { ReactElement } from 'react';
import type { RunHead } from '../../../preload/contract/run.ts';
import { formatDuration, formatMetric, formatTime, MISSING, metricWords } from '../../ui/format.ts';
import { plannedEpochs, secondsLeft } from '../derive/progress.ts';

/** The few numbers a person looks for first, each in a place of its own. */
export function RunFacts({ run }: { run: RunHead }): ReactElement {
  const last = run.last_epoch;
  const left = secondsLeft(run);
  const facts = [
    {
      name: `Best ${metricWords(run.primary_metric.name)}`,
      value: formatMetric(run.primary_metric.best),
      note: bestNote(run),
    },
    { name: 'Epoch', value: `${last?.epoch ?? 0} / ${plannedEpochs(run) ?? '?'}`, note: leftNote(left) },
    { name: 'Train loss', value: formatMetric(last?.train_loss), note: 'latest epoch' },
    { name: 'Speed', value: last === null ? MISSING : String(Math.round(last.images_per_second)), note: 'images/s' },
    {
      name: 'Training time',
      value: last === null ? MISSING : formatDuration(run.seconds),
      note: last === null ? '' : `${formatDuration(last.seconds)} an epoch`,
    },
    {
      name: run.state === 'queued' ? 'Asked for' : 'Started',
      value: formatTime(run.created_at_ms),
      note: `on ${run.device}`,
    },
  ];
  return (
    <dl className="facts card">
      {facts.map(({ name, value, note }) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd className="fact-note">{note}</dd>
        </div>
      ))}
    </dl>
  );
}

function bestNote(run: RunHead): string {
  return run.primary_metric.epoch === null ? 'not evaluated yet' : `at epoch ${run.primary_metric.epoch}`;
}

function leftNote(left: number | null): string {
  return left === null ? '' : `about ${formatDuration(left)} left`;
}

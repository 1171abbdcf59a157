/** How far something is, how long it will still take, and the way to end it. */

import type { ReactElement } from 'react';
import type { TransferProgress } from '../../../preload/contract/transfers.ts';
import { formatCount, formatPlural } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { fraction01, paceWords } from '../../ui/pace.ts';

export interface ProgressCardProps {
  readonly title: string;
  readonly progress: TransferProgress | null;
  readonly isStopping?: boolean;
  readonly onStop: () => void;
  /** What stopping leaves. */
  readonly note: string;
}

export function ProgressCard({ title, progress, isStopping = false, onStop, note }: ProgressCardProps): ReactElement {
  return (
    <section className="card panel transfer-progress" aria-label="Progress">
      <h2>{title}</h2>
      <Meter fraction01={progress === null ? 0 : (fraction01(progress) ?? 0)} label={title} isBusy />
      <p role="status">{progress === null ? 'Beginning …' : wordsOf(progress)}</p>
      <div className="transfer-actions">
        <p className="muted">{note}</p>
        <button type="button" className="button" disabled={isStopping} onClick={onStop}>
          {isStopping ? 'Stopping …' : 'Stop'}
        </button>
      </div>
    </section>
  );
}

function wordsOf(progress: TransferProgress): string {
  const { of, done, total, already_present, skipped } = progress;
  if (of === 'frames') {
    const count =
      total === null ? formatPlural(done, 'frame') : `${formatCount(done)} of about ${formatPlural(total, 'frame')}`;
    return `${count} taken out of the video · ${paceWords(progress)}`;
  }
  return [
    total === null ? `${formatPlural(done, 'record')} so far` : `${formatCount(done)} of ${formatCount(total)}`,
    ...(already_present > 0 ? [`${formatCount(already_present)} already there`] : []),
    ...(skipped > 0 ? [`${formatCount(skipped)} left out`] : []),
    paceWords(progress),
  ].join(' · ');
}

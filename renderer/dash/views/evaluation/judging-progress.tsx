/** How far the judging of a run's model is, and the way to end it. */

import type { ReactElement } from 'react';
import { Meter } from '../../../ui/meter.tsx';
import { fraction01, type Pace, paceWords } from '../../../ui/pace.ts';

export interface JudgingProgressProps {
  /** What it is judged on, in words. */
  readonly on: string;
  /** Null before the first pictures. */
  readonly pace: Pace | null;
  readonly onStop: () => void;
}

export function JudgingProgress({ on, pace, onStop }: JudgingProgressProps): ReactElement {
  const done01 = pace === null ? 0 : (fraction01(pace) ?? 0);
  const title = `Judging the model on ${on}`;
  return (
    <section className="card panel live-progress" aria-label="Progress">
      <Meter fraction01={done01} label={title} isBusy />
      <p role="status">
        {pace === null ? `${title} …` : `${title} · ${Math.round(100 * done01)} % · ${paceWords(pace)}`}
      </p>
      <button type="button" className="button" onClick={onStop}>
        Stop
      </button>
    </section>
  );
}

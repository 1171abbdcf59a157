import type { ReactElement } from 'react';
import type { RunProgress } from '../../../preload/contract/training.ts';
import { formatDuration, formatMetric } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';

/** How far a run is within its epoch, while it trains. */
export function LiveProgress({ progress }: { progress: RunProgress }): ReactElement {
  const { epoch, epochs, phase, step, steps, loss, images_per_second: pace, remaining_ms: left } = progress;
  const words = [
    `Epoch ${epoch} of ${epochs}`,
    `${phase} ${step} / ${steps}`,
    ...(loss === null ? [] : [`loss ${formatMetric(loss)}`]),
    ...(pace === null ? [] : [`${Math.round(pace)} images/s`]),
    ...(left === null ? [] : [`about ${formatDuration(left / 1000)} left`]),
  ];
  return (
    <section className="card panel live-progress" aria-label="Progress">
      <Meter fraction01={steps === 0 ? 0 : step / steps} label={`Progress of epoch ${epoch}`} isBusy />
      <p>{words.join(' · ')}</p>
    </section>
  );
}

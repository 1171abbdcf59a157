import type { ReactElement } from 'react';
import { formatDuration, formatMetric, formatRate } from '../../ui/format.ts';
import { HeadRow } from '../../ui/head-row.tsx';
import { type CurvedRun, metricNames } from '../derive/series.ts';

/** The curves in numbers, latest epoch first. */
export function EpochTable({ run }: { run: CurvedRun }): ReactElement | null {
  if (run.epochs.length === 0) return null;
  const metrics = metricNames(run);
  return (
    <details className="card panel epochs">
      <summary>Epochs in numbers</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Epochs in numbers" tabIndex={0}>
        <table className="plain numbers">
          <thead>
            <HeadRow titles={['epoch', 'train_loss', ...metrics, 'learning_rate', 'seconds', 'images/s']} />
          </thead>
          <tbody>
            {run.epochs.toReversed().map((row) => (
              <tr key={row.epoch} className={row.epoch === run.primary_metric.epoch ? 'row-best' : undefined}>
                <th scope="row">{row.epoch}</th>
                <td>{formatMetric(row.train_loss)}</td>
                {metrics.map((name) => (
                  <td key={name}>{formatMetric(row.metrics[name])}</td>
                ))}
                <td>{formatRate(row.learning_rate)}</td>
                <td>{formatDuration(row.seconds)}</td>
                <td>{Math.round(row.images_per_second)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

import type { ReactElement } from 'react';
import type { RunThresholds } from '../../../preload/contract/run.ts';
import { formatCount, formatMetric } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';

/** From which probability on each class counts as there, where an image may have several of them. */
export function Thresholds({ thresholds }: { thresholds: RunThresholds }): ReactElement {
  return (
    <section className="card panel" aria-label="Thresholds">
      <h2>Thresholds</h2>
      <p className="muted">
        Tuned on the validation images for the model of epoch {thresholds.epoch}. Metrics are computed at 0.5.
      </p>
      <table className="plain counts thresholds">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col" colSpan={2}>
              Predicted from
            </th>
            <th scope="col" className="number">
              F1 there
            </th>
            <th scope="col" className="number">
              Images
            </th>
          </tr>
        </thead>
        <tbody>
          {thresholds.classes.map(({ label, threshold, f1, positives, is_tuned }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="count-bar">
                <Meter fraction01={threshold} label={`Threshold of ${label}`} />
              </td>
              <td>
                {formatMetric(threshold)}
                {is_tuned ? null : <small className="muted"> not tuned</small>}
              </td>
              <td className="number">{formatMetric(f1)}</td>
              <td className="number">{formatCount(positives)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

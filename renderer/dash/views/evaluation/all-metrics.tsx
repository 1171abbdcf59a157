import type { ReactElement } from 'react';
import type { AnyEvaluation } from '../../../../preload/contract/any-evaluation.ts';
import { formatMetric } from '../../../ui/format.ts';
import { everyMetric, formatInterval } from '../../derive/evaluation.ts';

/** Every metric under the name that files and commands use. */
export function AllMetrics({ evaluation }: { evaluation: AnyEvaluation }): ReactElement {
  return (
    <details className="card panel epochs">
      <summary>All metrics by name</summary>
      <table className="plain metrics">
        <thead>
          <tr>
            <th scope="col">metric</th>
            <th scope="col">value</th>
            <th scope="col">interval</th>
          </tr>
        </thead>
        <tbody>
          {everyMetric(evaluation).map(({ metric, value, interval }) => (
            <tr key={metric}>
              <th scope="row">
                <code>{metric}</code>
              </th>
              <td>{formatMetric(value)}</td>
              <td className="muted">{formatInterval(interval)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

import type { ReactElement } from 'react';
import { formatParam } from '../../ui/format.ts';

/** Every hyperparameter a run used, by name. */
export function Hyperparameters({ params }: { params: Readonly<Record<string, unknown>> }): ReactElement {
  const names = Object.keys(params).toSorted();
  return (
    <section className="card panel" aria-label="Hyperparameters">
      <h2>Hyperparameters</h2>
      <table className="plain">
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formatParam(params[name])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

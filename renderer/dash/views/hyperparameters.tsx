import type { ReactElement } from 'react';
import { formatParam } from '../../ui/format.ts';

/** Every hyperparameter a run used, by name, in as many columns as there is room for. */
export function Hyperparameters({ params }: { params: Readonly<Record<string, unknown>> }): ReactElement {
  const names = Object.keys(params).toSorted();
  return (
    <section className="card panel hyperparameters" aria-label="Hyperparameters">
      <h2>Hyperparameters</h2>
      <dl>
        {names.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{formatParam(params[name])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What every class was worth epoch by epoch, where objects are looked for. */

import { type ReactElement, useState } from 'react';
import type { EpochLabel } from '../../../preload/contract/run.ts';
import { formatMetric } from '../../ui/format.ts';
import { HeadRow } from '../../ui/head-row.tsx';
import type { CurvedRun } from '../derive/series.ts';

type Score = Exclude<keyof EpochLabel, 'label'>;

const SCORES: { readonly [S in Score]: string } = {
  average_precision: 'Average precision',
  precision: 'Precision',
  recall: 'Recall',
};

/** Latest epoch first; nothing for a run whose epochs have no such numbers. */
export function LabelEpochs({ run }: { run: CurvedRun }): ReactElement | null {
  const [score, setScore] = useState<Score>('average_precision');
  const rows = run.epochs.flatMap(({ epoch, per_label_metrics: labels }) =>
    labels === null ? [] : [{ epoch, labels }],
  );
  const [first] = rows;
  if (first === undefined) return null;
  return (
    <details className="card panel epochs">
      <summary>Classes by epoch</summary>
      <fieldset className="switch">
        <legend className="visually-hidden">Score shown</legend>
        {(Object.keys(SCORES) as Score[]).map((name) => (
          <button key={name} type="button" aria-pressed={name === score} onClick={() => setScore(name)}>
            {SCORES[name]}
          </button>
        ))}
      </fieldset>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="scroll" aria-label="Classes by epoch" tabIndex={0}>
        <table className="plain numbers">
          <thead>
            <HeadRow titles={['epoch', ...first.labels.map(({ label }) => label)]} />
          </thead>
          <tbody>
            {rows.toReversed().map(({ epoch, labels }) => (
              <tr key={epoch} className={epoch === run.primary_metric.epoch ? 'row-best' : undefined}>
                <th scope="row">{epoch}</th>
                {labels.map((row) => (
                  <td key={row.label}>{formatMetric(row[score])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

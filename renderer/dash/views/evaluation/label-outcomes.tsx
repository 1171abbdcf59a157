/** Per class, what was found, missed and falsely reported, where images may have several classes. */

import { type CSSProperties, type ReactElement, useState } from 'react';
import type { Evaluation } from '../../../../preload/contract/evaluation.ts';
import { formatCount, MISSING } from '../../../ui/format.ts';
import { HeadRow } from '../../../ui/head-row.tsx';
import { type LabelOutcome, labelOutcomes } from '../../derive/confusion.ts';

type Shown = 'images' | 'shares';

export function LabelOutcomes({ evaluation }: { evaluation: Evaluation }): ReactElement {
  const [shown, setShown] = useState<Shown>('images');
  return (
    <section className="card panel confusion" aria-label="Confusion by class">
      <header className="panel-head">
        <h3>Confusion by class</h3>
        <fieldset className="switch">
          <legend className="visually-hidden">Cells show</legend>
          <button type="button" aria-pressed={shown === 'images'} onClick={() => setShown('images')}>
            Images
          </button>
          <button type="button" aria-pressed={shown === 'shares'} onClick={() => setShown('shares')}>
            Shares
          </button>
        </fieldset>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="matrix-scroll" aria-label="Confusion by class, cells" tabIndex={0}>
        <table className="matrix outcomes">
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={2}>
                of images with the class
              </th>
              <th scope="colgroup" colSpan={2}>
                of images without it
              </th>
            </tr>
            <HeadRow titles={['Class', 'found', 'missed', 'false alarms', 'rightly not']} />
          </thead>
          <tbody>
            {labelOutcomes(evaluation).map((outcome) => (
              <OutcomeRow key={outcome.name} outcome={outcome} shown={shown} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function OutcomeRow({ outcome, shown }: { outcome: LabelOutcome; shown: Shown }): ReactElement {
  const { name, found, missed, falseAlarms, rightlyNot } = outcome;
  const [having, without] = [found + missed, falseAlarms + rightlyNot];
  return (
    <tr>
      <th scope="row" title={name}>
        {name}
      </th>
      <OutcomeCell count={found} of={having} isRight shown={shown} />
      <OutcomeCell count={missed} of={having} shown={shown} />
      <OutcomeCell count={falseAlarms} of={without} shown={shown} />
      <OutcomeCell count={rightlyNot} of={without} isRight shown={shown} />
    </tr>
  );
}

function OutcomeCell(props: { count: number; of: number; shown: Shown; isRight?: boolean }): ReactElement {
  const { count, of, shown, isRight = false } = props;
  const share01 = of === 0 ? 0 : count / of;
  const kind = isRight ? 'cell-right' : 'cell-wrong';
  return (
    <td className={count === 0 ? `${kind} cell-none` : kind} style={{ '--depth': share01 } as CSSProperties}>
      {shown === 'images' ? formatCount(count) : of === 0 ? MISSING : `${Math.round(100 * share01)} %`}
    </td>
  );
}

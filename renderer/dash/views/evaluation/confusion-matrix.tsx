/** Who is taken for whom, as a matrix to switch between images and shares, with the most frequent mistakes in words. */

import { type CSSProperties, type ReactElement, useMemo, useState } from 'react';
import { formatCount, formatPlural } from '../../../ui/format.ts';
import {
  type Confused,
  type ConfusionCell,
  type ConfusionView,
  confusedPairs,
  confusionView,
} from '../../derive/confusion.ts';

const PAIRS_TOLD = 5;

/** Longer names stand upright above their column. */
const SHORT_NAME = 4;

type Shown = 'images' | 'shares';

/** What is counted in the cells. */
type Counted = 'image' | 'object';

export interface ConfusionMatrixProps {
  readonly evaluation: Confused;
  readonly counted?: Counted;
}

export function ConfusionMatrix({ evaluation, counted = 'image' }: ConfusionMatrixProps): ReactElement | null {
  const [shown, setShown] = useState<Shown>('images');
  const view = useMemo(() => confusionView(evaluation), [evaluation]);
  if (view === null) return null;
  return (
    <section className="card panel confusion" aria-label="Confusion matrix">
      <header className="panel-head">
        <h3>Confusion matrix</h3>
        <fieldset className="switch">
          <legend className="visually-hidden">Cells show</legend>
          <button type="button" aria-pressed={shown === 'images'} onClick={() => setShown('images')}>
            {counted === 'image' ? 'Images' : 'Objects'}
          </button>
          <button type="button" aria-pressed={shown === 'shares'} onClick={() => setShown('shares')}>
            Share of row
          </button>
        </fieldset>
      </header>
      {view.leftOut > 0 ? (
        <p className="muted">
          The {view.names.length} classes with the most mistakes; {formatPlural(view.leftOut, 'class', 'classes')} left
          out.
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="matrix-scroll" aria-label="Confusion matrix cells" tabIndex={0}>
        <Matrix view={view} shown={shown} counted={counted} />
      </section>
      <Pairs evaluation={evaluation} />
    </section>
  );
}

interface MatrixProps {
  readonly view: ConfusionView;
  readonly shown: Shown;
  readonly counted: Counted;
}

function Matrix({ view: { names, rows, most }, shown, counted }: MatrixProps): ReactElement {
  return (
    <table className={names.some(({ length }) => length > SHORT_NAME) ? 'matrix matrix-upright' : 'matrix'}>
      <caption className="visually-hidden">Rows are true classes, columns predicted ones</caption>
      <thead>
        <tr>
          <th className="matrix-corner">predicted → true ↓</th>
          {names.map((name) => (
            <th key={name} scope="col" title={name}>
              <span>{name}</span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={names[i]}>
            <th scope="row" title={names[i]}>
              {names[i]}
            </th>
            {row.map((cell, j) => (
              <Cell
                key={names[j]}
                cell={cell}
                shown={shown}
                most={most}
                title={titleOf(cell, names[i]!, names[j]!, counted)}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell(props: { cell: ConfusionCell; shown: Shown; most: number; title: string }): ReactElement {
  const { cell, shown, most, title } = props;
  const depth01 = shown === 'images' ? cell.count / most : cell.share01;
  const kind = cell.isRight ? 'cell-right' : 'cell-wrong';
  const text = shown === 'images' ? formatCount(cell.count) : shareText(cell);
  return (
    <td
      className={cell.count === 0 ? `${kind} cell-none` : kind}
      style={{ '--depth': depth01 } as CSSProperties}
      title={title}
    >
      {text}
    </td>
  );
}

const shareText = ({ count, share01 }: ConfusionCell): string =>
  count === 0 ? '0' : share01 < 0.005 ? '<1 %' : `${Math.round(100 * share01)} %`;

function titleOf(
  { count, share01, isRight }: ConfusionCell,
  truth: string,
  predicted: string,
  counted: Counted,
): string {
  const share = `${(100 * share01).toFixed(1)} % of “${truth}”`;
  const images = formatPlural(count, counted);
  return isRight
    ? `${images} of “${truth}” right, ${share}`
    : `${images} of “${truth}” taken for “${predicted}”, ${share}`;
}

function Pairs({ evaluation }: { evaluation: Confused }): ReactElement {
  const pairs = confusedPairs(evaluation, PAIRS_TOLD);
  if (pairs.length === 0) return <p className="muted">No mistakes.</p>;
  return (
    <>
      <h4>Most frequent mistakes</h4>
      <ul className="notes">
        {pairs.map(({ truth, predicted, count, images }) => (
          <li key={`${truth}\n${predicted}`}>
            “{truth}” taken for “{predicted}”: {formatCount(count)} of {formatCount(images)}
          </li>
        ))}
      </ul>
    </>
  );
}

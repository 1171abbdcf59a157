/** Several runs side by side: their curves in one chart each, what they differ in, where they ended. */

import { type ReactElement, useMemo, useState } from 'react';
import type { RunHead } from '../../../../preload/contract/run.ts';
import { BackLink } from '../../../ui/back-link.tsx';
import { formatMetric } from '../../../ui/format.ts';
import { Notice } from '../../../ui/notice.tsx';
import { Problem } from '../../../ui/problem.tsx';
import { Tick } from '../../../ui/tick.tsx';
import { type ComparedRow, comparedCurves, comparedResults, comparedSettings } from '../../derive/comparison.ts';
import { CurveCard } from '../curve-card.tsx';
import type { RunLinks } from '../run-actions.ts';
import { type EpochSource, useEpochs } from '../use-epochs.ts';

export interface ComparePageProps {
  readonly runs: readonly RunHead[];
  /** Asked for, and not in the project. */
  readonly missing: readonly string[];
  readonly links: RunLinks;
  readonly theme: string;
  readonly epochs: EpochSource;
}

export function ComparePage({ runs: heads, missing, links, theme, epochs: source }: ComparePageProps): ReactElement {
  const ids = useMemo(() => heads.map(({ id }) => id), [heads]);
  const { epochs, problem } = useEpochs(source, ids);
  const runs = useMemo(() => heads.map((run) => ({ ...run, epochs: epochs.get(run.id) ?? [] })), [heads, epochs]);
  const [showsAll, setShowsAll] = useState(false);
  const curves = useMemo(() => {
    const longest = Math.max(1, ...runs.map((run) => run.last_epoch?.epoch ?? 1));
    return comparedCurves(runs).map(({ title, series }) => ({
      title,
      content: { series, lastEpoch: longest, format: formatMetric, markedEpoch: null },
    }));
  }, [runs]);
  if (runs.length === 0) return <Notice title="Nothing to compare" text={`There is no run ${missing.join(', ')}.`} />;
  const rows = comparedSettings(runs);
  const shown = rows.filter(({ differs }) => showsAll || differs);
  return (
    <article>
      <div className="page-head">
        <BackLink href={links.runs} to="Runs" />
        <h1>{runs.map(({ id }) => id).join(' and ')}</h1>
        {missing.length > 0 ? <p className="muted">not in this project: {missing.join(', ')}</p> : null}
      </div>
      <Problem title="The curves cannot be shown" text={problem} />
      <div className="curves">
        {curves.map(({ title, content }) => (
          <CurveCard key={title} title={title} theme={theme} content={content} />
        ))}
      </div>
      <div className="columns">
        <ComparedTable
          title="Results"
          note="metrics of each run's best epoch"
          runs={runs}
          rows={comparedResults(runs)}
          links={links}
        />
        <ComparedTable
          title="Settings"
          note={`${rows.filter(({ differs }) => differs).length} of ${rows.length} differ`}
          runs={runs}
          rows={shown}
          links={links}
          control={
            <Tick isOn={showsAll} onChange={setShowsAll}>
              Show those alike
            </Tick>
          }
        />
      </div>
    </article>
  );
}

interface ComparedTableProps {
  readonly title: string;
  readonly note: string;
  readonly runs: readonly RunHead[];
  readonly rows: readonly ComparedRow[];
  readonly links: RunLinks;
  readonly control?: ReactElement;
}

function ComparedTable({ title, note, runs, rows, links, control }: ComparedTableProps): ReactElement {
  return (
    <section className="card panel compared" aria-label={title}>
      <header className="panel-head">
        <h2>{title}</h2>
        <p className="muted">{note}</p>
        {control}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <section className="scroll-x" aria-label={`${title}, run by run`} tabIndex={0}>
        <table className="plain numbers">
          <thead>
            <tr>
              <td />
              {runs.map(({ id }) => (
                <th key={id} scope="col">
                  <a href={links.run(id)}>{id}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, values, differs }) => (
              <tr key={name} className={differs ? 'row-differs' : undefined}>
                <th scope="row">{name}</th>
                {values.map((value, at) => (
                  <td key={runs[at]!.id}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

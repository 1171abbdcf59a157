import { type ReactElement, useCallback, useState } from 'react';
import type { RunHead } from '../../../preload/contract/run.ts';
import { formatMetric, formatPlural, metricWords } from '../../ui/format.ts';
import { CurveIcon, PlusIcon } from '../../ui/icons.tsx';
import { Notice } from '../../ui/notice.tsx';
import { bestRun } from '../derive/runs-table.ts';
import type { RunLinks } from './run-actions.ts';
import { RunsTable } from './runs-table.tsx';

export interface RunsPageProps {
  /** Null until the engine has told them. */
  readonly runs: readonly RunHead[] | null;
  readonly links: RunLinks;
}

/** All runs of the project, or how to start the first. */
export function RunsPage({ runs, links }: RunsPageProps): ReactElement {
  const { chosen, choose } = useChosen();
  if (runs === null) return <RunsSkeleton />;
  if (runs.length === 0) return <NoRuns links={links} />;
  const compared = runs.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
        <p className="muted">{summaryOf(runs)}</p>
        <div className="page-actions">
          {compared.length >= 2 ? (
            <a className="button" href={links.compare(compared)}>
              Compare {compared.length} runs
            </a>
          ) : null}
          <a className="button button-main" href={links.newRun(null)}>
            <PlusIcon /> New run
          </a>
        </div>
      </div>
      <RunsTable runs={runs} hrefOf={links.run} chosen={chosen} onChoose={choose} />
    </>
  );
}

function useChosen(): { chosen: ReadonlySet<string>; choose: (id: string, isChosen: boolean) => void } {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const choose = useCallback((id: string, isChosen: boolean) => {
    setChosen((before) => {
      const others = [...before].filter((other) => other !== id);
      return new Set(isChosen ? [...others, id] : others);
    });
  }, []);
  return { chosen, choose };
}

function summaryOf(runs: readonly RunHead[]): string {
  const running = runs.filter(({ state }) => state === 'running').length;
  const best = bestRun(runs);
  const parts = [formatPlural(runs.length, 'run')];
  if (running > 0) parts.push(`${running} running`);
  if (best !== null) {
    parts.push(`best ${metricWords(best.primary_metric.name)} ${formatMetric(best.primary_metric.best)} in ${best.id}`);
  }
  return parts.join(' · ');
}

function NoRuns({ links }: { links: RunLinks }): ReactElement {
  return (
    <Notice
      icon={<CurveIcon />}
      title="No runs yet"
      text="Train a model on the images of this project; its curves appear here while it learns."
      action={
        <a className="button button-main" href={links.newRun(null)}>
          <PlusIcon /> New run
        </a>
      }
    />
  );
}

function RunsSkeleton(): ReactElement {
  return (
    <div role="status" aria-label="Loading the runs">
      <div className="page-head">
        <h1>Runs</h1>
      </div>
      <div className="card runs-loading">
        {[0, 1, 2, 3].map((row) => (
          <div key={row} className="skeleton" />
        ))}
      </div>
    </div>
  );
}

import type { ReactElement } from 'react';
import type { RunSummary } from '../../../preload/contract/run.ts';
import { formatMetric, formatPlural } from '../../ui/format.ts';
import { CurveIcon } from '../../ui/icons.tsx';
import { Notice } from '../../ui/notice.tsx';
import { bestRun } from '../derive/runs-table.ts';
import { RunsTable } from './runs-table.tsx';

export interface RunsPageProps {
  /** Null until the engine has told them. */
  readonly runs: readonly RunSummary[] | null;
  readonly projectFolder: string;
  readonly hrefOf: (id: string) => string;
}

/** All runs of the project, or how to start the first. */
export function RunsPage({ runs, projectFolder, hrefOf }: RunsPageProps): ReactElement {
  if (runs === null) return <RunsSkeleton />;
  if (runs.length === 0) return <NoRuns folder={projectFolder} />;
  return (
    <>
      <div className="page-head">
        <h1>Runs</h1>
        <p className="muted">{summaryOf(runs)}</p>
      </div>
      <RunsTable {...{ runs, hrefOf }} />
    </>
  );
}

function summaryOf(runs: readonly RunSummary[]): string {
  const running = runs.filter(({ state }) => state === 'running').length;
  const best = bestRun(runs);
  const parts = [formatPlural(runs.length, 'run')];
  if (running > 0) parts.push(`${running} running`);
  if (best !== null) {
    parts.push(`best ${best.primary_metric.name} ${formatMetric(best.primary_metric.best)} in ${best.id}`);
  }
  return parts.join(' · ');
}

function NoRuns({ folder }: { folder: string }): ReactElement {
  return (
    <Notice
      icon={<CurveIcon />}
      title="No runs yet"
      text="Train a model from the command line; its curves appear here while it learns."
      commands={[`lightbench train ${quoted(folder)} --model mobilenetv2`]}
    />
  );
}

/** A folder as a shell takes it. */
function quoted(folder: string): string {
  return /^[\w./:\\-]+$/.test(folder) ? folder : `"${folder}"`;
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

/** The project at a glance. */

import type { ReactElement } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import type { RunHead } from '../../../preload/contract/run.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { formatCount, formatPlural, formatTask } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { splitWords } from '../../ui/split-words.ts';
import { type NextStep, nextSteps } from '../derive/next-steps.ts';
import { Maintenance } from './maintenance.tsx';
import type { ProjectActions, ProjectLinks } from './project-actions.ts';

export interface ProjectPageProps {
  readonly project: ProjectOverview;
  readonly runs: readonly RunHead[];
  readonly actions: ProjectActions;
  readonly links: ProjectLinks;
}

/** What is in the project, what is missing, and what to do next. */
export function ProjectPage({ project, runs, actions, links }: ProjectPageProps): ReactElement {
  return (
    <>
      <div className="page-head">
        <h1>{project.name}</h1>
        <p className="muted">
          {formatTask(project.task)} · <span className="path">{project.folder}</span>
        </p>
        <div className="page-actions">
          <a className="button" href={links.projects}>
            All projects
          </a>
        </div>
      </div>
      <NextSteps steps={nextSteps(project, runs)} runs={runs} links={links} />
      {project.image_count === 0 ? null : <Counts project={project} />}
      <Maintenance key={project.folder} name={project.name} folder={project.folder} actions={actions} />
    </>
  );
}

const URGENCY: { readonly [U in NextStep['urgency']]: readonly [Tone, string] } = {
  now: ['bad', 'first'],
  soon: ['warn', 'soon'],
  later: ['quiet', 'then'],
};

interface NextStepsProps {
  readonly steps: readonly NextStep[];
  readonly runs: readonly RunHead[];
  readonly links: ProjectLinks;
}

function NextSteps({ steps, runs, links }: NextStepsProps): ReactElement {
  return (
    <section className="card panel next-steps" aria-label="What to do next">
      <h2>What to do next</h2>
      {steps.length === 0 ? <p className="muted">Nothing is missing.</p> : null}
      <ol>
        {steps.map(({ text, where, urgency }) => (
          <li key={text}>
            <Badge tone={URGENCY[urgency][0]}>{URGENCY[urgency][1]}</Badge>
            <a href={hrefOf(where, runs, links)}>{text}</a>
          </li>
        ))}
      </ol>
    </section>
  );
}

function hrefOf(where: NextStep['where'], runs: readonly RunHead[], links: ProjectLinks): string {
  switch (where) {
    case 'data':
      return links.data;
    case 'import':
      return links.importData;
    case 'label':
      return links.label;
    case 'new-run':
      return links.newRun;
    case 'runs':
      return links.runs;
    case 'best-run': {
      const best = runs.toSorted((a, b) => (b.primary_metric.best ?? -1) - (a.primary_metric.best ?? -1))[0];
      return best === undefined ? links.runs : links.run(best.id);
    }
    default:
      return where satisfies never;
  }
}

function Counts({ project }: { project: ProjectOverview }): ReactElement {
  const { train, validation, test, unassigned } = project.splits;
  const splits = [
    { name: splitWords('train'), count: train },
    { name: splitWords('validation'), count: validation },
    { name: splitWords('test'), count: test },
    { name: splitWords(null), count: unassigned },
  ];
  return (
    <div className="columns">
      <CountTable title={formatPlural(project.classes.length, 'class', 'classes')} rows={classRows(project)} />
      <CountTable title={formatPlural(project.image_count, 'image')} rows={splits} />
    </div>
  );
}

/** Images without a class are no class, but they count. */
function classRows({ classes, without_class: count }: ProjectOverview): readonly CountRow[] {
  return count === 0 ? classes : [...classes, { name: 'No class', count }];
}

type CountRow = Pick<ProjectOverview['classes'][number], 'name' | 'count'>;

function CountTable({ title, rows }: { title: string; rows: readonly CountRow[] }): ReactElement {
  const most = Math.max(1, ...rows.map(({ count }) => count));
  return (
    <section className="card panel" aria-label={title}>
      <h2>{title}</h2>
      <table className="plain counts">
        <tbody>
          {rows.map(({ name, count }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className="count-bar">
                <Meter fraction01={count / most} label={`${name}, compared with the largest`} />
              </td>
              <td className="number">{formatCount(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

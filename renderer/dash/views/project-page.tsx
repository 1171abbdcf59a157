import type { ReactElement } from 'react';
import type { ProjectOverview } from '../../../preload/contract/project.ts';
import { formatCount, formatPlural, formatTask } from '../../ui/format.ts';
import { FolderIcon } from '../../ui/icons.tsx';
import { Meter } from '../../ui/meter.tsx';
import { Notice } from '../../ui/notice.tsx';

/** What is in the project: its images by class and by split. */
export function ProjectPage({ project }: { project: ProjectOverview }): ReactElement {
  return (
    <>
      <div className="page-head">
        <h1>Project</h1>
        <p className="muted">
          {formatTask(project.task)} · <span className="path">{project.folder}</span>
        </p>
      </div>
      {project.image_count === 0 ? <NoImages folder={project.folder} /> : <Counts project={project} />}
    </>
  );
}

function NoImages({ folder }: { folder: string }): ReactElement {
  return (
    <Notice
      icon={<FolderIcon />}
      title="No images yet"
      text="Import a folder with one sub-folder per class, or a JSONL or CSV file with labels."
      commands={[`lightbench import "${folder}" path/to/images`]}
    />
  );
}

function Counts({ project }: { project: ProjectOverview }): ReactElement {
  const { train, validation, test, unassigned } = project.splits;
  const splits = [
    { name: 'Train', count: train },
    { name: 'Validation', count: validation },
    { name: 'Test', count: test },
    { name: 'Split by each run', count: unassigned },
  ];
  return (
    <div className="columns">
      <CountTable title={formatPlural(project.classes.length, 'class', 'classes')} rows={classRows(project)} />
      <CountTable title={formatPlural(project.image_count, 'image')} rows={splits} />
    </div>
  );
}

/** Images without a class are no class, but they count. */
function classRows({ classes, without_class: count }: ProjectOverview): ProjectOverview['classes'] {
  return count === 0 ? classes : [...classes, { name: 'No class', count }];
}

function CountTable({
  title,
  rows,
}: {
  title: string;
  rows: readonly { name: string; count: number }[];
}): ReactElement {
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

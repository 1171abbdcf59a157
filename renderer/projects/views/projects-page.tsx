/** Projects to open, and a new one to make. */

import { type FormEvent, type ReactElement, useCallback, useEffect, useState } from 'react';
import { AppError } from '../../../preload/contract/errors.ts';
import type { ProjectsHome, RecentProject } from '../../../preload/contract/projects.ts';
import { Task } from '../../../preload/contract/tasks.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { FolderPicker } from '../../ui/folder-picker.tsx';
import { formatTask, formatTime } from '../../ui/format.ts';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { ProjectActions, ProjectLinks } from './project-actions.ts';

export interface ProjectsPageProps {
  readonly actions: ProjectActions;
  readonly links: ProjectLinks;
  /** The folder of the project that is open. */
  readonly openFolder: string | null;
  /** A folder whose project to open at once. */
  readonly wanted: string | null;
}

export function ProjectsPage({ actions, links, openFolder, wanted: asked }: ProjectsPageProps): ReactElement {
  const [home, setHome] = useState<ProjectsHome | null>(null);
  const load = useCallback(() => void actions.home().then(setHome, () => {}), [actions]); // a lost connection asks again
  // biome-ignore lint/correctness/useExhaustiveDependencies: another open project is another list
  useEffect(load, [load, openFolder]);
  const [wanted, setWanted] = useState('');
  const toProject = () => links.follow(links.project);
  const open = useAction((folder: string) => {
    setWanted(folder);
    return actions.open(folder);
  }, toProject);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page is asked for
  useEffect(() => {
    if (asked !== null) open.run(asked);
  }, [asked]);
  const restore = useAction(actions.restore, toProject);
  const forget = useAction(actions.forget, load);
  const keptAtMs = keptAt(open.error);
  return (
    <>
      <div className="page-head">
        <h1>Projects</h1>
      </div>
      <Problem title="The project was not opened" text={open.problem ?? restore.problem} />
      <Problem title="The project was not taken off the list" text={forget.problem} />
      {keptAtMs === null ? null : (
        <p className="reason">
          Its last good state is of {formatTime(keptAtMs)}.{' '}
          <button type="button" className="button" disabled={restore.isBusy} onClick={() => restore.run(wanted)}>
            Go back to it
          </button>
        </p>
      )}
      <div className="columns">
        <RecentProjects
          recent={home?.recent ?? null}
          {...{ openFolder, links }}
          onOpen={open.run}
          onForget={forget.run}
        />
        <section className="card panel" aria-label="Open a project">
          <h2>Open a project</h2>
          <FolderPicker list={actions.folders} onFolder={noFolder} onProject={open.run} />
        </section>
        <NewProjectForm actions={actions} onMade={toProject} />
      </div>
    </>
  );
}

const noFolder = (): void => {};

function keptAt(error: unknown): number | null {
  if (!(error instanceof AppError) || error.code !== 'project-damaged') return null;
  const { kept_at_ms: atMs } = error.details;
  return typeof atMs === 'number' ? atMs : null;
}

interface RecentProps {
  /** Null until told. */
  readonly recent: readonly RecentProject[] | null;
  readonly openFolder: string | null;
  readonly links: ProjectLinks;
  readonly onOpen: (folder: string) => void;
  readonly onForget: (folder: string) => void;
}

function RecentProjects({ recent, openFolder, links, onOpen, onForget }: RecentProps): ReactElement {
  return (
    <section className="card panel" aria-label="Recent projects">
      <h2>Recent projects</h2>
      {recent?.length === 0 ? <p className="muted">None yet. Open one, or make a new one.</p> : null}
      <ul className="recent">
        {recent?.map(({ folder, name, task, opened_at_ms, is_there }) => (
          <li key={folder}>
            <div>
              {folder === openFolder ? (
                <a href={links.project}>{name}</a>
              ) : (
                <button type="button" className="link" disabled={!is_there} onClick={() => onOpen(folder)}>
                  {name}
                </button>
              )}
              <small className="muted">
                {formatTask(task)} · {is_there ? formatTime(opened_at_ms) : 'not there any more'}
              </small>
              <small className="path muted">{folder}</small>
            </div>
            <button
              type="button"
              className="button button-quiet"
              aria-label={`Forget ${name}`}
              onClick={() => onForget(folder)}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NewProjectForm({ actions, onMade }: { actions: ProjectActions; onMade: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [task, setTask] = useState<Task>('image-classification');
  const [parent, setParent] = useState('');
  const create = useAction(actions.create, onMade);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.run({ parent, name: name.trim(), task });
  };
  return (
    <form className="card panel new-project" aria-label="New project" onSubmit={submit}>
      <h2>New project</h2>
      <Problem title="The project was not made" text={create.problem} />
      <Field label="Name" value={name} onChange={setName} placeholder="also the name of its folder" />
      <Choice
        label="Task"
        value={task}
        options={Task.options.map((id) => ({ id, label: formatTask(id) }))}
        onChange={setTask}
      />
      <FolderPicker list={actions.folders} onFolder={setParent} />
      <button
        type="submit"
        className="button button-main"
        disabled={name.trim() === '' || parent === '' || create.isBusy}
      >
        Make it here
      </button>
    </form>
  );
}

/** What keeps a project sound: its name, a copy, a look at every file, room given back. */

import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { HealthReport } from '../../../preload/contract/projects.ts';
import { Field } from '../../ui/field.tsx';
import { formatBytes, formatCount, formatPlural } from '../../ui/format.ts';
import { Meter } from '../../ui/meter.tsx';
import { Problem } from '../../ui/problem.tsx';
import { useAction } from '../../ui/use-action.ts';
import { HealthList } from './health-list.tsx';
import type { ProjectActions } from './project-actions.ts';

export interface MaintenanceProps {
  readonly name: string;
  readonly folder: string;
  readonly actions: ProjectActions;
}

interface Done {
  readonly done: number;
  readonly total: number;
}

export function Maintenance({ name, folder, actions }: MaintenanceProps): ReactElement {
  const [newName, setNewName] = useState(name);
  const [progress, setProgress] = useState<Done | null>(null);
  const [report, setReport] = useState<HealthReport | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const rename = useAction(actions.rename, () => setSaid('The project has another name.'));
  const compact = useAction(actions.compact, ({ before_bytes, after_bytes, removed_files }) => {
    const freed = Math.max(0, before_bytes - after_bytes);
    setSaid(`${formatBytes(freed)} given back, ${formatPlural(removed_files, 'file')} removed.`);
  });
  const duplicate = useAction(async () => {
    for await (const event of await actions.duplicate(parentOf(folder), `${name} copy`)) {
      if (event.type === 'progress') setProgress(event);
      else setSaid(`The copy is in ${event.folder}.`);
    }
  });
  const leaving = useLeaving();
  const verify = useAction(async () => {
    setReport(null);
    for await (const event of await actions.verify(leaving())) {
      if (event.type === 'progress') setProgress(event);
      else setReport(event.report);
    }
  });
  const repair = useAction(actions.repair, ({ found, forgotten }) => {
    setSaid(`${formatPlural(found, 'image')} found again, ${formatCount(forgotten)} taken out.`);
    setReport(null);
  });
  const all = [rename, compact, duplicate, verify, repair];
  const isBusy = all.some((action) => action.isBusy);
  const isCounting = verify.isBusy || duplicate.isBusy;
  useEffect(() => {
    if (!isCounting) setProgress(null); // however it ended
  }, [isCounting]);
  return (
    <section className="card panel maintenance" aria-label="Upkeep">
      <h2>Upkeep</h2>
      <Problem
        title="That was not done"
        text={all.map(({ problem }) => problem).find((text) => text !== null) ?? null}
      />
      <div className="name-row">
        <Field label="Name" value={newName} onChange={setNewName} />
        <button
          type="button"
          className="button"
          disabled={isBusy || newName.trim() === '' || newName.trim() === name}
          onClick={() => rename.run(newName.trim())}
        >
          Rename
        </button>
      </div>
      <div className="page-actions upkeep-actions">
        <button type="button" className="button" disabled={isBusy} onClick={() => verify.run()}>
          Verify every file
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => duplicate.run()}>
          Duplicate
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => compact.run()}>
          Compact
        </button>
      </div>
      {progress === null ? null : (
        <div className="live-progress">
          <Meter fraction01={progress.total === 0 ? 0 : progress.done / progress.total} label="Files" isBusy />
          <p>
            {formatCount(progress.done)} of {formatPlural(progress.total, 'file')}
          </p>
        </div>
      )}
      {said === null ? null : <p role="status">{said}</p>}
      {report === null ? null : <HealthList report={report} onRepair={repair.run} isBusy={isBusy} />}
    </section>
  );
}

/** A signal that is aborted when the page is left: what nobody sees is not worked on. */
function useLeaving(): () => AbortSignal {
  const leave = useRef(new AbortController());
  useEffect(() => {
    const here = new AbortController();
    leave.current = here;
    return () => here.abort();
  }, []);
  return () => leave.current.signal;
}

/** Above the folder, whatever the engine's system writes between names. */
function parentOf(folder: string): string {
  const at = Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\'));
  return at <= 0 ? folder.slice(0, at + 1) : folder.slice(0, at);
}

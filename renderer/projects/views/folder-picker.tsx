/** Finding a folder on the engine's machine, within those it allows. */

import { type ReactElement, useEffect, useState } from 'react';
import type { FolderListing } from '../../../preload/contract/projects.ts';
import { FolderIcon } from '../../ui/icons.tsx';
import type { ProjectActions } from './project-actions.ts';

export interface FolderPickerProps {
  readonly actions: ProjectActions;
  /** Told of the folder one is in. */
  readonly onFolder: (folder: string) => void;
  /** Told of a project that was chosen; without it, projects are folders like others. */
  readonly onProject?: (folder: string) => void;
}

export function FolderPicker({ actions, onFolder, onProject }: FolderPickerProps): ReactElement {
  const [at, setAt] = useState<string | null>(null);
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    actions.folders(at).then(
      (told) => {
        if (!isCurrent) return;
        setListing(told);
        setProblem(null);
        onFolder(told.folder);
      },
      (error: Error) => isCurrent && setProblem(error.message),
    );
    return () => {
      isCurrent = false;
    };
  }, [actions, at, onFolder]);

  return (
    <section className="folders" aria-label="Folders">
      <p className="path">{listing?.folder ?? ''}</p>
      {problem === null ? null : (
        <p className="field-problem" role="alert">
          {problem}
        </p>
      )}
      <ul>
        {listing?.parent === null || listing === null ? null : (
          <li>
            <button type="button" className="button button-quiet" onClick={() => setAt(listing.parent)}>
              ↑ Up
            </button>
          </li>
        )}
        {listing?.folders.map(({ name, path, is_project }) => (
          <li key={path}>
            <button
              type="button"
              className="button button-quiet"
              onClick={() => (is_project && onProject !== undefined ? onProject(path) : setAt(path))}
            >
              <FolderIcon sizePx={16} /> {name}
              {is_project ? <small className="muted">project</small> : null}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Finding a folder, or a file in it, on the engine's machine, within what it allows. */

import { type ReactElement, useEffect, useState } from 'react';
import type { FolderListing } from '../../preload/contract/projects.ts';
import { FileIcon, FolderIcon } from './icons.tsx';

export interface FolderPickerProps {
  /** What is in a folder; with null, where one may begin. The same function until something changes. */
  readonly list: (folder: string | null) => Promise<FolderListing>;
  /** Told of the folder one is in. */
  readonly onFolder: (folder: string) => void;
  /** Told of a project that was chosen; without it, projects are folders like others. */
  readonly onProject?: (folder: string) => void;
  /** Told of a file that was chosen; without it, files are not shown. */
  readonly onFile?: (path: string) => void;
}

export function FolderPicker({ list, onFolder, onProject, onFile }: FolderPickerProps): ReactElement {
  const [at, setAt] = useState<string | null>(null);
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let isCurrent = true;
    list(at).then(
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
  }, [list, at, onFolder]);

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
        {onFile === undefined
          ? null
          : listing?.files.map(({ name, path }) => (
              <li key={path}>
                <button type="button" className="button button-quiet" onClick={() => onFile(path)}>
                  <FileIcon /> {name}
                </button>
              </li>
            ))}
      </ul>
    </section>
  );
}

/** Finding a folder, or a file in it, on the engine's machine, within what it allows. */

import { type ReactElement, useCallback, useEffect, useState } from 'react';
import type { FolderListing } from '../../preload/contract/projects.ts';
import { FileIcon, FolderIcon } from './icons.tsx';
import { useLoaded } from './use-loaded.ts';

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
  const load = useCallback(() => list(at), [list, at]);
  const { loaded: listing, problem } = useLoaded(load);
  useEffect(() => {
    if (listing !== null) onFolder(listing.folder);
  }, [listing, onFolder]);
  const isEmpty = listing?.folders.length === 0 && (onFile === undefined || listing.files.length === 0);
  return (
    <section className="folders" aria-label="Folders">
      <p className="path">{listing?.folder ?? (problem === null ? 'Reading …' : '')}</p>
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
      {isEmpty ? <p className="muted">{onFile === undefined ? 'No folders in here.' : 'Nothing in here.'}</p> : null}
    </section>
  );
}

/** What is to be imported, and where its pictures are. */

import { type ReactElement, useState } from 'react';
import { IMPORT_FORMATS, type ImportSource } from '../../../preload/contract/transfers.ts';
import { Choice } from '../../ui/choice.tsx';
import { Field } from '../../ui/field.tsx';
import { FolderPicker } from '../../ui/folder-picker.tsx';
import { framesProblem, type TypedFrames } from '../derive/frames.ts';
import { FORMAT_WORDS } from '../derive/words.ts';
import type { ChoosePath, TransferApi } from '../transfer-api.ts';
import { FrameFields } from './frame-fields.tsx';

export interface SourceCardProps {
  readonly api: TransferApi;
  readonly source: ImportSource;
  readonly onChange: (source: ImportSource) => void;
  /** Null for what has no frames. */
  readonly frames: TypedFrames | null;
  readonly onFrames: (frames: TypedFrames) => void;
  /** Null where paths are another machine's, and chosen from its list. */
  readonly choosePath: ChoosePath | null;
  readonly isBusy: boolean;
  readonly onLook: () => void;
}

export function SourceCard(props: SourceCardProps): ReactElement {
  const { api, source, onChange, frames, onFrames, choosePath, isBusy, onLook } = props;
  const isWrong = frames !== null && framesProblem(frames) !== null;
  const [folder, setFolder] = useState('');
  const choose = async (kind: 'folder' | 'source') => {
    const path = await choosePath?.(kind);
    if (path !== null && path !== undefined) onChange({ ...source, path });
  };
  return (
    <form
      className="card panel import-source"
      aria-label="Source"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWrong) onLook();
      }}
    >
      <h2>What to import</h2>
      <Field
        label="Folder, file of annotations, video, or ZIP archive"
        value={source.path}
        onChange={(path) => onChange({ ...source, path })}
        placeholder="a path on the engine’s machine"
      />
      {choosePath === null ? (
        <>
          <FolderPicker list={api.folders} onFolder={setFolder} onFile={(path) => onChange({ ...source, path })} />
          <div className="transfer-actions">
            <button
              type="button"
              className="button"
              disabled={folder === '' || folder === source.path}
              onClick={() => onChange({ ...source, path: folder })}
            >
              Take this folder
            </button>
          </div>
        </>
      ) : (
        <div className="transfer-actions">
          <button type="button" className="button" onClick={() => void choose('folder')}>
            Choose a folder …
          </button>
          <button type="button" className="button" onClick={() => void choose('source')}>
            Choose a file …
          </button>
        </div>
      )}
      {frames === null ? null : <FrameFields typed={frames} onChange={onFrames} />}
      <details>
        <summary>Format and pictures elsewhere</summary>
        <div className="import-more">
          <Choice
            label="Format"
            value={source.format}
            options={[
              { id: 'auto', label: 'Found out' },
              ...IMPORT_FORMATS.map((id) => ({ id, label: FORMAT_WORDS[id] })),
            ]}
            onChange={(format) => onChange({ ...source, format })}
          />
          <Field
            label="Folder of the pictures"
            value={source.images_folder ?? ''}
            onChange={(path) => onChange({ ...source, images_folder: path.trim() === '' ? null : path })}
            placeholder="beside the annotations"
          />
        </div>
      </details>
      <div className="transfer-actions">
        <p className="muted">
          Reads {frames === null ? 'the annotations' : 'which frames there are'} first; nothing is written.
        </p>
        <button type="submit" className="button button-main" disabled={isBusy || isWrong || source.path.trim() === ''}>
          Look at it
        </button>
      </div>
    </form>
  );
}

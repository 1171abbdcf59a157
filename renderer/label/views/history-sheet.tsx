/** Everything that was done to an image, with who did it and when. */

import { type ReactElement, useEffect, useState } from 'react';
import type { HistoryEntry } from '../../../preload/contract/labelling.ts';
import { Sheet } from '../../ui/sheet.tsx';
import type { LabelApi } from '../label-api.ts';

export interface HistorySheetProps {
  readonly api: LabelApi;
  readonly image: number;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const STATE_WORDS: Readonly<Record<HistoryEntry['state'], string>> = {
  done: '',
  undone: 'undone',
  dropped: 'undone, then replaced',
};

export function HistorySheet({ api, image, isOpen, onClose }: HistorySheetProps): ReactElement {
  const [entries, setEntries] = useState<readonly HistoryEntry[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!isOpen) return;
    setEntries(null);
    setProblem(null);
    api.history(image).then(setEntries, (error: Error) => setProblem(error.message));
  }, [api, image, isOpen]);
  return (
    <Sheet title="History of this image" isOpen={isOpen} onClose={onClose}>
      {problem === null ? null : <p role="alert">{problem}</p>}
      {entries?.length === 0 ? <p className="label-hint">Nothing was done to it in a window yet.</p> : null}
      <ol className="label-history">
        {(entries ?? []).map(({ scope, id, name, made_by, made_at_ms, state }) => (
          <li key={`${scope} ${id}`} className={state === 'done' ? '' : 'label-undone'}>
            <span>{name}</span>
            <small>
              {made_by || 'somebody'}, {new Date(made_at_ms).toLocaleString('en-GB')} {STATE_WORDS[state]}
            </small>
          </li>
        ))}
      </ol>
    </Sheet>
  );
}

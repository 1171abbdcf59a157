/** Everything that was done to an image, with who did it and when. */

import { type ReactElement, useCallback } from 'react';
import type { HistoryEntry } from '../../../preload/contract/labelling.ts';
import { formatTime } from '../../ui/format.ts';
import { Sheet } from '../../ui/sheet.tsx';
import { useLoaded } from '../../ui/use-loaded.ts';
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
  return (
    <Sheet title="History of this image" isOpen={isOpen} onClose={onClose}>
      <Entries key={image} {...{ api, image }} />
    </Sheet>
  );
}

/** There as long as the sheet is open, so that each opening asks anew. */
function Entries({ api, image }: Pick<HistorySheetProps, 'api' | 'image'>): ReactElement {
  const load = useCallback(() => api.history(image), [api, image]);
  const { loaded: entries, problem } = useLoaded(load);
  return (
    <>
      {problem === null ? null : <p role="alert">{problem}</p>}
      {entries === null && problem === null ? <p role="status">Reading …</p> : null}
      {entries?.length === 0 ? <p className="label-hint">Nothing was done to it in a window yet.</p> : null}
      <ol className="label-history">
        {entries?.map(({ scope, id, name, made_by, made_at_ms, state }) => (
          <li key={`${scope} ${id}`} className={state === 'done' ? '' : 'label-undone'}>
            <span>{name}</span>
            <small>
              {made_by || 'somebody'}, {formatTime(made_at_ms)} {STATE_WORDS[state]}
            </small>
          </li>
        ))}
      </ol>
    </>
  );
}

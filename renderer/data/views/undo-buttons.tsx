/** Takes the last edit of many images back, or brings it again; each says what that would be. */

import type { ReactElement } from 'react';
import type { Edits } from './use-edits.ts';

export function UndoButtons({ edits }: { edits: Edits }): ReactElement {
  const { undoes, redoes, undo, redo } = edits;
  return (
    <>
      <button type="button" className="button" disabled={undoes === null} title={undoes ?? ''} onClick={undo}>
        Undo
      </button>
      <button type="button" className="button" disabled={redoes === null} title={redoes ?? ''} onClick={redo}>
        Redo
      </button>
    </>
  );
}

/** What the last of them has left as it is. */
export function LeftNote({ text }: { text: string | null }): ReactElement | null {
  if (text === null) return null;
  return (
    <div className="reason" role="status">
      <strong>Some of it stays as it is</strong>
      <p>{text}</p>
    </div>
  );
}

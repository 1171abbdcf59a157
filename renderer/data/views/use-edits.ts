/** Edits of the data, taken back and brought again, also by Ctrl+Z and Ctrl+Shift+Z. */

import { useEffect, useRef } from 'react';
import type { DataEdit, DataState, TurnedEdit } from '../../../preload/contract/data.ts';
import { useAction } from '../../ui/use-action.ts';
import { leftWords } from '../derive/left-words.ts';
import type { DataSource } from './data-source.ts';

export interface Edits {
  readonly isBusy: boolean;
  readonly problem: string | null;
  /** What the last undo or redo has left as it is; null where that is nothing. */
  readonly left: string | null;
  /** What would be taken back, in words; null where there is nothing. */
  readonly undoes: string | null;
  readonly redoes: string | null;
  readonly edit: (edit: DataEdit) => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

export function useEdits(source: DataSource, state: DataState | null): Edits {
  const act = useAction((work: () => Promise<TurnedEdit | null>) => work());
  const undo = () => act.run(source.undo);
  const redo = () => act.run(source.redo);
  const latest = useRef({ undo, redo });
  latest.current = { undo, redo };

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping = (event.target as Element | null)?.closest('input, textarea') !== null;
      if (isTyping || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key !== 'z' && key !== 'y') return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) latest.current.redo();
      else latest.current.undo();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  return {
    isBusy: act.isBusy,
    problem: act.problem,
    undoes: state?.undo ?? null,
    redoes: state?.redo ?? null,
    left: leftWords(act.value?.left ?? []),
    edit: (edit) =>
      act.run(async () => {
        await source.edit(edit);
        return null;
      }),
    undo,
    redo,
  };
}

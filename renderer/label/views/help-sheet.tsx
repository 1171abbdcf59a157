/** What keys and hands do, on a sheet of its own, where every key can be changed. */

import { type ReactElement, useEffect, useState } from 'react';
import { Sheet } from '../../ui/sheet.tsx';
import { ACTIONS, type Action, GESTURES } from '../actions.ts';
import { CROSSHAIR_KEYS } from '../by-keyboard.ts';
import { comboOf, comboWords, type KeyTable, rebound } from '../keys.ts';
import type { OwnKeysControl } from './use-own-keys.ts';

export interface HelpSheetProps {
  readonly keys: OwnKeysControl;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function HelpSheet({ keys, isOpen, onClose }: HelpSheetProps): ReactElement {
  const [asked, setAsked] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const { own, keep, table } = keys;
  useEffect(() => {
    if (asked === null) return;
    const onKey = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const combo = comboOf({ key: event.key, shift: event.shiftKey, control: event.ctrlKey || event.metaKey });
      if (combo === null) return;
      setAsked(null);
      if (combo === 'escape') return;
      const next = rebound(own, asked, combo);
      setSaid(next === null ? `${comboWords(combo)} stays what it is.` : takenFrom(table, asked, combo));
      if (next !== null) keep(next);
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [asked, own, keep, table]);
  return (
    <Sheet title="What keys do" isOpen={isOpen} onClose={onClose}>
      <p className="label-hint">Press a key’s button, then another key, to change it.</p>
      {said === null ? null : <p role="alert">{said}</p>}
      {ACTIONS.map(([group, actions]) => (
        <section key={group} aria-label={group}>
          <h3>{group}</h3>
          <dl className="label-keys">
            {actions.map((action) => (
              <KeyRow
                key={action.id}
                action={action}
                words={keys.table.wordsOf(action.id)}
                isAsked={asked === action.id}
                onAsk={() => setAsked(action.id)}
              />
            ))}
          </dl>
        </section>
      ))}
      <Fixed title="By hand" rows={GESTURES} />
      <Fixed title="On the picture, by keys alone" rows={CROSSHAIR_KEYS} />
      <button
        type="button"
        className="button button-quiet"
        disabled={Object.keys(own).length === 0}
        onClick={() => keep({})}
      >
        All keys as they were
      </button>
    </Sheet>
  );
}

interface FixedProps {
  readonly title: string;
  readonly rows: readonly (readonly [what: string, does: string])[];
}

/** What stays as it is. */
function Fixed({ title, rows }: FixedProps): ReactElement {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl className="label-keys">
        {rows.map(([what, does]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What a key did until now; null where that was nothing else. */
function takenFrom(table: KeyTable, id: string, combo: string): string | null {
  const before = table.actionOf(combo);
  if (before === null || before.id === id) return null;
  const words = comboWords(combo);
  const hasOthers = before.keys.some((key) => key !== combo) && table.wordsOf(before.id) !== words;
  return `${words} was: ${before.what}.${hasOthers ? '' : ' That has no key now.'}`;
}

interface KeyRowProps {
  readonly action: Action;
  readonly words: string;
  readonly isAsked: boolean;
  readonly onAsk: () => void;
}

function KeyRow({ action, words, isAsked, onAsk }: KeyRowProps): ReactElement {
  return (
    <div>
      <dt>
        <button
          type="button"
          className="button button-quiet label-key"
          aria-label={`Key for: ${action.what}`}
          aria-pressed={isAsked}
          onClick={onAsk}
        >
          {isAsked ? 'press a key …' : words || 'none'}
        </button>
      </dt>
      <dd>{action.what}</dd>
    </div>
  );
}

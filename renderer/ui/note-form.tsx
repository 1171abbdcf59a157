/** A sentence that must be said before something is done. */

import { type FormEvent, type ReactElement, useState } from 'react';
import { Field } from './field.tsx';

export interface NoteFormProps {
  readonly label: string;
  /** What stands there at first. */
  readonly note: string;
  /** What the button says. */
  readonly button: string;
  readonly onSubmit: (note: string) => void;
}

export function NoteForm({ label, note, button, onSubmit }: NoteFormProps): ReactElement {
  const [text, setText] = useState(note);
  const said = text.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (said !== '') onSubmit(said);
  };
  return (
    <form className="note-form" onSubmit={submit}>
      <Field label={label} value={text} onChange={setText} autoFocus />
      <div className="dialog-end">
        <button type="submit" className="button button-main" disabled={said === ''}>
          {button}
        </button>
      </div>
    </form>
  );
}

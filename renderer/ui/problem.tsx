/** Why something that was asked for was not done, said aloud. */

import type { ReactElement } from 'react';

export function Problem({ title, text }: { title: string; text: string | null }): ReactElement | null {
  if (text === null) return null;
  return (
    <div className="reason reason-bad" role="alert">
      <strong>{title}</strong>
      <p>{text}</p>
    </div>
  );
}

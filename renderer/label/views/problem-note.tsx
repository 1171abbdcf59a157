/** Why the last thing was not done, until the next one is, or somebody has read it. */

import type { ReactElement } from 'react';
import type { LabelSession } from '../session.ts';
import { usePart } from './use-session.ts';

export function ProblemNote({ session }: { session: LabelSession }): ReactElement | null {
  const problem = usePart(session, (state) => state.problem);
  if (problem === null) return null;
  return (
    <div className="label-problem">
      <span role="alert">{problem}</span>
      <button
        type="button"
        className="button button-quiet label-eye"
        aria-label="Put away"
        onClick={() => session.forgive()}
      >
        ✕
      </button>
    </div>
  );
}

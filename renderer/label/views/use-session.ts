/** What a labelling session shows, in parts. */

import { useSyncExternalStore } from 'react';
import type { LabelSession } from '../session.ts';
import type { SessionState } from '../session-state.ts';

/** A part of what the session shows: who uses it draws anew when that part is another, not with every move of the hand. */
export function usePart<T>(session: LabelSession, part: (state: SessionState) => T): T {
  return useSyncExternalStore(session.subscribe, () => part(session.getState()));
}

/** A labelling session on one image, kept in step with the engine for as long as the page shows it. */

import { useEffect, useState, useSyncExternalStore } from 'react';
import type { LabelApi } from '../label-api.ts';
import { LabelSession, type SessionState } from '../session.ts';

export interface OpenSession {
  /** Null until the engine has told the image. */
  readonly session: LabelSession | null;
  readonly problem: string | null;
}

/** `api` is another object after every change of the connection; the image is then taken anew, and nothing else moves. */
export function useSession(api: LabelApi, image: number, activeClass: string | null): OpenSession {
  const [open, setOpen] = useState<OpenSession & { readonly image: number }>({ image, session: null, problem: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the class is only what a new session begins with
  useEffect(() => {
    const leave = new AbortController();
    const known = open.image === image ? open.session : null;
    follow(api, image, known, activeClass, leave.signal, (session, problem) => setOpen({ image, session, problem }));
    return () => leave.abort();
  }, [api, image]);
  return open.image === image ? open : { session: null, problem: null };
}

/** A part of what the session shows: who uses it draws anew when that part is another, not with every move of the hand. */
export function usePart<T>(session: LabelSession, part: (state: SessionState) => T): T {
  return useSyncExternalStore(session.subscribe, () => part(session.getState()));
}

async function follow(
  api: LabelApi,
  image: number,
  known: LabelSession | null,
  activeClass: string | null,
  signal: AbortSignal,
  show: (session: LabelSession | null, problem: string | null) => void,
): Promise<void> {
  let session = known;
  try {
    for await (const event of await api.watch(image, signal)) {
      if (signal.aborted) return;
      if (event.type === 'change') {
        session?.tell(event.change);
      } else if (session === null) {
        session = new LabelSession(sourceOf(api, image), event.document, activeClass);
        show(session, null);
      } else {
        session.retell(event.document);
      }
    }
  } catch (error) {
    // A lost connection is told by the window itself; what was drawn stays on show.
    if (!signal.aborted && session === null) show(null, error instanceof Error ? error.message : String(error));
  }
}

const sourceOf = (api: LabelApi, image_id: number) => ({
  apply: (name: string, changes: Parameters<LabelApi['apply']>[0]['changes']) => api.apply({ image_id, name, changes }),
  undo: () => api.undo(image_id),
  redo: () => api.redo(image_id),
});

/** A labelling session on one image, kept in step with the engine for as long as the page shows it. */

import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ImageEvent } from '../../../preload/contract/labelling.ts';
import type { LabelApi } from '../label-api.ts';
import { LabelSession, type SessionState } from '../session.ts';
import { AHEAD_MS } from './use-neighbours.ts';

export interface OpenSession {
  /** Null until the engine has told the image. */
  readonly session: LabelSession | null;
  readonly problem: string | null;
}

/** What the engine tells of an image, from before anybody looks at it. */
interface Watched {
  readonly api: LabelApi;
  readonly image: number;
  readonly events: Promise<AsyncIterable<ImageEvent>>;
  readonly leave: AbortController;
}

/**
 * `api` is another object after every change of the connection; the image is then taken anew, and nothing else moves.
 * `next`: the image that will likely be shown next, of which the engine is asked ahead.
 */
export function useSession(api: LabelApi, image: number, next: number | null, activeClass: string | null): OpenSession {
  const [open, setOpen] = useState<OpenSession & { readonly image: number }>({ image, session: null, problem: null });
  const ahead = useRef<Watched | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the class is only what a new session begins with
  useEffect(() => {
    const isAhead = ahead.current?.api === api && ahead.current.image === image;
    const watched = isAhead ? ahead.current! : watch(api, image);
    if (isAhead) ahead.current = null;
    const known = open.image === image ? open.session : null;
    follow(watched, known, activeClass, (session, problem) => setOpen({ image, session, problem }));
    return () => watched.leave.abort();
  }, [api, image]);
  const isThere = open.image === image && open.session !== null;
  useEffect(() => {
    if (!isThere || next === null || next === image) return;
    if (ahead.current?.api === api && ahead.current.image === next) return;
    const timer = setTimeout(() => {
      ahead.current?.leave.abort();
      ahead.current = watch(api, next);
    }, AHEAD_MS);
    return () => clearTimeout(timer);
  }, [api, image, next, isThere]);
  useEffect(() => () => ahead.current?.leave.abort(), []);
  return open.image === image ? open : { session: null, problem: null };
}

function watch(api: LabelApi, image: number): Watched {
  const leave = new AbortController();
  const events = api.watch(image, leave.signal);
  events.catch(() => {}); // whoever follows is told
  return { api, image, events, leave };
}

/** A part of what the session shows: who uses it draws anew when that part is another, not with every move of the hand. */
export function usePart<T>(session: LabelSession, part: (state: SessionState) => T): T {
  return useSyncExternalStore(session.subscribe, () => part(session.getState()));
}

async function follow(
  { api, image, events, leave: { signal } }: Watched,
  known: LabelSession | null,
  activeClass: string | null,
  show: (session: LabelSession | null, problem: string | null) => void,
): Promise<void> {
  let session = known;
  try {
    for await (const event of await events) {
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

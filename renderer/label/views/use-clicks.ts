/** Lets a tool ask a model about clicks on the image on show; while it is taken, this image and the next are looked at ahead. */

import { useEffect } from 'react';
import type { ShapeKind } from '../../../native-models/geometry/shape.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';
import type { ClickSource } from '../tools/editor.ts';

export interface ClickedBy {
  readonly session: LabelSession;
  readonly api: LabelApi;
  readonly image: number;
  /** Null for none. */
  readonly next: number | null;
  /** Null where no model answers clicks. */
  readonly model: string | null;
  readonly kept: ShapeKind;
  /** Whether it is shown what a click would find. */
  readonly looks: boolean;
  /** Whether the tool is. */
  readonly isTaken: boolean;
}

/** A pointer that moves on sooner asks nothing. */
const REST_MS = 100;

export function useClicks({ session, api, image, next, model, kept, looks, isTaken }: ClickedBy): void {
  useEffect(() => {
    session.clicksKept = kept;
  }, [session, kept]);
  useEffect(() => {
    if (model === null) return;
    const ask: ClickSource['ask'] = (prompt, signal) =>
      api.click({ model_id: model, image_id: image, ...prompt }, signal);
    const look: ClickSource['look'] = async (prompt, signal) => {
      await rest(REST_MS, signal);
      return ask(prompt, signal);
    };
    session.clicks = { ask, look: looks ? look : null };
    return () => {
      session.clicks = null;
    };
  }, [session, api, image, model, looks]);
  useEffect(() => {
    if (!isTaken || model === null) return;
    const leave = new AbortController();
    const prepare = async () => {
      await api.prepare(model, image, leave.signal);
      if (next !== null) await api.prepare(model, next, leave.signal);
    };
    prepare().catch(() => {}); // best effort: a click meets the same reason, and says it
    return () => leave.abort();
  }, [api, image, next, model, isTaken]);
}

/** Rejects when the signal is aborted. */
const rest = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });

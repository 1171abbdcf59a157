/** Lets a tool ask a model about clicks on the image on show; while it is taken, this image and the next are looked at ahead. */

import { useEffect } from 'react';
import type { ShapeKind } from '../../../native-models/geometry/shape.ts';
import type { LabelApi } from '../label-api.ts';
import type { LabelSession } from '../session.ts';

export interface ClickedBy {
  readonly session: LabelSession;
  readonly api: LabelApi;
  readonly image: number;
  /** Null for none. */
  readonly next: number | null;
  /** Null where no model answers clicks. */
  readonly model: string | null;
  readonly kept: ShapeKind;
  /** Whether the tool is. */
  readonly isTaken: boolean;
}

export function useClicks({ session, api, image, next, model, kept, isTaken }: ClickedBy): void {
  useEffect(() => {
    session.clicksKept = kept;
  }, [session, kept]);
  useEffect(() => {
    if (model === null) return;
    session.clicks = {
      ask: (prompt, signal) => api.click({ model_id: model, image_id: image, ...prompt }, signal),
    };
    return () => {
      session.clicks = null;
    };
  }, [session, api, image, model]);
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

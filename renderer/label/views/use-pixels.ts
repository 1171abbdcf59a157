/** Lets tools ask about the pixels of the picture that is on show. */

import { useEffect } from 'react';
import { WorkerPixels } from '../pixels/worker-pixels.ts';
import type { LabelSession } from '../session.ts';

export function usePixels(session: LabelSession, picture: HTMLImageElement | null): void {
  useEffect(() => {
    if (picture === null) return;
    const pixels = new WorkerPixels(picture, session.document.size);
    session.pixels = pixels;
    return () => {
      session.pixels = null;
      pixels.close();
    };
  }, [session, picture]);
}

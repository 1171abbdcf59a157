/** Lets tools ask about the pixels of the picture that is on show. */

import { useEffect } from 'react';
import type { ShownPicture } from '../canvas/shown-picture.ts';
import { type PixelOrigin, WorkerPixels } from '../pixels/worker-pixels.ts';
import type { LabelSession } from '../session.ts';

export function usePixels(session: LabelSession, picture: ShownPicture | null): void {
  useEffect(() => {
    if (picture === null) return;
    const pixels = new WorkerPixels(originOf(picture), session.document.size);
    session.pixels = pixels;
    return () => {
      session.pixels = null;
      pixels.close();
    };
  }, [session, picture]);
}

const originOf = (picture: ShownPicture): PixelOrigin =>
  picture.kind === 'whole' ? { picture: picture.levels.file } : { tiles: picture.tiles.addresses.tiles };

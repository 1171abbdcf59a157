/** The images before and after the one on show, and those that wait for somebody. */

import { useEffect, useState } from 'react';
import type { ImageNeighbours } from '../../../preload/contract/labelling.ts';
import type { LabelApi } from '../label-api.ts';

/** The image on show comes first; what is brought ahead of the one after it begins so long after that has come. */
export const AHEAD_MS = 150;

/** Null until they are told. */
export function useNeighbours(api: LabelApi, image: number): ImageNeighbours | null {
  const [told, setTold] = useState<{ readonly image: number; readonly neighbours: ImageNeighbours } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    api.neighbours(image).then(
      (neighbours) => {
        if (isCurrent) setTold({ image, neighbours });
      },
      () => {}, // the session tells why the image is not there
    );
    return () => {
      isCurrent = false;
    };
  }, [api, image]);
  return told?.image === image ? told.neighbours : null;
}

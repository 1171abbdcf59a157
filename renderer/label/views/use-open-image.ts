/** The image that a page labels, at once where it was brought ahead. */

import { type RefObject, useEffect, useState, useSyncExternalStore } from 'react';
import type { Size } from '../../../native-models/geometry/box.ts';
import { LevelMaker } from '../canvas/level-maker.ts';
import { fittedWhole } from '../doc/viewport.ts';
import { ImageShelf } from '../image-shelf.ts';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import type { OpenState } from '../open-image.ts';

export interface OpenedWith {
  /** The room that pictures have, in screen pixels. */
  readonly view: RefObject<Size>;
  readonly activeClass: RefObject<string | null>;
}

/** `api` is another object after every change of the connection; the image is then taken anew, and nothing else moves. */
export function useOpenImage(
  api: LabelApi,
  links: LabelLinks,
  image: number,
  { view, activeClass }: OpenedWith,
): OpenState {
  const [shelf] = useState(() => {
    const fittedScale = (size: Size) =>
      view.current.width === 0 ? null : fittedWhole(size, view.current).scale * devicePixelRatio;
    return new ImageShelf({ fittedScale, activeClass: () => activeClass.current, maker: new LevelMaker() });
  });
  useEffect(() => shelf.show(api, links, image), [shelf, api, links, image]);
  useEffect(() => () => shelf.close(), [shelf]);
  return useSyncExternalStore(shelf.subscribe, () => shelf.stateOf(image));
}

/** The picture of an image: its file, loaded and decoded before it is shown, or its tiles where it is large. */

import { useEffect, useState } from 'react';
import type { ShownPicture } from '../canvas/shown-picture.ts';
import { TiledPicture } from '../canvas/tiled-picture.ts';
import type { LabelApi, LabelLinks } from '../label-api.ts';

export interface Picture {
  readonly picture: ShownPicture | null;
  readonly problem: string | null;
}

const WAITING: Picture = { picture: null, problem: null };
const UNREADABLE = 'Its file is missing, damaged, or of a format that windows cannot show.';

/** `api` is another object after every change of the connection; a picture that is on show stays. */
export function usePicture(api: LabelApi, links: LabelLinks, image: number): Picture {
  const [loaded, setLoaded] = useState<Picture & { readonly image: number }>({ image, ...WAITING });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown of an image is not taken anew
  useEffect(() => {
    if (loaded.image === image && loaded.picture?.kind === 'whole') return;
    const leave = new AbortController();
    const show = (next: Picture) => {
      if (!leave.signal.aborted) setLoaded({ image, ...next });
    };
    load(api, links, image, leave.signal, show).catch(() => show({ picture: null, problem: UNREADABLE }));
    return () => leave.abort();
  }, [api, links, image]);
  return loaded.image === image ? loaded : WAITING;
}

async function load(
  api: LabelApi,
  links: LabelLinks,
  id: number,
  signal: AbortSignal,
  show: (picture: Picture) => void,
): Promise<void> {
  const { sha256, width_px: width, height_px: height, is_tiled } = await api.picture(id);
  signal.throwIfAborted();
  if (!is_tiled) {
    const image = new Image();
    image.src = links.picture(id);
    await image.decode();
    return show({ picture: { kind: 'whole', image }, problem: null });
  }
  const tiles = new TiledPicture({ width, height }, { tiles: links.tiles(sha256), thumbnail: links.thumbnail(sha256) });
  signal.addEventListener('abort', () => tiles.close(), { once: true });
  show({ picture: { kind: 'tiled', tiles }, problem: null });
  await tiles.open();
}

/** The picture of an image: its file, loaded and decoded before it is shown, or its tiles where it is large. */

import { useEffect, useRef, useState } from 'react';
import type { ImagePicture } from '../../../preload/contract/labelling.ts';
import { halvingsOf, type ShownPicture, type WholePicture } from '../canvas/shown-picture.ts';
import { TiledPicture } from '../canvas/tiled-picture.ts';
import type { LabelApi, LabelLinks } from '../label-api.ts';
import { AHEAD_MS } from './use-neighbours.ts';

export interface Picture {
  readonly picture: ShownPicture | null;
  readonly problem: string | null;
}

const WAITING: Picture = { picture: null, problem: null };
const UNREADABLE = 'Its file is missing, damaged, or of a format that windows cannot show.';

/**
 * `api` is another object after every change of the connection; a picture that is on show stays. `next`: the image that will
 * likely be shown next, whose picture is brought ahead.
 */
export function usePicture(api: LabelApi, links: LabelLinks, image: number, next: number | null): Picture {
  const [loaded, setLoaded] = useState<Picture & { readonly image: number }>({ image, ...WAITING });
  const ahead = useRef<{ readonly image: number; readonly file: Promise<File> } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown of an image is not taken anew
  useEffect(() => {
    if (loaded.image === image && loaded.picture?.kind === 'whole') return;
    const leave = new AbortController();
    const show = (picture: Picture) => {
      if (!leave.signal.aborted) setLoaded({ image, ...picture });
    };
    const file = ahead.current?.image === image ? ahead.current.file : fileOf(api, links, image);
    showFile(file, links, leave.signal, show).catch(() => show({ picture: null, problem: UNREADABLE }));
    return () => leave.abort();
  }, [api, links, image]);
  const isThere = loaded.image === image && loaded.picture !== null;
  useEffect(() => {
    if (!isThere || next === null || ahead.current?.image === next) return;
    const timer = setTimeout(() => {
      const file = fileOf(api, links, next);
      ahead.current = { image: next, file };
      file.catch(() => {
        if (ahead.current?.file === file) ahead.current = null; // tried again by whoever goes there
      });
    }, AHEAD_MS);
    return () => clearTimeout(timer);
  }, [api, links, isThere, next]);
  return loaded.image === image ? loaded : WAITING;
}

interface File {
  readonly facts: ImagePicture;
  /** Null where it is shown by tiles. */
  readonly whole: WholePicture | null;
}

async function fileOf(api: LabelApi, links: LabelLinks, id: number): Promise<File> {
  const facts = await api.picture(id);
  if (facts.is_tiled) return { facts, whole: null };
  const image = new Image();
  image.src = links.picture(id);
  const [halved] = await Promise.all([halvedOf(facts, links.picture(id)), image.decode()]);
  return { facts, whole: { kind: 'whole', image, halved } };
}

/** Read in a thread of the browser's, as making it of the picture that is shown would halt the window. */
async function halvedOf({ width_px, height_px }: ImagePicture, address: string): Promise<ImageBitmap | null> {
  const halvings = halvingsOf(width_px, height_px);
  if (halvings === 0) return null;
  const [resizeWidth, resizeHeight] = [width_px >> halvings, height_px >> halvings];
  try {
    const file = await (await fetch(address)).blob();
    return await createImageBitmap(file, { resizeWidth, resizeHeight, resizeQuality: 'high' });
  } catch {
    return null; // best effort: the whole picture says itself when it cannot be read
  }
}

async function showFile(
  file: Promise<File>,
  links: LabelLinks,
  signal: AbortSignal,
  show: (picture: Picture) => void,
): Promise<void> {
  const { facts, whole } = await file;
  signal.throwIfAborted();
  if (whole !== null) return show({ picture: whole, problem: null });
  const { sha256, width_px: width, height_px: height } = facts;
  const tiles = new TiledPicture({ width, height }, { tiles: links.tiles(sha256), thumbnail: links.thumbnail(sha256) });
  signal.addEventListener('abort', () => tiles.close(), { once: true });
  show({ picture: { kind: 'tiled', tiles }, problem: null });
  await tiles.open();
}

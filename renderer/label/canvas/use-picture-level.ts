/**
 * The picture as it is drawn far away: halved until it is hardly larger than what is seen of it, as drawing millions of
 * pixels into a corner of the window would take most of a frame.
 */

import { useEffect, useState } from 'react';

type Level = HTMLImageElement | ImageBitmap;

/** Smaller pictures are drawn whole in no time. */
const FROM_PIXELS = 2_000_000;

/** `scale`: screen pixels an image pixel covers. Until the smaller picture is there, the whole one. */
export function usePictureLevel(image: HTMLImageElement | null, scale: number): Level | null {
  const halvings = image === null ? 0 : halvingsFor(image, scale * devicePixelRatio);
  const [made, setMade] = useState<Made | null>(null);
  useEffect(() => {
    if (image === null || halvings === 0) return;
    let isWanted = true;
    const [resizeWidth, resizeHeight] = [image.naturalWidth, image.naturalHeight].map((side) => side >> halvings);
    createImageBitmap(image, { resizeWidth: resizeWidth!, resizeHeight: resizeHeight!, resizeQuality: 'high' }).then(
      (bitmap) => {
        if (isWanted) setMade({ image, halvings, bitmap });
        else bitmap.close();
      },
      () => {}, // best effort: the whole picture is drawn, as it is until then
    );
    return () => {
      isWanted = false;
    };
  }, [image, halvings]);
  useEffect(() => () => made?.bitmap.close(), [made]);
  return made !== null && made.image === image && made.halvings <= halvings && halvings > 0 ? made.bitmap : image;
}

interface Made {
  readonly image: HTMLImageElement;
  readonly halvings: number;
  readonly bitmap: ImageBitmap;
}

function halvingsFor({ naturalWidth, naturalHeight }: HTMLImageElement, scale: number): number {
  const most = Math.log2((naturalWidth * naturalHeight) / FROM_PIXELS) / 2;
  return Math.max(0, Math.min(Math.floor(Math.log2(1 / scale)), Math.ceil(most)));
}

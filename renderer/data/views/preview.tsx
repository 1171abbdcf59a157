/**
 * An image as large as there is room: its file, or, where that is large or of a format that browsers do not show, those of its
 * tiles that have a pixel for each of the screen. The small picture stands in until they have come.
 */

import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import type { Size } from '../../../native-models/geometry/box.ts';
import { allTiles, levelFor, placesOf, tileName, tileXyxy } from '../../../native-models/geometry/tile-pyramid.ts';
import type { ImageCard } from '../../../preload/contract/data.ts';
import { isShownByTiles } from '../../../preload/contract/labelling.ts';
import { pictureUrl, thumbnailUrl, tilesUrl } from '../../ui/image-addresses.ts';
import { useSize } from '../../ui/use-size.ts';

export interface PreviewProps {
  readonly card: ImageCard;
  readonly onBroken: () => void;
}

export function Preview({ card, onBroken }: PreviewProps): ReactElement {
  const room = useRef<HTMLSpanElement>(null);
  return (
    <span ref={room} className="preview">
      <img src={thumbnailUrl(card.sha256)} alt="" decoding="async" draggable={false} />
      {isShownByTiles(card) ? (
        <Tiles {...{ card, room, onBroken }} />
      ) : (
        <img src={pictureUrl(card.id)} alt="" decoding="async" draggable={false} onError={onBroken} />
      )}
    </span>
  );
}

interface TilesProps extends PreviewProps {
  readonly room: RefObject<HTMLElement | null>;
}

function Tiles({ card, room, onBroken }: TilesProps): ReactElement | null {
  const { sha256, width_px: width, height_px: height } = card;
  const { width: across, height: down } = useSize(room);
  const size: Size = { width, height };
  const scale = Math.min(across / width, down / height) * devicePixelRatio;
  const level = across === 0 ? null : levelFor(scale, size);
  const ready = useReadyLevel(sha256, level, onBroken);
  if (ready === null) return null;
  return (
    <svg className="preview-tiles" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      {placesOf(allTiles(size, ready)).map((place) => {
        const [x0, y0, x1, y1] = tileXyxy(place, size);
        return (
          <image
            key={tileName(place)}
            href={`${tilesUrl(sha256)}/${tileName(place)}`}
            {...{ x: x0, y: y0, width: x1 - x0, height: y1 - y0 }}
            preserveAspectRatio="none"
            onError={onBroken}
          />
        );
      })}
    </svg>
  );
}

/** The first level that was wanted, once the engine has its tiles; null until then. Nobody waits for it who has left. */
function useReadyLevel(sha256: string, level: number | null, onBroken: () => void): number | null {
  const [ready, setReady] = useState<number | null>(null);
  const isWanted = level !== null && ready === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, whatever becomes of the room
  useEffect(() => {
    if (!isWanted) return;
    const leave = new AbortController();
    fetch(`${tilesUrl(sha256)}/${level === 0 ? 'exact' : 'coarse'}`, { signal: leave.signal }).then(
      ({ ok }) => (ok ? setReady(level) : onBroken()),
      () => {
        if (!leave.signal.aborted) onBroken();
      },
    );
    return () => leave.abort();
  }, [sha256, isWanted]);
  return ready;
}

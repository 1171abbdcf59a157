/** A small picture of an image with its objects drawn over it. */

import { memo, type ReactElement, useState } from 'react';
import type { ImageCard, ObjectMark } from '../../../preload/contract/data.ts';
import { thumbnailUrl } from '../../ui/image-addresses.ts';
import { Preview } from './preview.tsx';

export interface PictureProps {
  readonly card: ImageCard;
  readonly colors: ReadonlyMap<string, string>;
  /** As large as there is room, instead of the small picture. */
  readonly isFull?: boolean;
}

function PictureBody({ card, colors, isFull = false }: PictureProps): ReactElement {
  const [isBroken, setIsBroken] = useState(false);
  const { sha256, width_px: width, height_px: height, objects } = card;
  if (isBroken) return <span className="picture picture-broken">cannot be read</span>;
  return (
    <span className="picture">
      {isFull ? (
        <Preview card={card} onBroken={() => setIsBroken(true)} />
      ) : (
        <img src={thumbnailUrl(sha256)} alt="" decoding="async" draggable={false} onError={() => setIsBroken(true)} />
      )}
      {objects.length === 0 ? null : (
        <svg className="marks" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
          {objects.map((mark, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: objects of a card have no other name and never change places
            <Mark key={at} mark={mark} color={colors.get(mark.class_name) ?? 'currentColor'} />
          ))}
        </svg>
      )}
    </span>
  );
}

export const Picture = memo(PictureBody);

function Mark({ mark, color }: { mark: ObjectMark; color: string }): ReactElement {
  const [x0, y0, x1, y1] = mark.xyxy;
  if (mark.rings.length === 0) return <rect x={x0} y={y0} width={x1 - x0} height={y1 - y0} stroke={color} />;
  return <path d={mark.rings.map(pathOf).join('')} stroke={color} fill={color} />;
}

function pathOf(ring: readonly number[]): string {
  const points = Array.from({ length: ring.length / 2 }, (_, i) => `${ring[2 * i]} ${ring[2 * i + 1]}`);
  return `M${points.join('L')}Z`;
}

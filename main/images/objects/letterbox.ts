/**
 * A picture in the middle of a square, its proportions kept.
 * Source: product specification, section 18.4.
 */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { Colour, Placement } from './canvas-view.ts';

export const LETTERBOX_GREY: Colour = [114, 114, 114];

/** Never enlarged. The odd pixel of padding is at the right and at the bottom. */
export function letterboxPlacement({ width, height }: Size, side: number): Placement {
  const scale = Math.min(1, side / width, side / height);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const before = (padding: number) => Math.max(0, Math.round(padding / 2 - 0.1));
  return {
    crop: { x: 0, y: 0, w: width, h: height },
    paste: { x: before(side - w), y: before(side - h), w, h },
    isMirrored: false,
  };
}

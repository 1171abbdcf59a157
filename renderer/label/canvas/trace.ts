/** Shapes as lines on a canvas, in image pixels. Far away, corners closer together than a screen pixel are left out. */

import { type Mask, maskPart } from '../../../native-models/geometry/mask.ts';
import { outlinesOf } from '../../../native-models/geometry/outlines.ts';
import { type Ring, signedRingArea } from '../../../native-models/geometry/polygon.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';

/** What both a path and a drawing context take. */
export type Lines = Pick<Path2D, 'moveTo' | 'lineTo' | 'closePath' | 'rect'>;

/**
 * Adds a shape's outlines. Outlines run one way and holes the other, so that filling shapes that overlap fills them all.
 * `gap`: corners nearer than that to the one before are left out. Units: image pixels.
 */
export function trace(lines: Lines, shape: Shape, gap: number): void {
  switch (shape.kind) {
    case 'box': {
      const [x0, y0, x1, y1] = shape.xyxy;
      lines.rect(x0, y0, x1 - x0, y1 - y0);
      return;
    }
    case 'polygon':
      for (const { outline, holes } of shape.polygon) {
        traceRing(lines, outline, true, gap);
        for (const hole of holes) traceRing(lines, hole, false, gap);
      }
      return;
    case 'mask':
      for (const ring of maskRings(shape.mask)) traceRing(lines, ring, null, gap);
  }
}

/** `clockwise`: the way to run; null takes the ring's own. */
function traceRing(lines: Lines, ring: Ring, clockwise: boolean | null, gap: number): void {
  const isTurned = clockwise !== null && signedRingArea(ring) > 0 !== clockwise;
  const last = ring.length / 2 - 1;
  let [px, py] = [Number.NaN, Number.NaN];
  for (let step = 0; step <= last; step++) {
    const corner = isTurned ? last - step : step;
    const [x, y] = [ring[2 * corner]!, ring[2 * corner + 1]!];
    if (step === 0) lines.moveTo(x, y);
    else if (Math.abs(x - px) < gap && Math.abs(y - py) < gap) continue;
    else lines.lineTo(x, y);
    px = x;
    py = y;
  }
  lines.closePath();
}

const ringsOfMasks = new WeakMap<Mask, readonly Ring[]>();

/** Outlines of a bitmap along its pixels, found once; only the part round its ones is looked at. */
function maskRings(mask: Mask): readonly Ring[] {
  const known = ringsOfMasks.get(mask);
  if (known !== undefined) return known;
  const { xyxy, bitmap } = maskPart(mask);
  const [x0, y0, x1, y1] = xyxy;
  const moved = (ring: Ring) => ring.map((value, i) => value + xyxy[i % 2]!);
  const rings = outlinesOf(bitmap, { width: x1 - x0, height: y1 - y0 }).map(moved);
  ringsOfMasks.set(mask, rings);
  return rings;
}

/** What a ruler says of the way between two points. Units: image pixels, degrees counter-clockwise from the right. */

import type { Point } from './hit.ts';

export function measured([x0, y0]: Point, [x1, y1]: Point): string {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const degrees = (Math.atan2(-dy, dx) * 180) / Math.PI;
  const sides = `${Math.abs(dx).toFixed(0)} × ${Math.abs(dy).toFixed(0)}`;
  return `${Math.hypot(dx, dy).toFixed(1)} px   ${sides}   ${degrees.toFixed(0)}°`;
}

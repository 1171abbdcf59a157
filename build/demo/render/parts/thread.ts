/** What bolts and nuts share: the thread's cross-section and the chamfered hexagon. */

import { polygonRadius, type Ring, ring } from '../loft.ts';

const CHAMFER_SLOPE = Math.tan(Math.PI / 6); // the corners of hexagon heads and nuts are turned off at 30 degrees

/** Height of a single-start thread over its root, 0 to 1, at `turns` pitches along the axis. */
export function threadRadius(turns: number, angleRad: number): number {
  const phase = turns - angleRad / (2 * Math.PI);
  const fraction = phase - Math.floor(phase);
  return 1 - Math.abs(2 * fraction - 1);
}

/** The wall of a hexagon from `bottom` to `top`, its corners turned off where asked, which leaves the curved edges. */
export function hexagonWithChamfer(
  angles: readonly number[],
  apothem: number,
  bottom: number,
  top: number,
  chamfer: { readonly below: boolean; readonly above: boolean },
): Ring[] {
  const circle = apothem * 0.97;
  const radius = (angle: number) => polygonRadius(6, apothem, angle);
  const drop = (angle: number) => (radius(angle) - circle) * CHAMFER_SLOPE;
  const lower = chamfer.below
    ? [ring(angles, () => circle, bottom), ring(angles, radius, (angle) => bottom + drop(angle))]
    : [ring(angles, radius, bottom)];
  const upper = chamfer.above
    ? [ring(angles, radius, (angle) => top - drop(angle)), ring(angles, () => circle, top)]
    : [ring(angles, radius, top)];
  return [...lower, ...upper];
}

/** Depth seen from a far light: what a point must be compared with to know whether the light reaches it. */

import { makeTarget, rasterise } from './rasterise.ts';
import { cross, frameAround, scale, type Vector } from './vector.ts';

/** Directions are spelled out and scaled to texels, as `isLit` runs twenty times a pixel. */
export interface ShadowMap {
  readonly side: number;
  /** Texels per world unit. */
  readonly density: number;
  /** Nearness to the light per texel. Shapes: [side, side] */
  readonly nearness: Float32Array;
  readonly columnX: number;
  readonly columnY: number;
  readonly columnZ: number;
  readonly rowX: number;
  readonly rowY: number;
  readonly rowZ: number;
  readonly towardsX: number;
  readonly towardsY: number;
  readonly towardsZ: number;
}

/** Draws the triangles along parallel rays from the direction `towards` (the light) into a square about the origin. */
export function makeShadowMap(
  positions: Float32Array,
  triangles: Uint32Array,
  towards: Vector,
  side: number,
  reach: number,
): ShadowMap {
  const density = side / (2 * reach);
  const [right] = frameAround(towards);
  const [columnX, columnY, columnZ] = scale(right, density);
  const [rowX, rowY, rowZ] = scale(cross(right, towards), density);
  const [towardsX, towardsY, towardsZ] = towards;
  const screen = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    const x = positions[i]!;
    const y = positions[i + 1]!;
    const z = positions[i + 2]!;
    screen[i] = side / 2 + x * columnX + y * columnY + z * columnZ;
    screen[i + 1] = side / 2 + x * rowX + y * rowY + z * rowZ;
    screen[i + 2] = x * towardsX + y * towardsY + z * towardsZ;
  }
  const target = makeTarget(side, side, false);
  rasterise(target, screen, triangles);
  const { nearness } = target;
  return { side, density, nearness, columnX, columnY, columnZ, rowX, rowY, rowZ, towardsX, towardsY, towardsZ };
}

/** Whether the light reaches the point; `shiftX`, `shiftY` move the look-up by fractions of a texel. */
export function isLit(map: ShadowMap, x: number, y: number, z: number, shiftX: number, shiftY: number): boolean {
  const { side } = map;
  const column = Math.floor(side / 2 + map.columnX * x + map.columnY * y + map.columnZ * z + shiftX);
  const row = Math.floor(side / 2 + map.rowX * x + map.rowY * y + map.rowZ * z + shiftY);
  if (column < 0 || row < 0 || column >= side || row >= side) return true;
  return map.nearness[row * side + column]! <= map.towardsX * x + map.towardsY * y + map.towardsZ * z + DEPTH_BIAS;
}

const DEPTH_BIAS = 0.002; // frame units: what a blocker must be nearer by, to be told from the surface itself

/** Putting things down: what lies on the bench is a height per place, and the next thing comes to rest on it. */

import type { Solid } from './geometry.ts';
import { turnInto } from './geometry.ts';
import type { Mesh } from './mesh.ts';
import { makeTarget, rasterise, type Target } from './rasterise.ts';
import { compose, IDENTITY, type Rotation, rotationAbout, type Vector } from './vector.ts';

const REACH = 1.5; // frame units from the middle: more than any camera sees
const CELLS = 144;
const DENSITY = CELLS / (2 * REACH);

/** The height of everything put down so far, on a grid over the bench. */
export class Pile {
  private readonly top: Target = makeTarget(CELLS, CELLS, false);

  constructor() {
    this.top.nearness.fill(0);
  }

  heightAt(x: number, y: number): number {
    const column = Math.floor(CELLS / 2 + DENSITY * x);
    const row = Math.floor(CELLS / 2 - DENSITY * y);
    if (column < 0 || row < 0 || column >= CELLS || row >= CELLS) return 0;
    return this.top.nearness[row * CELLS + column]!;
  }

  add({ mesh, rotation, size, position }: Solid): void {
    const above = new Float32Array(mesh.positions.length);
    turnInto(above, 0, mesh.positions, rotation, size, position);
    for (let i = 0; i < above.length; i += 3) {
      above[i] = CELLS / 2 + DENSITY * above[i]!;
      above[i + 1] = CELLS / 2 - DENSITY * above[i + 1]!;
    }
    rasterise(this.top, above, mesh.triangles);
  }
}

export interface Put {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  /** The pose before the thing comes to rest. */
  readonly rotation: Rotation;
}

const FIRST_STEP_RAD = 0.24;
const LAST_STEP_RAD = 0.012;

/**
 * Where a thing comes to rest when it is put down at (x, y): tipped, by descent from its given pose, until its middle
 * lies as low as it can without anything under it being pierced.
 */
export function settle(pile: Pile, mesh: Mesh, put: Put): Pick<Solid, 'rotation' | 'position' | 'size'> {
  const points = contactPoints(mesh);
  let rotation = put.rotation;
  let height = restingHeight(pile, points, put, rotation);
  for (let step = FIRST_STEP_RAD; step >= LAST_STEP_RAD; ) {
    let lower: Rotation | null = null;
    for (const tip of TIPS) {
      const candidate = compose(rotationAbout(tip, step), rotation);
      const found = restingHeight(pile, points, put, candidate);
      if (found < height - 1e-6) {
        height = found;
        lower = candidate;
      }
    }
    if (lower) rotation = lower;
    else step /= 2;
  }
  // The pose is found with few points; the height must hold for every vertex.
  const lift = Math.max(height, restingHeight(pile, mesh.positions, put, rotation));
  return { rotation, size: put.size, position: [put.x, put.y, lift] };
}

const TIPS: readonly Vector[] = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
];

/** Height of the thing's own origin when it just touches what lies under it. */
function restingHeight(pile: Pile, points: Float32Array, { x, y, size }: Put, [rx, ry, rz]: Rotation): number {
  let lift = -Infinity;
  for (let i = 0; i < points.length; i += 3) {
    const px = points[i]!;
    const py = points[i + 1]!;
    const pz = points[i + 2]!;
    const under = pile.heightAt(
      x + size * (rx[0] * px + rx[1] * py + rx[2] * pz),
      y + size * (ry[0] * px + ry[1] * py + ry[2] * pz),
    );
    lift = Math.max(lift, under - size * (rz[0] * px + rz[1] * py + rz[2] * pz));
  }
  return lift;
}

const CONTACT_SPACING = 0.05; // in mesh units: contact points closer than this count as one

/** Points on the surface, no two in one cell of a grid and none far from the next: enough to find a pose with. */
function contactPoints({ positions, triangles }: Mesh): Float32Array {
  const points: number[] = [];
  const taken = new Set<number>();
  const take = (x: number, y: number, z: number): void => {
    const cell =
      (Math.floor(x / CONTACT_SPACING) + 512) * 2 ** 20 +
      (Math.floor(y / CONTACT_SPACING) + 512) * 2 ** 10 +
      (Math.floor(z / CONTACT_SPACING) + 512);
    if (taken.has(cell)) return;
    taken.add(cell);
    points.push(x, y, z);
  };
  for (let i = 0; i < positions.length; i += 3) take(positions[i]!, positions[i + 1]!, positions[i + 2]!);
  for (let corner = 0; corner < triangles.length; corner++) {
    const a = 3 * triangles[corner]!;
    const b = 3 * triangles[corner % 3 === 2 ? corner - 2 : corner + 1]!;
    if (a > b) continue; // the neighbour has the same edge the other way round
    const dx = positions[b]! - positions[a]!;
    const dy = positions[b + 1]! - positions[a + 1]!;
    const dz = positions[b + 2]! - positions[a + 2]!;
    const parts = Math.ceil(Math.sqrt(dx * dx + dy * dy + dz * dz) / CONTACT_SPACING);
    for (let i = 1; i < parts; i++) {
      const t = i / parts;
      take(positions[a]! + t * dx, positions[a + 1]! + t * dy, positions[a + 2]! + t * dz);
    }
  }
  return Float32Array.from(points);
}

/** A turn in the plane of the bench. */
export const yaw = (angleRad: number): Rotation => (angleRad === 0 ? IDENTITY : rotationAbout([0, 0, 1], angleRad));

/** The solids of a scene as one list of triangles in the world, each with the solid it belongs to. */

import type { Finish } from './materials.ts';
import type { Mesh } from './mesh.ts';
import type { PartLabel } from './parts.ts';
import type { Rotation, Vector } from './vector.ts';

/** One thing on the bench. Scraps have no label: they hide parts and throw shadows, but are not in the truth. */
export interface Solid {
  readonly label: PartLabel | null;
  readonly mesh: Mesh;
  readonly finish: Finish;
  readonly rotation: Rotation;
  readonly position: Vector;
  readonly size: number;
}

export interface Geometry {
  readonly solids: readonly Solid[];
  readonly positions: Float32Array;
  readonly triangles: Uint32Array;
  readonly cornerNormals: Float32Array;
  /** Index of the solid per triangle. */
  readonly owner: Uint16Array;
  /** First triangle of every solid, and the number of triangles at the end. */
  readonly starts: readonly number[];
}

/** Puts all solids into one list, in their order. */
export function assemble(solids: readonly Solid[]): Geometry {
  const count = (of: (mesh: Mesh) => number) => solids.reduce((sum, { mesh }) => sum + of(mesh), 0);
  const positions = new Float32Array(count((mesh) => mesh.positions.length));
  const triangles = new Uint32Array(count((mesh) => mesh.triangles.length));
  const cornerNormals = new Float32Array(3 * triangles.length);
  const owner = new Uint16Array(triangles.length / 3);
  const starts: number[] = [];
  let coordinate = 0;
  let corner = 0;
  for (const [index, solid] of solids.entries()) {
    const { mesh } = solid;
    starts.push(corner / 3);
    owner.fill(index, corner / 3, (corner + mesh.triangles.length) / 3);
    for (let k = 0; k < mesh.triangles.length; k++) triangles[corner + k] = mesh.triangles[k]! + coordinate / 3;
    turnInto(cornerNormals, 3 * corner, mesh.cornerNormals, solid.rotation, 1, [0, 0, 0]);
    turnInto(positions, coordinate, mesh.positions, solid.rotation, solid.size, solid.position);
    coordinate += mesh.positions.length;
    corner += mesh.triangles.length;
  }
  return { solids, positions, triangles, cornerNormals, owner, starts: [...starts, corner / 3] };
}

/** Rotates, scales and moves vectors of `from` into `into`, beginning at `offset`. */
export function turnInto(
  into: Float32Array,
  offset: number,
  from: Float32Array,
  [rx, ry, rz]: Rotation,
  size: number,
  position: Vector,
): void {
  for (let i = 0; i < from.length; i += 3) {
    const x = from[i]!;
    const y = from[i + 1]!;
    const z = from[i + 2]!;
    into[offset + i] = (rx[0] * x + rx[1] * y + rx[2] * z) * size + position[0];
    into[offset + i + 1] = (ry[0] * x + ry[1] * y + ry[2] * z) * size + position[1];
    into[offset + i + 2] = (rz[0] * x + rz[1] * y + rz[2] * z) * size + position[2];
  }
}

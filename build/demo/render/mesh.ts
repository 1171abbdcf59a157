/** Triangle meshes: built vertex by vertex, with normals that are smooth except over sharp edges. */

import type { Vector } from './vector.ts';

export interface Mesh {
  /** x, y, z per vertex. */
  readonly positions: Float32Array;
  /** Three vertex indices per triangle, counter-clockwise seen from outside. */
  readonly triangles: Uint32Array;
  /** Unit normal per triangle corner: nine numbers per triangle. */
  readonly cornerNormals: Float32Array;
}

const CREASE_COSINE = Math.cos((46 * Math.PI) / 180); // faces that meet at more than this keep a sharp edge between them

/** Collects vertices and faces, then works out the normals. */
export class MeshBuilder {
  private readonly positions: number[] = [];
  private readonly triangles: number[] = [];

  vertex(at: Vector): number {
    this.positions.push(at[0], at[1], at[2]);
    return this.positions.length / 3 - 1;
  }

  triangle(a: number, b: number, c: number): void {
    this.triangles.push(a, b, c);
  }

  /** Corners counter-clockwise seen from outside. */
  quad(a: number, b: number, c: number, d: number): void {
    this.triangles.push(a, b, c, a, c, d);
  }

  build(): Mesh {
    const positions = Float32Array.from(this.positions);
    const triangles = Uint32Array.from(this.triangles);
    return { positions, triangles, cornerNormals: creasedNormals(positions, triangles) };
  }
}

/** The mesh moved so that its bounding box is centred on the origin, and scaled to a bounding sphere of diameter 1. */
export function toUnitSize(mesh: Mesh): Mesh {
  const { positions } = mesh;
  const [cx, cy, cz] = [middle(positions, 0), middle(positions, 1), middle(positions, 2)];
  let squared = 0;
  for (let i = 0; i < positions.length; i += 3) {
    squared = Math.max(
      squared,
      (positions[i]! - cx) ** 2 + (positions[i + 1]! - cy) ** 2 + (positions[i + 2]! - cz) ** 2,
    );
  }
  const scale = 0.5 / Math.sqrt(squared);
  const moved = new Float32Array(positions.length);
  for (let i = 0; i < positions.length; i += 3) {
    moved[i] = (positions[i]! - cx) * scale;
    moved[i + 1] = (positions[i + 1]! - cy) * scale;
    moved[i + 2] = (positions[i + 2]! - cz) * scale;
  }
  return { ...mesh, positions: moved };
}

/** Half way between the least and the greatest coordinate along one axis. */
function middle(positions: Float32Array, axis: 0 | 1 | 2): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = axis; i < positions.length; i += 3) {
    low = Math.min(low, positions[i]!);
    high = Math.max(high, positions[i]!);
  }
  return (low + high) / 2;
}

/** Per corner: the area-weighted mean over the faces round its vertex that lie within the crease angle of its own. */
function creasedNormals(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const faces = faceNormals(positions, triangles);
  const { starts, around } = facesAroundVertices(positions.length / 3, triangles);
  const normals = new Float32Array(triangles.length * 3);
  for (let corner = 0; corner < triangles.length; corner++) {
    const own = 4 * Math.floor(corner / 3);
    let x = 0;
    let y = 0;
    let z = 0;
    for (let k = starts[triangles[corner]!]!; k < starts[triangles[corner]! + 1]!; k++) {
      const other = 4 * around[k]!;
      const cosine =
        faces[own]! * faces[other]! + faces[own + 1]! * faces[other + 1]! + faces[own + 2]! * faces[other + 2]!;
      if (cosine < CREASE_COSINE) continue;
      const area = faces[other + 3]!;
      x += faces[other]! * area;
      y += faces[other + 1]! * area;
      z += faces[other + 2]! * area;
    }
    const length = Math.sqrt(x * x + y * y + z * z) || 1; // zero only for a corner of a face without area, which no sample ever hits
    normals[3 * corner] = x / length;
    normals[3 * corner + 1] = y / length;
    normals[3 * corner + 2] = z / length;
  }
  return normals;
}

/** Unit normal and area, four numbers per triangle. */
function faceNormals(positions: Float32Array, triangles: Uint32Array): Float32Array {
  const faces = new Float32Array((triangles.length / 3) * 4);
  for (let t = 0; t < triangles.length / 3; t++) {
    const a = 3 * triangles[3 * t]!;
    const b = 3 * triangles[3 * t + 1]!;
    const c = 3 * triangles[3 * t + 2]!;
    const ux = positions[b]! - positions[a]!;
    const uy = positions[b + 1]! - positions[a + 1]!;
    const uz = positions[b + 2]! - positions[a + 2]!;
    const vx = positions[c]! - positions[a]!;
    const vy = positions[c + 1]! - positions[a + 1]!;
    const vz = positions[c + 2]! - positions[a + 2]!;
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    const length = Math.sqrt(x * x + y * y + z * z);
    const scale = length > 0 ? 1 / length : 0;
    faces[4 * t] = x * scale;
    faces[4 * t + 1] = y * scale;
    faces[4 * t + 2] = z * scale;
    faces[4 * t + 3] = length / 2;
  }
  return faces;
}

/** For every vertex the list of its faces, packed: `around[starts[v]] … around[starts[v + 1] - 1]`. */
function facesAroundVertices(vertices: number, triangles: Uint32Array): { starts: Uint32Array; around: Uint32Array } {
  const starts = new Uint32Array(vertices + 1);
  for (const vertex of triangles) starts[vertex + 1]! += 1;
  for (let v = 0; v < vertices; v++) starts[v + 1]! += starts[v]!;
  const filled = starts.slice();
  const around = new Uint32Array(triangles.length);
  for (let corner = 0; corner < triangles.length; corner++) {
    const slot = filled[triangles[corner]!]!++;
    around[slot] = Math.floor(corner / 3);
  }
  return { starts, around };
}

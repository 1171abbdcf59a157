/** What one sample shows: the place, the surface's direction there, and what it is made of. */

import type { Camera } from './camera.ts';
import type { Geometry } from './geometry.ts';
import type { Finish } from './materials.ts';
import { noise1, noise2, noise3, smoothstep } from './noise.ts';
import type { Target } from './rasterise.ts';
import type { Surface } from './surfaces/surface.ts';

const GRAIN_RINGS = 42; // marks of a lathe per unit of radius
const WAVINESS = 0.02; // how far even a flat face tips, from place to place, in radians

/** One point at a time, refilled in place by `find`. */
export class SurfacePoint {
  x = 0;
  y = 0;
  z = 0;
  /** Unit direction of sight. */
  rx = 0;
  ry = 0;
  rz = 0;
  /** Shading normal, with the marks of machining in it. */
  nx = 0;
  ny = 0;
  nz = 1;
  /** Normal of the shape alone. */
  gx = 0;
  gy = 0;
  gz = 1;
  isBench = true;
  roughness01 = 1;
  /** How much of the glancing reflection the surface has. */
  polish01 = 0;
  readonly diffuse = new Float64Array(3);
  readonly specular = new Float64Array(3);
  private readonly paint = new Float64Array(4);
  private readonly local = new Float64Array(3);
  private readonly camera: Camera;
  private readonly geometry: Geometry;
  private readonly visible: Target;
  private readonly surface: Surface;

  constructor(scene: { camera: Camera; geometry: Geometry; visible: Target; surface: Surface }) {
    this.camera = scene.camera;
    this.geometry = scene.geometry;
    this.visible = scene.visible;
    this.surface = scene.surface;
  }

  /** Looks through the middle of sample (x, y). */
  find(x: number, y: number): void {
    const { position, right, down, forward, focal, width, height } = this.camera;
    const u = (x + 0.5 - width / 2) / focal;
    const v = (y + 0.5 - height / 2) / focal;
    const dx = forward[0] + u * right[0] + v * down[0];
    const dy = forward[1] + u * right[1] + v * down[1];
    const dz = forward[2] + u * right[2] + v * down[2];
    const sample = y * width + x;
    const triangle = this.visible.triangle![sample]!;
    this.isBench = triangle < 0;
    const depth = this.isBench ? -position[2] / dz : 1 / this.visible.nearness[sample]!;
    this.x = position[0] + depth * dx;
    this.y = position[1] + depth * dy;
    this.z = position[2] + depth * dz;
    const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
    this.rx = dx / length;
    this.ry = dy / length;
    this.rz = dz / length;
    if (this.isBench) this.readBench();
    else this.readPart(triangle);
  }

  private readBench(): void {
    const { surface, paint, diffuse, specular } = this;
    surface.paint(this.x, this.y, paint);
    this.nx = this.gx = 0;
    this.ny = this.gy = 0;
    this.nz = this.gz = 1;
    const gloss = paint[3]!;
    for (let c = 0; c < 3; c++) {
      diffuse[c] = paint[c]! * (1 - gloss);
      specular[c] = paint[c]! * gloss + 0.015;
    }
    this.roughness01 = surface.roughness01;
    this.polish01 = gloss;
  }

  private readPart(triangle: number): void {
    const solid = this.geometry.solids[this.geometry.owner[triangle]!]!;
    const { finish, rotation, position, size } = solid;
    this.interpolateNormal(triangle);
    const x = (this.x - position[0]) / size;
    const y = (this.y - position[1]) / size;
    const z = (this.z - position[2]) / size;
    const [a, b, c] = rotation;
    const lx = a[0] * x + b[0] * y + c[0] * z;
    const ly = a[1] * x + b[1] * y + c[1] * z;
    const lz = a[2] * x + b[2] * y + c[2] * z;
    this.tipByGrain(finish, lx, ly, lz);
    const tx = this.local[0]!;
    const ty = this.local[1]!;
    const tz = this.local[2]!;
    const nx = this.gx + a[0] * tx + a[1] * ty + a[2] * tz;
    const ny = this.gy + b[0] * tx + b[1] * ty + b[2] * tz;
    const nz = this.gz + c[0] * tx + c[1] * ty + c[2] * tz;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    this.nx = nx / length;
    this.ny = ny / length;
    this.nz = nz / length;
    this.coat(finish, lx, ly, lz);
  }

  /** The normal at the point from those at the triangle's corners. */
  private interpolateNormal(triangle: number): void {
    const { positions, triangles, cornerNormals } = this.geometry;
    const a = 3 * triangles[3 * triangle]!;
    const b = 3 * triangles[3 * triangle + 1]!;
    const c = 3 * triangles[3 * triangle + 2]!;
    const ax = positions[a]!;
    const ay = positions[a + 1]!;
    const az = positions[a + 2]!;
    const ux = positions[b]! - ax;
    const uy = positions[b + 1]! - ay;
    const uz = positions[b + 2]! - az;
    const vx = positions[c]! - ax;
    const vy = positions[c + 1]! - ay;
    const vz = positions[c + 2]! - az;
    const px = this.x - ax;
    const py = this.y - ay;
    const pz = this.z - az;
    const uu = ux * ux + uy * uy + uz * uz;
    const uv = ux * vx + uy * vy + uz * vz;
    const vv = vx * vx + vy * vy + vz * vz;
    const pu = px * ux + py * uy + pz * uz;
    const pv = px * vx + py * vy + pz * vz;
    const scale = 1 / (uu * vv - uv * uv);
    const weightB = Math.min(1, Math.max(0, (vv * pu - uv * pv) * scale));
    const weightC = Math.min(1 - weightB, Math.max(0, (uu * pv - uv * pu) * scale));
    const weightA = 1 - weightB - weightC;
    const n = 9 * triangle;
    const d = n + 3;
    const e = n + 6;
    const x = weightA * cornerNormals[n]! + weightB * cornerNormals[d]! + weightC * cornerNormals[e]!;
    const y = weightA * cornerNormals[n + 1]! + weightB * cornerNormals[d + 1]! + weightC * cornerNormals[e + 1]!;
    const z = weightA * cornerNormals[n + 2]! + weightB * cornerNormals[d + 2]! + weightC * cornerNormals[e + 2]!;
    const length = Math.sqrt(x * x + y * y + z * z) || 1;
    this.gx = x / length;
    this.gy = y / length;
    this.gz = z / length;
  }

  /** How the marks of machining tip the normal, in the part's own axes. */
  private tipByGrain({ grain, grainStrength, seed }: Finish, x: number, y: number, z: number): void {
    const { local } = this;
    const phase = seed % 64;
    local[0] = WAVINESS * Math.sin(5 * x + 9 * y + 7 * z + phase);
    local[1] = WAVINESS * Math.sin(8 * x - 5 * y + 6 * z + 2 * phase);
    local[2] = 0;
    if (grain === 'turned') {
      const radius = Math.sqrt(x * x + y * y) + 1e-9;
      const tip =
        grainStrength * (noise1(radius * GRAIN_RINGS, seed) + 0.6 * noise1(z * 1.4 * GRAIN_RINGS, seed + 3) - 0.8);
      local[0]! += (tip * x) / radius;
      local[1]! += (tip * y) / radius;
      local[2]! += 0.5 * tip;
    } else if (grain === 'brushed') {
      const tip = grainStrength * (noise2((x + 0.5 * z) * 60, (y - 0.5 * z) * 5, seed) - 0.5);
      local[0]! += tip;
      local[2]! += 0.5 * tip;
    } else {
      const tip = grainStrength * (noise3(x * 26, y * 26, z * 26, seed) - 0.5);
      local[0]! += tip;
      local[1]! -= tip;
      local[2]! += grainStrength * (noise3(x * 48, y * 48, z * 48, seed + 5) - 0.5);
    }
  }

  /** Colour and roughness, with dirt or rust in patches. */
  private coat(
    { specular, diffuse, roughness01, grime01, grimeColour, seed }: Finish,
    x: number,
    y: number,
    z: number,
  ): void {
    let dirt = 0;
    if (grime01 > 0) {
      const patch =
        0.5 * noise3(x * 5, y * 5, z * 5, seed + 11) +
        0.3 * noise3(x * 14, y * 14, z * 14, seed + 12) +
        0.2 * noise3(x * 43, y * 43, z * 43, seed + 13);
      dirt = smoothstep(0.66 - 0.45 * grime01, 0.98 - 0.45 * grime01, patch) * 0.9;
    }
    for (let c = 0; c < 3; c++) {
      this.specular[c] = specular[c]! * (1 - dirt) + 0.03 * dirt;
      this.diffuse[c] = diffuse[c]! * (1 - dirt) + grimeColour[c]! * dirt;
    }
    this.roughness01 = roughness01 + (0.85 - roughness01) * dirt;
    this.polish01 = 1 - dirt;
  }
}

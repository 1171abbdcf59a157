/** Light on the scene: from what each sample shows to linear colour, averaged over the samples of a pixel. */

import type { Camera } from './camera.ts';
import type { Geometry } from './geometry.ts';
import { SAMPLES_PER_SIDE } from './instances.ts';
import { type Lighting, radiance } from './lighting.ts';
import type { Rgb } from './materials.ts';
import { smoothstep } from './noise.ts';
import type { Target } from './rasterise.ts';
import { isLit, makeShadowMap, type ShadowMap } from './shadow-map.ts';
import { SurfacePoint } from './surface-point.ts';
import type { Surface } from './surfaces/surface.ts';
import type { Vector } from './vector.ts';

const SAMPLES = SAMPLES_PER_SIDE ** 2;
const BENCH = -1;
const MATT = 0.06; // below this polish a surface shows no picture of the room, only its brightness
const KEY_FINENESS = 0.65; // texels of a key light's map per sample of the longer side
const DOME_FINENESS = 0.4; // light from all round has no sharp shadows to lose
const SHADOW_OFFSET_TEXELS = 1.6; // how far a point is moved off its own surface, so that it does not shadow itself
const BRIGHTEST = 6; // of one sample: a sensor's wells are full long before, and one sample must not outshine a pixel
const SHADOW_REACH = 1.1; // frame units from the middle that shadow maps cover

export interface ShadedScene {
  readonly geometry: Geometry;
  readonly camera: Camera;
  readonly visible: Target;
  readonly lighting: Lighting;
  readonly surface: Surface;
}

/**
 * The picture before the camera's own doing. The samples of a pixel share out the light directions between them, so
 * that a pixel sees them all; where all its samples show one thing, fewer of them are shaded, each with a larger share.
 * Shapes: [height, width, 3] at one value per pixel. Units: linear light, 1 about a white sheet.
 */
export function shade(scene: ShadedScene): Float32Array {
  const columns = scene.camera.width / SAMPLES_PER_SIDE;
  const rows = scene.camera.height / SAMPLES_PER_SIDE;
  const image = new Float32Array(3 * columns * rows);
  const shader = new Shader(scene);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      shader.addPixel(image, 3 * (row * columns + column), SAMPLES_PER_SIDE * column, SAMPLES_PER_SIDE * row);
    }
  }
  return image;
}

interface Light {
  readonly map: ShadowMap;
  readonly towards: Vector;
  readonly colour: Rgb;
}

/** Shades one sample after the other; its scratch arrays live as long as the picture is made. */
class Shader {
  private readonly scene: ShadedScene;
  private readonly keys: readonly Light[];
  private readonly dome: readonly Light[];
  private readonly bench: Rgb;
  private readonly light = new Float64Array(3);
  private readonly mirrored = new Float64Array(3);
  private readonly point: SurfacePoint;
  private domeOpen01 = 1;
  private keyOpen01 = 1;

  constructor(scene: ShadedScene) {
    this.scene = scene;
    const { geometry, lighting, camera, surface } = scene;
    const sideFor = (fineness: number) => Math.round(Math.max(camera.width, camera.height) * fineness);
    const mapFor = (towards: Vector, fineness: number) =>
      makeShadowMap(geometry.positions, geometry.triangles, towards, sideFor(fineness), SHADOW_REACH);
    this.keys = byShare(lighting.key).map((towards) => ({
      towards,
      map: mapFor(towards, KEY_FINENESS),
      colour: lighting.keyColour,
    }));
    this.dome = byShare(lighting.dome).map((towards) => {
      const seen = new Float64Array(3);
      radiance(lighting, ...towards, 1, [0, 0, 0], seen);
      return { towards, map: mapFor(towards, DOME_FINENESS), colour: [seen[0]!, seen[1]!, seen[2]!] };
    });
    const upward = [0, 1, 2].map(
      (c) =>
        this.dome.reduce((sum, light) => sum + (2 * light.towards[2] * light.colour[c]!) / this.dome.length, 0) +
        0.7 * lighting.keyColour[c]! * lighting.key[0]![2],
    );
    this.bench = [0, 1, 2].map((c) => surface.mean[c]! * upward[c]! * 0.8) as unknown as Rgb;
    this.point = new SurfacePoint(scene);
  }

  /** Adds the pixel whose first sample is (x, y) to the image, at `offset`. */
  addPixel(image: Float32Array, offset: number, x: number, y: number): void {
    const { width } = this.scene.camera;
    const triangle = this.scene.visible.triangle!;
    const a = y * width + x;
    const b = a + 1;
    const c = a + width;
    const d = c + 1;
    const shown = triangle[a]!;
    const thing = this.thingAt(a);
    if (triangle[b] === shown && triangle[c] === shown && triangle[d] === shown) {
      this.addSample(image, offset, x, y, 0, 4);
    } else if (this.thingAt(b) === thing && this.thingAt(c) === thing && this.thingAt(d) === thing) {
      this.addSample(image, offset, x, y, 0, 2);
      this.addSample(image, offset, x + 1, y + 1, 2, 2);
    } else {
      for (let k = 0; k < SAMPLES; k++) this.addSample(image, offset, x + (k & 1), y + (k >> 1), k, 1);
    }
  }

  /** The solid that a sample shows, or BENCH. */
  private thingAt(sample: number): number {
    const triangle = this.scene.visible.triangle![sample]!;
    return triangle < 0 ? BENCH : this.scene.geometry.owner[triangle]!;
  }

  /** Shades one sample with `shares` quarters of the lights, from `share` on, and adds as many quarters of it. */
  private addSample(image: Float32Array, offset: number, x: number, y: number, share: number, shares: number): void {
    const { point } = this;
    point.find(x, y);
    this.gatherLight(share, shares, x, y);
    const { roughness01 } = point;
    const facing = Math.max(0.02, -(point.nx * point.rx + point.ny * point.ry + point.nz * point.rz));
    const rx = point.rx + 2 * facing * point.nx;
    const ry = point.ry + 2 * facing * point.ny;
    const rz = point.rz + 2 * facing * point.nz;
    if (point.polish01 < MATT) this.mirrored.set(this.scene.lighting.ceiling);
    else radiance(this.scene.lighting, rx, ry, rz, roughness01, this.bench, this.mirrored);
    const squared = (1 - facing) * (1 - facing);
    const glancing = squared * squared * (1 - facing) * (1 - 0.8 * roughness01); // Schlick 1994
    const open = (0.15 + 0.85 * this.domeOpen01) * (0.55 + 0.45 * this.keyOpen01);
    for (let c = 0; c < 3; c++) {
      const specular = point.specular[c]! + (1 - point.specular[c]!) * glancing * point.polish01;
      const colour = point.diffuse[c]! * this.light[c]! + specular * this.mirrored[c]! * open;
      image[offset + c]! += (Math.min(BRIGHTEST, colour) * shares) / SAMPLES;
    }
  }

  /** Irradiance over pi at the point, and how open it lies to the dome and to the key light. */
  private gatherLight(share: number, shares: number, x: number, y: number): void {
    const { light, point, scene } = this;
    const shadow = scene.lighting.shade;
    const across = shadow
      ? smoothstep(-shadow.softness, shadow.softness, shadow.x * point.x + shadow.y * point.y - shadow.edge)
      : 1;
    const unshaded = shadow ? 1 - shadow.depth01 * (1 - across) : 1;
    const bounce = Math.max(0, (1 - point.nz) / 2);
    for (let c = 0; c < 3; c++) light[c] = this.bench[c]! * bounce;
    this.keyOpen01 = unshaded * this.gather(this.keys, share, shares, x, y, unshaded);
    this.domeOpen01 = this.gather(this.dome, share, shares, x, y, 2);
  }

  /** Adds some shares of a set of lights to the light at the point; returns the part of it that is not blocked. */
  private gather(
    lights: readonly Light[],
    share: number,
    shares: number,
    x: number,
    y: number,
    strength: number,
  ): number {
    const { point, light } = this;
    const offset = point.isBench ? 0 : SHADOW_OFFSET_TEXELS / lights[0]!.map.density;
    const each = (strength * SAMPLES) / (lights.length * shares);
    const px = point.x + offset * point.gx;
    const py = point.y + offset * point.gy;
    const pz = point.z + offset * point.gz;
    let lit = 0;
    let all = 0;
    let red = 0;
    let green = 0;
    let blue = 0;
    const perShare = lights.length / SAMPLES;
    for (let k = share * perShare; k < (share + shares) * perShare; k++) {
      const { map, colour } = lights[k]!;
      const cosine = point.nx * map.towardsX + point.ny * map.towardsY + point.nz * map.towardsZ;
      if (cosine <= 0) continue;
      all += cosine;
      // A texel is about as wide as a pixel: neighbours look half a texel apart, which hides its square shape.
      const shiftX = ((x * 7 + y * 3 + k * 5) & 7) / 7 - 0.5;
      const shiftY = ((x * 5 + y * 11 + k * 3) & 7) / 7 - 0.5;
      if (!isLit(map, px, py, pz, shiftX, shiftY)) continue;
      lit += cosine;
      red += cosine * colour[0];
      green += cosine * colour[1];
      blue += cosine * colour[2];
    }
    light[0]! += each * red;
    light[1]! += each * green;
    light[2]! += each * blue;
    return all > 0 ? lit / all : 0;
  }
}

/** Directions dealt out to the shares in turn, so that every share has some of each part of the sky, share by share. */
const byShare = (directions: readonly Vector[]): Vector[] =>
  Array.from({ length: SAMPLES }, (_, share) => directions.filter((_direction, k) => k % SAMPLES === share)).flat();

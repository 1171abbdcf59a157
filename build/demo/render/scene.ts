/** A photograph of workshop parts that never was, with the truth about it. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { type Camera, makeCamera, project } from './camera.ts';
import { between } from './draw.ts';
import { assemble, type Geometry, type Solid } from './geometry.ts';
import { findInstances, type Instance, SAMPLES_PER_SIDE } from './instances.ts';
import { layOutBench, layOutSingle } from './layout.ts';
import { drawLighting } from './lighting.ts';
import type { Rgb } from './materials.ts';
import type { PartLabel } from './parts.ts';
import { photograph } from './photograph.ts';
import { makeTarget, rasterise, type Target } from './rasterise.ts';
import { shade } from './shade.ts';
import { drawSurface } from './surfaces.ts';

export type SceneOptions = { readonly widthPx: number; readonly heightPx: number } & (
  | { readonly kind: 'single'; readonly label: PartLabel }
  | { readonly kind: 'bench'; readonly fewestParts?: number; readonly mostParts?: number }
);

export interface Scene {
  /** 8-bit sRGB. Shapes: [height, width, 3] */
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Every part that shows; for a `single` scene the one it is about comes first. */
  readonly instances: readonly Instance[];
}

const MAX_TRIES = 12;

/** Renders one scene; equal streams and options give equal bytes. */
export function renderScene(rng: Rng, options: SceneOptions): Scene {
  const { widthPx, heightPx } = options;
  const viewpoint = {
    tiltRad: between(rng, 0, 0.45),
    azimuthRad: between(rng, 0, 2 * Math.PI),
    fieldOfViewRad: between(rng, 0.3, 0.6),
  };
  const camera = makeCamera(viewpoint, widthPx * SAMPLES_PER_SIDE, heightPx * SAMPLES_PER_SIDE);
  const surface = drawSurface(rng);
  const lighting = drawLighting(rng);
  const { geometry, visible, instances } = layOut(rng, camera, options, surface.mean);
  const light = shade({ geometry, camera, visible, lighting, surface });
  const pixels = photograph(rng, light, widthPx, heightPx);
  return { pixels, width: widthPx, height: heightPx, instances: instances.filter((instance) => instance !== null) };
}

interface Layout {
  readonly geometry: Geometry;
  readonly visible: Target;
  readonly instances: readonly (Instance | null)[];
}

/** Lays parts out anew until one of the layouts shows what it must; after that many tries the last one stands. */
function layOut(rng: Rng, camera: Camera, options: SceneOptions, backdrop: Rgb): Layout {
  for (let attempt = 1; ; attempt++) {
    const solids =
      options.kind === 'single'
        ? layOutSingle(rng, camera, options.label, backdrop)
        : layOutBench(rng, camera, options.fewestParts ?? 3, options.mostParts ?? 12);
    const layout = look(solids, camera);
    const isFit =
      options.kind === 'single' ? showsMainPart(layout.instances, camera) : showsEveryPart(solids, layout.instances);
    if (isFit || attempt === MAX_TRIES) return layout;
  }
}

/** What the camera sees of the solids. */
export function look(solids: readonly Solid[], camera: Camera): Layout {
  const geometry = assemble(solids);
  const visible = makeTarget(camera.width, camera.height, true);
  const screen = project(camera, geometry.positions);
  rasterise(visible, screen, geometry.triangles);
  return { geometry, visible, instances: findInstances(geometry, visible, screen) };
}

/** The first part must be the obvious subject: little of it hidden, and clearly larger than any other. */
function showsMainPart(instances: readonly (Instance | null)[], camera: Camera): boolean {
  const [main, ...others] = instances;
  const framePx = (camera.width * camera.height) / SAMPLES_PER_SIDE ** 2;
  if (!main || main.occludedFraction01 > 0.25 || main.areaPx < 0.04 * framePx) return false;
  if (main.areaPx > 0.55 * framePx) return false;
  return others.every((other) => !other || main.areaPx > 1.6 * other.areaPx);
}

/** Every part must show, and none less than a quarter. */
function showsEveryPart(solids: readonly Solid[], instances: readonly (Instance | null)[]): boolean {
  return solids.every(({ label }, i) => label === null || (instances[i] && instances[i].occludedFraction01 < 0.75));
}

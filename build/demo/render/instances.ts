/** The truth of a picture: which pixels each part shows, its box, and how much of it something else hides. */

import type { Geometry } from './geometry.ts';
import type { PartLabel } from './parts.ts';
import { FAR, makeTarget, rasterise, type Target } from './rasterise.ts';

export interface Instance {
  readonly label: PartLabel;
  /** Tight round the visible mask; image pixels, half-open. */
  readonly xyxy: readonly [x0: number, y0: number, x1: number, y1: number];
  /** 1 where the part is what the picture shows. Shapes: [height, width] */
  readonly mask: Uint8Array;
  readonly areaPx: number;
  /** Hidden share of what the picture would show of the part if it lay there alone. */
  readonly occludedFraction01: number;
}

/** Samples along one side of a pixel; two, as the k-th of the four is found by its bits. */
export const SAMPLES_PER_SIDE = 2;
const SAMPLES = SAMPLES_PER_SIDE ** 2;

/**
 * One instance per labelled solid, in order; null for one that shows no pixel. A pixel belongs to the solid that has most
 * of its samples, and at least half of them; of two with half each, to the one that comes first.
 * Shapes: `visible` has SAMPLES_PER_SIDE samples per pixel along either axis; `screen` is in its samples.
 */
export function findInstances(geometry: Geometry, visible: Target, screen: Float32Array): (Instance | null)[] {
  const masks = visibleMasks(geometry, visible);
  const alone = makeTarget(visible.width, visible.height, false);
  return geometry.solids.map((solid, index) => {
    const mask = masks[index];
    if (solid.label === null || !mask) return null;
    const { areaPx, xyxy } = measure(mask, visible.width / SAMPLES_PER_SIDE);
    if (areaPx === 0) return null;
    const unhiddenPx = silhouettePx(geometry, index, screen, alone);
    return {
      label: solid.label,
      xyxy,
      mask,
      areaPx,
      occludedFraction01: 1 - areaPx / unhiddenPx,
    };
  });
}

/** Per labelled solid the pixels that are its own. */
function visibleMasks({ solids, owner }: Geometry, visible: Target): (Uint8Array | null)[] {
  const columns = visible.width / SAMPLES_PER_SIDE;
  const rows = visible.height / SAMPLES_PER_SIDE;
  const masks = solids.map(({ label }) => (label === null ? null : new Uint8Array(columns * rows)));
  const shown = new Int32Array(SAMPLES);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let k = 0; k < SAMPLES; k++) {
        const triangle = visible.triangle![sampleOf(column, row, k, visible.width)]!;
        shown[k] = triangle < 0 ? NOTHING : owner[triangle]!;
      }
      const winner = majority(shown);
      const mask = winner === NOTHING ? null : masks[winner];
      if (mask) mask[row * columns + column] = 1;
    }
  }
  return masks;
}

const NOTHING = -1;

/** The solid with most samples, at least half of them; the first of two with half each. */
function majority(shown: Int32Array): number {
  let best = NOTHING;
  let most = 0;
  for (const solid of shown) {
    if (solid === NOTHING || solid === best) continue;
    let count = 0;
    for (const other of shown) if (other === solid) count++;
    const leads = count > most || (count === most && solid < best);
    if (2 * count >= SAMPLES && leads) {
      best = solid;
      most = count;
    }
  }
  return best;
}

/** Pixels of which a solid would cover at least half the samples if it lay there alone; `alone` is scratch, left empty. */
function silhouettePx(geometry: Geometry, index: number, screen: Float32Array, alone: Target): number {
  const [first, last] = [geometry.starts[index]!, geometry.starts[index + 1]!];
  rasterise(alone, screen, geometry.triangles, first, last);
  const columns = alone.width / SAMPLES_PER_SIDE;
  const rows = alone.height / SAMPLES_PER_SIDE;
  const [top, bottom] = verticalExtent(geometry, first, last, screen);
  const firstRow = Math.max(0, Math.floor(top / SAMPLES_PER_SIDE));
  const lastRow = Math.min(rows - 1, Math.floor(bottom / SAMPLES_PER_SIDE));
  let count = 0;
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = 0; column < columns; column++) {
      let covered = 0;
      for (let k = 0; k < SAMPLES; k++) {
        const sample = sampleOf(column, row, k, alone.width);
        if (alone.nearness[sample]! > FAR) covered++;
        alone.nearness[sample] = FAR;
      }
      if (2 * covered >= SAMPLES) count++;
    }
  }
  return count;
}

/** The lowest and highest y of some triangles on the screen. */
function verticalExtent(
  { triangles }: Geometry,
  first: number,
  last: number,
  screen: Float32Array,
): readonly [number, number] {
  let top = Infinity;
  let bottom = -Infinity;
  for (let corner = 3 * first; corner < 3 * last; corner++) {
    const y = screen[3 * triangles[corner]! + 1]!;
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [top, bottom];
}

/** Index of the k-th sample of a pixel, in a target of the given width in samples. */
const sampleOf = (column: number, row: number, k: number, width: number): number =>
  (SAMPLES_PER_SIDE * row + (k >> 1)) * width + SAMPLES_PER_SIDE * column + (k & 1);

/** The ones of a mask: how many, and the smallest half-open box round them. */
function measure(mask: Uint8Array, width: number): Pick<Instance, 'areaPx' | 'xyxy'> {
  let [x0, y0, x1, y1] = [Infinity, Infinity, 0, 0];
  let areaPx = 0;
  for (let y = 0, i = 0; i < mask.length; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue;
      areaPx++;
      x0 = Math.min(x0, x);
      y0 = Math.min(y0, y);
      x1 = Math.max(x1, x + 1);
      y1 = Math.max(y1, y + 1);
    }
  }
  return { areaPx, xyxy: [x0, y0, x1, y1] };
}

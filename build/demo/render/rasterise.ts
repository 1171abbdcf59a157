/** Triangles to samples, with a depth test: the one inner loop behind the picture, its shadows and its masks. */

export interface Target {
  readonly width: number;
  readonly height: number;
  /** Nearness of the front-most triangle per sample; `FAR` where there is none. */
  readonly nearness: Float32Array;
  /** Its index in the triangle list, or -1. Null where only the depth is wanted. */
  readonly triangle: Int32Array | null;
}

export const FAR = -Infinity;

const EDGE = -1e-9; // a weight this far below zero is rounding: without it, samples on a shared edge fall through

/** An empty target. */
export function makeTarget(width: number, height: number, keepsTriangles: boolean): Target {
  const triangle = keepsTriangles ? new Int32Array(width * height).fill(-1) : null;
  return { width, height, nearness: new Float32Array(width * height).fill(FAR), triangle };
}

/**
 * Draws triangles `first` to `last - 1`. Triangles that turn their back are left out; samples lie in the middle of their
 * cell, and one on a shared edge goes to whichever triangle is nearer.
 * Shapes: screen [vertices, 3] as x to the right, y down, nearness; triangles [n, 3].
 * Units:  x and y in samples; nearness must be linear over the screen and grow towards the viewer.
 */
export function rasterise(
  target: Target,
  screen: Float32Array,
  triangles: Uint32Array,
  first = 0,
  last = triangles.length / 3,
): void {
  const { width, height, nearness, triangle } = target;
  for (let t = first; t < last; t++) {
    const a = 3 * triangles[3 * t]!;
    const b = 3 * triangles[3 * t + 1]!;
    const c = 3 * triangles[3 * t + 2]!;
    const ax = screen[a]!;
    const ay = screen[a + 1]!;
    const abx = screen[b]! - ax;
    const aby = screen[b + 1]! - ay;
    const acx = screen[c]! - ax;
    const acy = screen[c + 1]! - ay;
    const area = abx * acy - acx * aby;
    if (area >= 0) continue; // y points down, so a front face runs clockwise in these coordinates' sense

    const left = Math.max(0, Math.ceil(ax + Math.min(0, abx, acx) - 0.5));
    const right = Math.min(width - 1, Math.floor(ax + Math.max(0, abx, acx) - 0.5));
    const top = Math.max(0, Math.ceil(ay + Math.min(0, aby, acy) - 0.5));
    const bottom = Math.min(height - 1, Math.floor(ay + Math.max(0, aby, acy) - 0.5));
    if (left > right || top > bottom) continue;

    // Barycentric weights of b and c, and the nearness, are linear: a start value and a step per sample.
    const weightBx = acy / area;
    const weightBy = -acx / area;
    const weightCx = -aby / area;
    const weightCy = abx / area;
    const near = screen[a + 2]!;
    const nearB = screen[b + 2]! - near;
    const nearC = screen[c + 2]! - near;
    const nearX = nearB * weightBx + nearC * weightCx;
    for (let y = top; y <= bottom; y++) {
      const dy = y + 0.5 - ay;
      const dx = left + 0.5 - ax;
      let weightB = dx * weightBx + dy * weightBy;
      let weightC = dx * weightCx + dy * weightCy;
      let here = near + nearB * weightB + nearC * weightC;
      for (let i = y * width + left, end = y * width + right; i <= end; i++) {
        if (weightB >= EDGE && weightC >= EDGE && weightB + weightC <= 1 - EDGE && here > nearness[i]!) {
          nearness[i] = here;
          if (triangle) triangle[i] = t;
        }
        weightB += weightBx;
        weightC += weightCx;
        here += nearX;
      }
    }
  }
}

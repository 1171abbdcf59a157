/** Masks as polygons along the edges of their pixels, so that filling them gives the mask back, pixel for pixel. */

import type { Size } from './box.ts';
import { type Mask, maskPart } from './mask.ts';
import { mapCorners, nestRings, type Polygon, type Ring } from './polygon.ts';

/**
 * The outlines of a mask: one round every piece, one round every hole. Under the even-odd rule they enclose exactly the
 * ones of the mask. Pixels that touch only at a corner are separate pieces.
 * Shapes: mask [height, width], row by row. Units: pixels, corners on whole numbers.
 */
export function outlinesOf(mask: Uint8Array, { width, height }: Size): Ring[] {
  const edges = boundaryEdges(mask, width, height);
  const outlines: Ring[] = [];
  for (const start of [...edges.keys()]) {
    while (edges.has(start)) outlines.push(follow(edges, start, width + 1));
  }
  return outlines;
}

/** The pieces of a mask with their holes: drawn as COCO draws polygons it is the mask again. */
export function polygonOfMask(mask: Mask): Polygon {
  const { xyxy, bitmap } = maskPart(mask);
  const [x0, y0, x1, y1] = xyxy;
  const polygon = nestRings(outlinesOf(bitmap, { width: x1 - x0, height: y1 - y0 }));
  return mapCorners(polygon, (x, y) => [x + x0, y + y0]);
}

type Step = readonly [dx: number, dy: number];

/** Directed edges that leave every grid corner, with the mask on their right as y points down. */
function boundaryEdges(mask: Uint8Array, width: number, height: number): Map<number, Step[]> {
  const isSet = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] === 1;
  const edges = new Map<number, Step[]>();
  const put = (x: number, y: number, step: Step) => {
    const corner = y * (width + 1) + x;
    const known = edges.get(corner);
    if (known) known.push(step);
    else edges.set(corner, [step]);
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!isSet(x, y)) continue;
      if (!isSet(x, y - 1)) put(x, y, [1, 0]);
      if (!isSet(x + 1, y)) put(x + 1, y, [0, 1]);
      if (!isSet(x, y + 1)) put(x + 1, y + 1, [-1, 0]);
      if (!isSet(x - 1, y)) put(x, y + 1, [0, -1]);
    }
  }
  return edges;
}

/** Takes edges out of the map, from a corner until the way comes back to it, and keeps the corners where it turns. */
function follow(edges: Map<number, Step[]>, start: number, stride: number): Ring {
  const corners: number[] = [];
  let corner = start;
  let before: Step | null = null;
  const first = edges.get(start)!.at(-1)!;
  do {
    const step = take(edges, corner, before);
    if (!before || before[0] !== step[0] || before[1] !== step[1])
      corners.push(corner % stride, Math.floor(corner / stride));
    corner += step[0] + step[1] * stride;
    before = step;
  } while (corner !== start);
  const startsStraight = before[0] === first[0] && before[1] === first[1];
  return startsStraight ? corners.slice(2) : corners;
}

/** The next edge; of two at a corner where pieces touch, the one that turns right, which stays on its own piece. */
function take(edges: Map<number, Step[]>, corner: number, before: Step | null): Step {
  const steps = edges.get(corner)!;
  const turnsRight = (step: Step) => before !== null && before[0] * step[1] - before[1] * step[0] > 0;
  const index = steps.length === 1 ? 0 : Math.max(0, before ? steps.findIndex(turnsRight) : steps.length - 1);
  const [step] = steps.splice(index, 1);
  if (steps.length === 0) edges.delete(corner);
  return step!;
}

/**
 * Polygons as masks, pixel for pixel as COCO's own code draws them: corners on a grid five times as fine, edges walked in
 * steps of it, columns filled between the crossings.
 * Source: https://github.com/cocodataset/cocoapi, common/maskApi.c, rleFrPoly.
 */

import type { Size, Xyxy } from './box.ts';
import { combineMasks, type Mask, uniteMasks } from './mask.ts';
import type { Polygon, Ring } from './polygon.ts';

const FINER = 5;

/** The pixels of all parts together, holes left out. An empty polygon is an empty mask. */
export function maskFromPolygon(polygon: Polygon, size: Size): Mask {
  const parts = polygon.map(({ outline, holes }) =>
    holes.reduce(
      (mask, hole) => combineMasks(mask, maskFromRing(hole, size), (a, b) => a && !b),
      maskFromRing(outline, size),
    ),
  );
  const empty = { ...size, counts: [size.width * size.height] };
  return uniteMasks([empty, ...parts]);
}

/** The pixels of a box, drawn as the ring of its corners. */
export function maskFromBox([x0, y0, x1, y1]: Xyxy, size: Size): Mask {
  return maskFromRing([x0, y0, x0, y1, x1, y1, x1, y0], size);
}

/** The pixels that one ring encloses; one that crosses itself has the crossed parts left out. */
export function maskFromRing(ring: Ring, { width, height }: Size): Mask {
  const crossings = edgeCrossings(boundaryPoints(ring), width, height);
  crossings.push(width * height);
  crossings.sort((a, b) => a - b);
  return { width, height, counts: toCounts(crossings) };
}

/** Points of the whole boundary on the fine grid, x and y in turn. */
function boundaryPoints(ring: Ring): number[] {
  const corners = ring.map((value) => Math.trunc(FINER * value + 0.5));
  const points: number[] = [];
  for (let i = 0; i < corners.length; i += 2) {
    const next = (i + 2) % corners.length;
    addEdge(points, corners[i]!, corners[i + 1]!, corners[next]!, corners[next + 1]!);
  }
  return points;
}

/** Steps along the longer direction, always computed from its smaller end, so that both neighbours of an edge agree. */
function addEdge(points: number[], xs: number, ys: number, xe: number, ye: number): void {
  const dx = Math.abs(xe - xs);
  const dy = Math.abs(ye - ys);
  const isFlat = dx >= dy;
  const isFlipped = isFlat ? xs > xe : ys > ye;
  const [x0, y0, x1, y1] = isFlipped ? [xe, ye, xs, ys] : [xs, ys, xe, ye];
  const steps = isFlat ? dx : dy;
  const slope = steps === 0 ? 0 : (isFlat ? y1 - y0 : x1 - x0) / steps;
  for (let step = 0; step <= steps; step++) {
    const t = isFlipped ? steps - step : step;
    if (isFlat) points.push(t + x0, Math.trunc(y0 + slope * t + 0.5));
    else points.push(Math.trunc(x0 + slope * t + 0.5), t + y0);
  }
}

/** Where the boundary passes the middle of a column of pixels: offsets of pixels, column by column. */
function edgeCrossings(points: readonly number[], width: number, height: number): number[] {
  const crossings: number[] = [];
  for (let i = 2; i < points.length; i += 2) {
    const [px, x] = [points[i - 2]!, points[i]!];
    if (x === px) continue;
    const column = ((x < px ? x : x - 1) + 0.5) / FINER - 0.5;
    if (!Number.isInteger(column) || column < 0 || column > width - 1) continue;
    const row = (Math.min(points[i - 1]!, points[i + 1]!) + 0.5) / FINER - 0.5;
    crossings.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)));
  }
  return crossings;
}

/** Differences of ascending offsets; two equal ones cancel each other. */
function toCounts(offsets: readonly number[]): number[] {
  const lengths = offsets.map((offset, i) => offset - (offsets[i - 1] ?? 0));
  const counts = [lengths[0]!];
  for (let i = 1; i < lengths.length; i++) {
    if (lengths[i]! > 0) counts.push(lengths[i]!);
    else {
      i += 1;
      if (i < lengths.length) counts[counts.length - 1]! += lengths[i]!;
    }
  }
  return counts;
}

/** Lines through points from left to right, and fewer points for the same picture. */

/** `x` never falls and runs from 0 to 1; where it stays, the line is vertical. */
export interface Line {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Collects points without repetitions. */
export class LineBuilder {
  private readonly x: Float64Array;
  private readonly y: Float64Array;
  private length = 0;

  constructor(mostPoints: number) {
    this.x = new Float64Array(mostPoints);
    this.y = new Float64Array(mostPoints);
  }

  to(x: number, y: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.x[last] === x && this.y[last] === y) return;
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length += 1;
  }

  line(): Line {
    return { x: this.x.slice(0, this.length), y: this.y.slice(0, this.length) };
  }
}

/** Points nearer to the line than this are on it: far below a pixel, far above rounding. */
const ON_THE_LINE = 1e-12;
/** Lines with more than this many points per point that is kept are walked in small steps first. */
const WALK_BEYOND = 16;
/** The steps then are this share of the distance between two kept points. */
const STEPS_PER_KEPT_POINT = 8;

/** A stretch of the line drawn straight from `first` to `last`, and its point farthest from there. */
interface Stretch {
  readonly first: number;
  readonly last: number;
  readonly farthest: number;
  readonly distanceSquared: number;
}

/**
 * At most `limit` of the points, first and last included. All corners are kept where they fit; beyond that always the
 * corner is added that lies farthest from the line drawn so far. Distances are those of a picture as high as the line.
 * Source: Ramer 1972, Douglas and Peucker 1973, with the largest deviation first.
 */
export function thinned(line: Line, limit: number): Line {
  const candidates = walked(line, limit);
  const last = candidates.x.length - 1;
  if (last < 2) return candidates;
  const height = heightOf(candidates);
  const picture = { x: candidates.x, y: candidates.y.map((value) => value / height) };
  const kept = [0, last];
  const stretches = [stretchOf(picture, 0, last)];
  while (kept.length < limit) {
    const index = indexOfFarthest(stretches);
    const { first, last: end, farthest, distanceSquared } = stretches[index]!;
    if (distanceSquared <= ON_THE_LINE ** 2) break;
    kept.push(farthest);
    stretches[index] = stretchOf(picture, first, farthest);
    stretches.push(stretchOf(picture, farthest, end));
  }
  const inOrder = Int32Array.from(kept).sort();
  return {
    x: Float64Array.from(inOrder, (at) => candidates.x[at]!),
    y: Float64Array.from(inOrder, (at) => candidates.y[at]!),
  };
}

/** Of a long line only points a small step away from the one before; a point that is left out lies within that step. */
function walked(line: Line, limit: number): Line {
  const { x, y } = line;
  if (x.length <= WALK_BEYOND * limit) return line;
  const step = 1 / (STEPS_PER_KEPT_POINT * limit);
  const height = heightOf(line);
  const points = new LineBuilder(x.length);
  points.to(x[0]!, y[0]!);
  let before = 0;
  for (let i = 1; i < x.length - 1; i++) {
    if (x[i]! - x[before]! + Math.abs(y[i]! - y[before]!) / height < step) continue;
    points.to(x[i]!, y[i]!);
    before = i;
  }
  points.to(x.at(-1)!, y.at(-1)!);
  return points.line();
}

/** Of the picture, which is at least 1 high. */
function heightOf({ y }: Line): number {
  let most = 1;
  for (let i = 0; i < y.length; i++) if (y[i]! > most) most = y[i]!;
  return most;
}

function indexOfFarthest(stretches: readonly Stretch[]): number {
  let best = 0;
  for (let i = 1; i < stretches.length; i++) {
    if (stretches[i]!.distanceSquared > stretches[best]!.distanceSquared) best = i;
  }
  return best;
}

function stretchOf({ x, y }: Line, first: number, last: number): Stretch {
  const [fromX, fromY, dx, dy] = [x[first]!, y[first]!, x[last]! - x[first]!, y[last]! - y[first]!];
  const perLength = 1 / Math.max(dx * dx + dy * dy, Number.MIN_VALUE);
  let farthest = first;
  let distanceSquared = 0;
  for (let i = first + 1; i < last; i++) {
    const px = x[i]! - fromX;
    const py = y[i]! - fromY;
    const along = (px * dx + py * dy) * perLength;
    const clamped = along < 0 ? 0 : along > 1 ? 1 : along;
    const awayX = px - clamped * dx;
    const awayY = py - clamped * dy;
    const squared = awayX * awayX + awayY * awayY;
    if (squared > distanceSquared) {
      distanceSquared = squared;
      farthest = i;
    }
  }
  return { first, last, farthest, distanceSquared };
}

/** Where an average line has its points. */
const AVERAGE_STEPS = 256;

/** How a line is read between its points: along the straight piece, or at the height of the next point. */
export type Between = 'straight' | 'next';

/**
 * The mean height of the lines above each of 257 even places, null for none: where a line is vertical, its top counts.
 * It starts at the mean of their first points. Lines that are null are left out, as are those of weight 0.
 */
export function averageLine(
  lines: readonly (Line | null)[],
  weight: (index: number) => number,
  between: Between,
): Line | null {
  const heights = new Float64Array(AVERAGE_STEPS + 1);
  let [first, weights] = [0, 0];
  lines.forEach((line, index) => {
    const share = weight(index);
    if (line === null || share === 0) return;
    weights += share;
    first += share * line.y[0]!;
    addTops(line, share, between, heights);
  });
  if (weights === 0) return null;
  const average = new LineBuilder(AVERAGE_STEPS + 2);
  average.to(0, first / weights);
  for (const [step, height] of heights.entries()) average.to(step / AVERAGE_STEPS, height / weights);
  return average.line();
}

function addTops({ x, y }: Line, share: number, between: Between, heights: Float64Array): void {
  let at = 0;
  for (let step = 0; step <= AVERAGE_STEPS; step++) {
    const place = step / AVERAGE_STEPS;
    while (at < x.length - 1 && x[at]! < place) at += 1;
    const isInside = x[at]! > place && between === 'straight';
    heights[step]! += share * (isInside ? straightAt(x, y, at, place) : topAt(x, y, at));
  }
}

function straightAt(x: Float64Array, y: Float64Array, right: number, place: number): number {
  const [left, width] = [right - 1, x[right]! - x[right - 1]!];
  return y[left]! + ((y[right]! - y[left]!) * (place - x[left]!)) / width;
}

/** The highest point of the vertical that begins at a point. */
function topAt(x: Float64Array, y: Float64Array, first: number): number {
  let top = y[first]!;
  for (let i = first + 1; i < x.length && x[i] === x[first]; i++) top = Math.max(top, y[i]!);
  return top;
}

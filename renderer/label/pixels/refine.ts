/**
 * The object that a box or a few strokes point at: colours of inside and outside as two mixtures, parted where the picture
 * has its edges.
 * Source: Rother et al. 2004, "GrabCut", sections 3.1 to 3.4, without the matting of section 4. Beyond it, an object with
 * many pixels is found on a smaller picture first, and its edge alone in the whole one.
 */

import { type CutGraph, DIRECTIONS, MinCut } from './min-cut.ts';
import { type Mixture, mixtureCost, mixtureOf, relearned } from './mixture.ts';
import type { Raster } from './raster.ts';

/** What is known of a pixel before; `UNSURE` ones begin as the object's. */
export const OUTSIDE = 0;
export const INSIDE = 1;
export const UNSURE = 2;

const ROUNDS = 4;
/** Where colours tell nothing apart the object dwindles to nothing: what it was before that is the better guess. */
const LEAST_FRACTION = 0.05;
/** The paper's gamma: how much an edge through even colour costs. */
const EDGE_COST = 50;
/** Capacities are whole numbers of this part of a nat. */
const UNITS_A_NAT = 256;
/** More pixels than that are looked at from farther away first. */
const MOST_PIXELS = 120_000;
/** Coarse pixels to either side of the edge that are decided again. */
const BAND = 2;

/** One for each pixel of the object. Shapes: hints and result [height, width]. */
export function refined(raster: Raster, hints: Uint8Array): Uint8Array {
  const { width, height } = raster;
  const factor = Math.ceil(Math.sqrt((width * height) / MOST_PIXELS));
  if (factor <= 1) return segmented(raster, hints).inside;
  const coarse = shrunk(raster, hints, factor);
  const { inside, mixtures } = segmented(coarse.raster, coarse.hints);
  const band = bandHints(hints, inside, coarse.raster.width, raster, factor);
  return cut(raster, coloursOf(raster), band.hints, band.inside, mixtures);
}

interface Mixtures {
  readonly inside: Mixture;
  readonly outside: Mixture;
}

function segmented(raster: Raster, hints: Uint8Array): { inside: Uint8Array; mixtures: Mixtures } {
  const colours = coloursOf(raster);
  let inside: Uint8Array = Uint8Array.from(hints, (hint) => (hint === OUTSIDE ? 0 : 1));
  let mixtures: Mixtures = { inside: [], outside: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const [within, without] = membersOf(inside);
    if (within.length === 0 || without.length === 0) break;
    const learn = (known: Mixture, members: readonly number[]) =>
      round === 0 ? mixtureOf(colours, members) : relearned(known, colours, members);
    mixtures = { inside: learn(mixtures.inside, within), outside: learn(mixtures.outside, without) };
    const next = cut(raster, colours, hints, inside, mixtures);
    if (onesOf(next) < LEAST_FRACTION * within.length) break;
    inside = next;
  }
  return { inside, mixtures };
}

const onesOf = (bitmap: Uint8Array): number => bitmap.reduce((sum, value) => sum + value, 0);

function membersOf(inside: Uint8Array): [within: number[], without: number[]] {
  const members: [number[], number[]] = [[], []];
  inside.forEach((value, i) => {
    members[value === 1 ? 0 : 1].push(i);
  });
  return members;
}

function coloursOf({ width, height, rgba }: Raster): Float32Array {
  const colours = new Float32Array(3 * width * height);
  for (let i = 0; i < width * height; i++) for (let c = 0; c < 3; c++) colours[3 * i + c] = rgba[4 * i + c]!;
  return colours;
}

/** Decides the pixels that are not sure; the others weigh on those beside them. `before`: what holds where nothing does. */
function cut(
  { width, height }: Raster,
  colours: Float32Array,
  hints: Uint8Array,
  before: Uint8Array,
  { inside, outside }: Mixtures,
): Uint8Array {
  const result = Uint8Array.from(hints, (hint, i) => (hint === UNSURE ? before[i]! : hint));
  if (inside.length === 0 || outside.length === 0) return result;
  const nodeOf = new Int32Array(width * height).fill(-1);
  const pixelOf: number[] = [];
  hints.forEach((hint, i) => {
    if (hint === UNSURE) nodeOf[i] = pixelOf.push(i) - 1;
  });
  const arcs = DIRECTIONS.length;
  const graph = {
    nodes: pixelOf.length,
    ends: new Int32Array(arcs * pixelOf.length).fill(-1),
    capacities: new Int32Array(arcs * pixelOf.length),
    terminals: new Int32Array(pixelOf.length),
  } satisfies CutGraph;
  const sharpness = sharpnessOf(colours, width, height);
  pixelOf.forEach((i, node) => {
    let towardsInside = mixtureCost(outside, colours, i) - mixtureCost(inside, colours, i);
    const [x, y] = [i % width, Math.floor(i / width)];
    DIRECTIONS.forEach(([dx, dy], direction) => {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) return;
      const to = i + dy * width + dx;
      const cost = (EDGE_COST / Math.hypot(dx, dy)) * Math.exp(-sharpness * difference2(colours, i, to));
      if (hints[to] !== UNSURE) {
        towardsInside += hints[to] === INSIDE ? cost : -cost;
        return;
      }
      graph.ends[arcs * node + direction] = nodeOf[to]!;
      graph.capacities[arcs * node + direction] = Math.round(UNITS_A_NAT * cost);
    });
    graph.terminals[node] = Math.round(UNITS_A_NAT * towardsInside);
  });
  const isInside = new MinCut(graph).solve();
  pixelOf.forEach((i, node) => {
    result[i] = isInside[node]!;
  });
  return result;
}

const difference2 = (colours: Float32Array, a: number, b: number): number =>
  (colours[3 * a]! - colours[3 * b]!) ** 2 +
  (colours[3 * a + 1]! - colours[3 * b + 1]!) ** 2 +
  (colours[3 * a + 2]! - colours[3 * b + 2]!) ** 2;

/** The paper's beta: one over twice the mean squared difference of neighbours. */
function sharpnessOf(colours: Float32Array, width: number, height: number): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (x + 1 < width) sum += difference2(colours, i, i + 1);
      if (y + 1 < height) sum += difference2(colours, i, i + width);
      count += Number(x + 1 < width) + Number(y + 1 < height);
    }
  }
  return sum === 0 ? 0 : count / (2 * sum);
}

/** The mean of each square of pixels; a hint of any pixel is the hint of its square, the object's first. */
function shrunk({ width, height, rgba }: Raster, hints: Uint8Array, factor: number) {
  const [w, h] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const small = new Float32Array(4 * w * h);
  const counts = new Float32Array(w * h);
  const marks = new Uint8Array(w * h).fill(UNSURE);
  for (let i = 0; i < width * height; i++) {
    const to = Math.floor(i / width / factor) * w + Math.floor((i % width) / factor);
    for (let c = 0; c < 4; c++) small[4 * to + c]! += rgba[4 * i + c]!;
    counts[to]! += 1;
    if (hints[i] === INSIDE || (hints[i] === OUTSIDE && marks[to] !== INSIDE)) marks[to] = hints[i]!;
  }
  for (let i = 0; i < small.length; i++) small[i]! /= counts[i >> 2]!;
  return { raster: { width: w, height: h, rgba: small }, hints: marks };
}

/** What was found on the small picture holds, but for pixels near its edge. */
function bandHints(hints: Uint8Array, coarse: Uint8Array, coarseWidth: number, { width }: Raster, factor: number) {
  const coarseHeight = coarse.length / coarseWidth;
  const isNearEdge = Uint8Array.from(coarse, (value, at) => {
    const [x, y] = [at % coarseWidth, Math.floor(at / coarseWidth)];
    for (let j = Math.max(0, y - BAND); j <= Math.min(coarseHeight - 1, y + BAND); j++) {
      for (let i = Math.max(0, x - BAND); i <= Math.min(coarseWidth - 1, x + BAND); i++) {
        if (coarse[j * coarseWidth + i] !== value) return 1;
      }
    }
    return 0;
  });
  const coarseOf = (i: number) => Math.floor(i / width / factor) * coarseWidth + Math.floor((i % width) / factor);
  const inside = Uint8Array.from(hints, (_, i) => coarse[coarseOf(i)]!);
  const band = Uint8Array.from(hints, (hint, i) =>
    hint !== UNSURE || isNearEdge[coarseOf(i)] === 1 ? hint : inside[i]!,
  );
  return { hints: band, inside };
}

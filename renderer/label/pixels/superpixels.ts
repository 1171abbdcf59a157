/**
 * Superpixels: a picture cut into pieces of about one size whose edges follow the picture's.
 * Source: Achanta et al. 2012, "SLIC Superpixels Compared to State-of-the-art Superpixel Methods", section 3; pieces that
 * fall apart are joined to the neighbour found first, as there.
 */

import { labOf, type Raster } from './raster.ts';

const ROUNDS = 8;
/** How much nearness counts against colour: the paper's m. */
const COMPACTNESS = 12;
/** Of the wanted size; smaller pieces are given to a neighbour. */
const LEAST_FRACTION = 0.25;

/** The number of each pixel's piece, from 0. Shapes: [height, width]. `step`: the wanted side of a piece in pixels. */
export function superpixels(raster: Raster, step: number): Int32Array {
  const { width, height } = raster;
  const lab = labOf(raster);
  const centres = seeds(lab, width, height, step);
  const labels = new Int32Array(width * height).fill(-1);
  const distances = new Float32Array(width * height);
  for (let round = 0; round < ROUNDS; round++) {
    distances.fill(Number.POSITIVE_INFINITY);
    for (const [label, centre] of centres.entries()) claim(lab, raster, centre, label, step, labels, distances);
    recentre(lab, width, labels, centres);
  }
  return joined(labels, width, height, LEAST_FRACTION * step * step);
}

/** L, a, b, x, y. */
type Centre = [number, number, number, number, number];

/** On a grid, each moved off edges to the flattest place beside it. */
function seeds(lab: Float32Array, width: number, height: number, step: number): Centre[] {
  const [columns, rows] = [Math.max(1, Math.round(width / step)), Math.max(1, Math.round(height / step))];
  const centres: Centre[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = [Math.floor(((column + 0.5) * width) / columns), Math.floor(((row + 0.5) * height) / rows)];
      const at = flattest(lab, width, height, x, y);
      centres.push([lab[3 * at]!, lab[3 * at + 1]!, lab[3 * at + 2]!, at % width, Math.floor(at / width)]);
    }
  }
  return centres;
}

function flattest(lab: Float32Array, width: number, height: number, x: number, y: number): number {
  let [best, least] = [y * width + x, Number.POSITIVE_INFINITY];
  for (let j = Math.max(1, y - 1); j <= Math.min(height - 2, y + 1); j++) {
    for (let i = Math.max(1, x - 1); i <= Math.min(width - 2, x + 1); i++) {
      const at = j * width + i;
      const steep = difference(lab, at - 1, at + 1) + difference(lab, at - width, at + width);
      if (steep < least) [best, least] = [at, steep];
    }
  }
  return best;
}

function difference(lab: Float32Array, a: number, b: number): number {
  const [dl, da, db] = [
    lab[3 * a]! - lab[3 * b]!,
    lab[3 * a + 1]! - lab[3 * b + 1]!,
    lab[3 * a + 2]! - lab[3 * b + 2]!,
  ];
  return dl * dl + da * da + db * db;
}

/** A centre takes the pixels of the square around it that are nearer to it than to any before. */
function claim(
  lab: Float32Array,
  { width, height }: Raster,
  [l, a, b, cx, cy]: Centre,
  label: number,
  step: number,
  labels: Int32Array,
  distances: Float32Array,
): void {
  const weight = (COMPACTNESS / step) ** 2;
  for (let y = Math.max(0, Math.ceil(cy - step)); y <= Math.min(height - 1, Math.floor(cy + step)); y++) {
    for (let x = Math.max(0, Math.ceil(cx - step)); x <= Math.min(width - 1, Math.floor(cx + step)); x++) {
      const at = y * width + x;
      const [dl, da, db] = [lab[3 * at]! - l, lab[3 * at + 1]! - a, lab[3 * at + 2]! - b];
      const distance = dl * dl + da * da + db * db + weight * ((x - cx) ** 2 + (y - cy) ** 2);
      if (distance >= distances[at]!) continue;
      distances[at] = distance;
      labels[at] = label;
    }
  }
}

function recentre(lab: Float32Array, width: number, labels: Int32Array, centres: Centre[]): void {
  const sums = new Float64Array(6 * centres.length);
  labels.forEach((label, at) => {
    if (label < 0) return;
    const to = 6 * label;
    for (let c = 0; c < 3; c++) sums[to + c]! += lab[3 * at + c]!;
    sums[to + 3]! += at % width;
    sums[to + 4]! += Math.floor(at / width);
    sums[to + 5]! += 1;
  });
  centres.forEach((centre, label) => {
    const count = sums[6 * label + 5]!;
    if (count > 0) for (let c = 0; c < 5; c++) centre[c] = sums[6 * label + c]! / count;
  });
}

/** Every connected piece gets a number of its own; one that is too small gets that of the piece before it. */
function joined(labels: Int32Array, width: number, height: number, least: number): Int32Array {
  const result = new Int32Array(labels.length).fill(-1);
  const piece = new Int32Array(labels.length);
  let next = 0;
  for (let start = 0; start < labels.length; start++) {
    if (result[start] !== -1) continue;
    const beside = start % width > 0 ? result[start - 1]! : start >= width ? result[start - width]! : -1;
    let size = 1;
    piece[0] = start;
    result[start] = next;
    for (let i = 0; i < size; i++) {
      const at = piece[i]!;
      const x = at % width;
      const near = [x > 0 ? at - 1 : -1, x < width - 1 ? at + 1 : -1, at - width, at + width];
      for (const to of near) {
        if (to < 0 || to >= width * height || result[to] !== -1 || labels[to] !== labels[start]) continue;
        result[to] = next;
        piece[size++] = to;
      }
    }
    if (size >= least || beside === -1) next++;
    else for (let i = 0; i < size; i++) result[piece[i]!] = beside;
  }
  return result;
}

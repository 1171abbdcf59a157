/**
 * The colours of a set of pixels as a mixture of a few normal distributions.
 * Source: Rother et al. 2004, "GrabCut", section 3.1; the first parts are found by splitting the widest along its main axis,
 * Orchard and Bouman 1991.
 */

const PARTS = 5;
/** Keeps colours that hardly vary from an infinite likelihood. Units: squared levels. */
const LEAST_VARIANCE = 4;
const POWER_STEPS = 12;

interface Part {
  readonly weight: number;
  readonly mean: readonly [number, number, number];
  /** Of the covariance: xx, xy, xz, yy, yz, zz. */
  readonly inverse: readonly number[];
  readonly logDeterminant: number;
}

export type Mixture = readonly Part[];

/** Shapes: colours [pixels, 3]; `members`: which pixels the mixture is of. */
export function mixtureOf(colours: Float32Array, members: readonly number[]): Mixture {
  let clusters: (readonly number[])[] = [members];
  while (clusters.length < PARTS) {
    const split = clusters.map((cluster) => mainAxis(colours, cluster));
    const widest = split.reduce((best, { variance }, i) => (variance > split[best]!.variance ? i : best), 0);
    const { mean, axis, variance } = split[widest]!;
    if (variance < LEAST_VARIANCE) break;
    const isAbove = (i: number) => axis.reduce((sum, a, c) => sum + a * (colours[3 * i + c]! - mean[c]!), 0) > 0;
    const cluster = clusters[widest]!;
    clusters = [...clusters.toSpliced(widest, 1), cluster.filter(isAbove), cluster.filter((i) => !isAbove(i))];
  }
  return partsOf(colours, clusters);
}

/** The mixture learned anew, each pixel counted to the part that it fits best. */
export function relearned(mixture: Mixture, colours: Float32Array, members: readonly number[]): Mixture {
  const clusters: number[][] = mixture.map(() => []);
  for (const i of members) {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let k = 0; k < mixture.length; k++) {
      const cost = partCost(mixture[k]!, colours, i);
      if (cost < least) [best, least] = [k, cost];
    }
    clusters[best]!.push(i);
  }
  return partsOf(colours, clusters);
}

/** How badly a pixel fits. Units: nats. */
export function mixtureCost(mixture: Mixture, colours: Float32Array, i: number): number {
  let least = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const part of mixture) {
    const cost = partCost(part, colours, i);
    if (cost < least) {
      sum = sum * Math.exp(cost - least) + 1;
      least = cost;
    } else {
      sum += Math.exp(least - cost);
    }
  }
  return least - Math.log(sum);
}

function partCost({ weight, mean, inverse, logDeterminant }: Part, colours: Float32Array, i: number): number {
  const [x, y, z] = [colours[3 * i]! - mean[0], colours[3 * i + 1]! - mean[1], colours[3 * i + 2]! - mean[2]];
  const [xx, xy, xz, yy, yz, zz] = inverse as [number, number, number, number, number, number];
  const far = xx * x * x + yy * y * y + zz * z * z + 2 * (xy * x * y + xz * x * z + yz * y * z);
  return 0.5 * (far + logDeterminant) - Math.log(weight);
}

function partsOf(colours: Float32Array, clusters: readonly (readonly number[])[]): Mixture {
  const filled = clusters.filter(({ length }) => length > 0);
  const total = filled.reduce((sum, { length }) => sum + length, 0);
  return filled.map((cluster) => {
    const { mean, covariance } = momentsOf(colours, cluster);
    const [a, b, c, d, e, f] = covariance.map((value, at) =>
      at === 0 || at === 3 || at === 5 ? value + LEAST_VARIANCE : value,
    ) as [number, number, number, number, number, number];
    const cofactors = [d * f - e * e, c * e - b * f, b * e - c * d, a * f - c * c, b * c - a * e, a * d - b * b];
    const determinant = a * cofactors[0]! + b * cofactors[1]! + c * cofactors[2]!;
    return {
      weight: cluster.length / total,
      mean,
      inverse: cofactors.map((value) => value / determinant),
      logDeterminant: Math.log(determinant),
    };
  });
}

interface Moments {
  readonly mean: readonly [number, number, number];
  /** xx, xy, xz, yy, yz, zz. */
  readonly covariance: readonly number[];
}

function momentsOf(colours: Float32Array, members: readonly number[]): Moments {
  const n = Math.max(1, members.length);
  const mean: [number, number, number] = [0, 0, 0];
  for (const i of members) for (let c = 0; c < 3; c++) mean[c]! += colours[3 * i + c]! / n;
  const covariance = [0, 0, 0, 0, 0, 0];
  for (const i of members) {
    const [x, y, z] = [colours[3 * i]! - mean[0], colours[3 * i + 1]! - mean[1], colours[3 * i + 2]! - mean[2]];
    covariance[0]! += (x * x) / n;
    covariance[1]! += (x * y) / n;
    covariance[2]! += (x * z) / n;
    covariance[3]! += (y * y) / n;
    covariance[4]! += (y * z) / n;
    covariance[5]! += (z * z) / n;
  }
  return { mean, covariance };
}

/** The direction in which colours vary most, by the power method, and how much. */
function mainAxis(colours: Float32Array, members: readonly number[]) {
  const { mean, covariance } = momentsOf(colours, members);
  const [xx, xy, xz, yy, yz, zz] = covariance as [number, number, number, number, number, number];
  let axis: [number, number, number] = [1, 0.9, 0.8];
  let variance = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const [x, y, z] = axis;
    const next: [number, number, number] = [
      xx * x + xy * y + xz * z,
      xy * x + yy * y + yz * z,
      xz * x + yz * y + zz * z,
    ];
    const length = Math.hypot(...next);
    if (length === 0) return { mean, axis, variance: 0 };
    variance = length / Math.hypot(...axis);
    axis = [next[0] / length, next[1] / length, next[2] / length];
  }
  return { mean, axis, variance };
}

/**
 * A density over the unit cube from the trials seen there: about each trial a kernel with all its dimensions, and one
 * broad kernel, the prior. A kernel is a product of Gaussians cut off at the ends, and of category weights.
 * Source: Bergstra et al. 2011, "Algorithms for Hyper-Parameter Optimization", section 4, there each dimension on its own;
 * kernels of all dimensions as in Falkner, Klein and Hutter 2018, "BOHB", section 3; widths by Scott's rule (Scott 1992);
 * old trials count less, as in Bergstra, Yamins and Cox 2013, "Making a Science of Model Search".
 */

import { normalCdf, normalDensity, normalQuantile } from '../normal.ts';
import type { Branch } from '../space.ts';
import type { Draws } from './sampler.ts';

const FULL_WEIGHT = 25; // the latest trials that count whole
const WIDTH = 0.15; // of the kernel of a single trial, as a share of the range
const NARROWEST = 0.01;
const OTHER_CATEGORIES = 1; // weight, shared by all categories, beside the trial's own

interface Kernel {
  readonly centre: readonly number[];
  readonly width: number;
  readonly share: number;
  /** Weight of the category of its trial; the prior has none. */
  readonly own: number;
  /** Of each dimension with an order: one over the width and the part of the Gaussian that lies inside. */
  readonly scales: readonly number[];
}

export class ParzenDensity {
  private readonly branch: Branch;
  private readonly kernels: readonly Kernel[];

  /** `seen`: places of trials in the unit cube, the oldest first. */
  constructor(branch: Branch, seen: readonly (readonly number[])[]) {
    const weights = [...agedWeights(seen.length), 1];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const width = Math.max(NARROWEST, WIDTH * Math.max(1, seen.length) ** (-1 / (branch.length + 4)));
    const middle = branch.map(() => 0.5);
    this.branch = branch;
    this.kernels = weights.map((weight, i) => {
      const isPrior = i === seen.length;
      const [centre, wide] = isPrior ? [middle, 1] : [seen[i]!, width];
      const scales = centre.map((at) => 1 / (wide * (normalCdf((1 - at) / wide) - normalCdf((0 - at) / wide))));
      return { centre, width: wide, share: weight / total, own: isPrior ? 0 : seen.length, scales };
    });
  }

  draw(draws: Draws): number[] {
    const { centre, width, own } = this.kernels[pick(this.kernels, draws.uniform())]!;
    return this.branch.map(({ categories }, d) =>
      categories === null ? cutGaussian(centre[d]!, width, draws) : drawCategory(centre[d]!, own, categories, draws),
    );
  }

  logDensity(point: readonly number[]): number {
    let sum = 0;
    for (const kernel of this.kernels) {
      let product = kernel.share;
      for (let d = 0; d < point.length; d++) product *= this.along(kernel, d, point[d]!);
      sum += product;
    }
    return Math.log(sum + Number.MIN_VALUE);
  }

  private along({ centre, width, own, scales }: Kernel, d: number, u: number): number {
    const { categories } = this.branch[d]!;
    const at = centre[d]!;
    if (categories === null) return normalDensity((u - at) / width) * scales[d]!;
    const other = OTHER_CATEGORIES / categories;
    return ((isSameCategory(u, at, categories) ? own : 0) + other) / (own + OTHER_CATEGORIES);
  }
}

/** Of trials in order of their age, the oldest first: the latest count as one, those before less and less. */
function agedWeights(count: number): number[] {
  const old = Math.max(0, count - FULL_WEIGHT);
  return Array.from({ length: count }, (_, i) =>
    i < old ? (1 + (i * (count - 1)) / Math.max(1, old - 1)) / count : 1,
  );
}

function cutGaussian(centre: number, width: number, draws: Draws): number {
  const [low, high] = [normalCdf((0 - centre) / width), normalCdf((1 - centre) / width)];
  const p = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, low + (high - low) * draws.uniform()));
  return Math.min(1, Math.max(0, centre + width * normalQuantile(p)));
}

function drawCategory(at: number, own: number, categories: number, draws: Draws): number {
  const isOwn = draws.uniform() * (own + OTHER_CATEGORIES) < own;
  return isOwn ? at : (draws.integer(categories) + 0.5) / categories;
}

const isSameCategory = (a: number, b: number, categories: number): boolean =>
  Math.floor(a * categories) === Math.floor(b * categories);

/** Index of the kernel into whose share of [0, 1) `u` falls. */
function pick(kernels: readonly { readonly share: number }[], u: number): number {
  let rest = u;
  for (const [i, { share }] of kernels.entries()) {
    rest -= share;
    if (rest < 0) return i;
  }
  return kernels.length - 1;
}

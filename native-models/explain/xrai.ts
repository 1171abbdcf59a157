/**
 * XRAI: regions of a picture ranked by how much attribution a pixel of theirs has on average.
 * Source: Kapishnikov et al. 2019, https://arxiv.org/abs/1906.02825, section 3 and algorithm 1; sizes, scales and the
 * fast form as in the authors' package "saliency", for pictures of 224 pixels.
 */

import { segment } from './segments.ts';

const REFERENCE_SIDE_PX = 224; // areas below belong to pictures of this side
const SCALES = [50, 100, 150, 250, 500, 1200].map((scale) => scale / 255);
const MIN_AREA = 150;
const MIN_GAIN_AREA = 50; // a region that adds less is left out
const DILATION_PX = 5;
const SIGMA_PX = 0.8;

interface Size {
  readonly height: number;
  readonly width: number;
}

/** Pixel numbers of overlapping regions: every scale's, each grown a little so that it holds its own outline. */
export type Regions = readonly Int32Array[];

/** Shapes: planes [3,height,width] in -1..1. */
export function regionsOf(planes: Float32Array, { height, width }: Size): Regions {
  const share = (height * width) / REFERENCE_SIDE_PX ** 2;
  const options = SCALES.map((scale) => ({ scale: scale * share, minArea: MIN_AREA * share }));
  const radius = Math.round(DILATION_PX * Math.sqrt(share));
  return segment(smoothed(planes, { height, width }), height, width, options).flatMap((numbers) =>
    membersOf(numbers).map((members) => grown(members, { height, width }, radius)),
  );
}

export interface XraiOptions {
  /** Ranks each region once, by itself, instead of anew after each one that is taken. */
  readonly isFast: boolean;
}

/**
 * Every pixel's value is the mean attribution of what its region added when it was taken, best regions first.
 * Shapes: attribution [height,width] -> the same.
 */
export function xrai(attribution: Float32Array, regions: Regions, { isFast }: XraiOptions): Float32Array {
  const minArea = MIN_GAIN_AREA * (attribution.length / REFERENCE_SIDE_PX ** 2);
  const cover = new Cover(attribution, regions);
  if (isFast) {
    const gains = regions.map((_, region) => cover.gain(region));
    const ranked = [...regions.keys()].sort((a, b) => gains[b]! - gains[a]! || a - b);
    for (const region of ranked) if (cover.area(region) >= minArea) cover.take(region);
    return cover.values();
  }
  const left = new Set(regions.keys());
  for (;;) {
    for (const region of left) if (cover.area(region) < minArea) left.delete(region);
    const best = [...left].reduce((a, b) => (a < 0 || cover.gain(b) > cover.gain(a) ? b : a), -1);
    if (best < 0) return cover.values();
    cover.take(best);
    left.delete(best);
  }
}

/** What regions would add to those that were taken: kept up to date pixel by pixel. */
class Cover {
  private readonly attribution: Float32Array;
  private readonly regions: Regions;
  private readonly sums: Float64Array;
  private readonly areas: Int32Array;
  /** Regions of each pixel. */
  private readonly owners: readonly number[][];
  private readonly result: Float32Array;

  constructor(attribution: Float32Array, regions: Regions) {
    const owners: number[][] = Array.from(attribution, () => []);
    regions.forEach((members, region) => {
      for (const pixel of members) owners[pixel]!.push(region);
    });
    this.attribution = attribution;
    this.regions = regions;
    this.owners = owners;
    this.areas = Int32Array.from(regions, (members) => members.length);
    this.sums = Float64Array.from(regions, (members) => members.reduce((sum, pixel) => sum + attribution[pixel]!, 0));
    this.result = new Float32Array(attribution.length).fill(Number.NaN);
  }

  /** Pixels the region would add. */
  area(region: number): number {
    return this.areas[region]!;
  }

  /** Mean attribution of those pixels. */
  gain(region: number): number {
    return this.areas[region] === 0 ? Number.NEGATIVE_INFINITY : this.sums[region]! / this.areas[region]!;
  }

  take(region: number): void {
    const gain = this.gain(region);
    for (const pixel of this.regions[region]!) {
      if (!Number.isNaN(this.result[pixel])) continue;
      this.result[pixel] = gain;
      for (const owner of this.owners[pixel]!) {
        this.areas[owner]! -= 1;
        this.sums[owner]! -= this.attribution[pixel]!;
      }
    }
  }

  /** What no region took shares its mean, so that the map adds up to the attribution. */
  values(): Float32Array {
    const rest = this.attribution.filter((_, pixel) => Number.isNaN(this.result[pixel]));
    const mean = rest.reduce((sum, value) => sum + value, 0) / rest.length;
    return this.result.map((value) => (Number.isNaN(value) ? mean : value));
  }
}

function membersOf(numbers: Int32Array): number[][] {
  const members: number[][] = [];
  numbers.forEach((number, pixel) => {
    members[number] ??= [];
    members[number].push(pixel);
  });
  return members;
}

/** The region and everything within `radius` pixels of it. */
function grown(members: readonly number[], { height, width }: Size, radius: number): Int32Array {
  const isIn = new Uint8Array(height * width);
  for (const pixel of members) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (let dy = Math.max(-radius, -y); dy <= Math.min(radius, height - 1 - y); dy++) {
      const reach = Math.floor(Math.sqrt(radius * radius - dy * dy));
      const row = (y + dy) * width;
      isIn.fill(1, row + Math.max(0, x - reach), row + Math.min(width, x + reach + 1));
    }
  }
  return Int32Array.from(isIn.keys()).filter((pixel) => isIn[pixel] === 1);
}

/** Gaussian, both ways, pixels past the edge mirrored. */
function smoothed(planes: Float32Array, { height, width }: Size): Float32Array {
  const radius = Math.ceil(4 * SIGMA_PX);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * SIGMA_PX ** 2)));
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const pass = (source: Float32Array, step: number, length: number, place: (pixel: number) => number) =>
    source.map((_, at) => {
      const position = place(at % (height * width));
      return kernel.reduce((sum, weight, i) => {
        const offset = mirrored(position + i - radius, length) - position;
        return sum + (weight / total) * source[at + offset * step]!;
      }, 0);
    });
  const across = pass(planes, 1, width, (pixel) => pixel % width);
  return pass(across, width, height, (pixel) => Math.floor(pixel / width));
}

/** A place past an end, as if the picture went on in a mirror. */
function mirrored(place: number, length: number): number {
  const inPeriod = ((place % (2 * length)) + 2 * length) % (2 * length);
  return inPeriod < length ? inPeriod : 2 * length - 1 - inPeriod;
}

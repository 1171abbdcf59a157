/** What parts are made of and how they were finished. Colours are linear RGB. */

import type { Rng } from '../../../native-models/core/rng.ts';
import { between, chance, oneOf } from './draw.ts';
import { drawSeed } from './noise.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Machining marks: rings about the axis, lines along one direction, or the grain of a casting. */
export type Grain = 'turned' | 'brushed' | 'cast';

export interface Finish {
  /** Mirror reflectance seen head-on. */
  readonly specular: Rgb;
  readonly diffuse: Rgb;
  /** 0 mirror … 1 matt. */
  readonly roughness01: number;
  readonly grain: Grain;
  /** How far the marks tip the surface, in radians or so. */
  readonly grainStrength: number;
  /** Part of the surface under dirt or rust. */
  readonly grime01: number;
  readonly grimeColour: Rgb;
  readonly seed: number;
}

const MATERIALS = ['steel', 'zinc', 'brass', 'copper', 'black-oxide'] as const;
export type Material = (typeof MATERIALS)[number];

interface Metal {
  readonly specular: Rgb;
  readonly diffuse: Rgb;
  readonly roughness: readonly [low: number, high: number];
}

/** Reflectances of clean metals, darkened for the thin film every real part carries. Source: Gulbrandsen 2014, table 1. */
const METALS: { readonly [M in Material]: Metal } = {
  steel: { specular: [0.5, 0.49, 0.48], diffuse: [0.05, 0.05, 0.05], roughness: [0.16, 0.45] },
  zinc: { specular: [0.56, 0.58, 0.62], diffuse: [0.1, 0.1, 0.105], roughness: [0.25, 0.55] },
  brass: { specular: [0.72, 0.52, 0.2], diffuse: [0.06, 0.04, 0.012], roughness: [0.15, 0.42] },
  copper: { specular: [0.74, 0.4, 0.27], diffuse: [0.06, 0.028, 0.018], roughness: [0.18, 0.45] },
  'black-oxide': { specular: [0.055, 0.055, 0.06], diffuse: [0.022, 0.022, 0.024], roughness: [0.25, 0.5] },
};

const RUST: Rgb = [0.16, 0.06, 0.022];
const OILY_DIRT: Rgb = [0.025, 0.021, 0.017];

/** A random material with a random finish, wear and dirt: nothing here depends on which part it is for. */
export function drawFinish(rng: Rng): Finish {
  const material = oneOf(rng, MATERIALS);
  const { specular, diffuse, roughness } = METALS[material];
  const brightness = between(rng, 0.8, 1.1);
  const tint = [between(rng, 0.96, 1.04), 1, between(rng, 0.94, 1.06)] as const;
  const rusts = material === 'steel' || material === 'black-oxide';
  return {
    specular: [specular[0] * brightness * tint[0], specular[1] * brightness, specular[2] * brightness * tint[2]],
    diffuse,
    roughness01: between(rng, ...roughness),
    grain: oneOf(rng, ['turned', 'brushed', 'cast'] as const),
    grainStrength: between(rng, 0.03, 0.2),
    grime01: chance(rng, 0.4) ? between(rng, 0.05, 0.4) : 0,
    grimeColour: rusts && chance(rng, 0.6) ? RUST : OILY_DIRT,
    seed: drawSeed(rng),
  };
}

const LEAST_CONTRAST = 0.1; // of mean reflectances: steel on a steel bench is refused, brass on oak is not
const MAX_DRAWS = 8;

/** A random finish that differs in brightness from a backdrop; after some draws the last one is taken as it is. */
export function drawFinishAgainst(rng: Rng, backdrop: Rgb): Finish {
  for (let draw = 1; ; draw++) {
    const finish = drawFinish(rng);
    const contrast = Math.abs(0.6 * meanOf(finish.specular) + meanOf(finish.diffuse) - meanOf(backdrop));
    if (contrast >= LEAST_CONTRAST || draw === MAX_DRAWS) return finish;
  }
}

const meanOf = ([red, green, blue]: Rgb): number => (red + green + blue) / 3;

/** A finish that does not shine like metal: plastic, paint, paper, rubber. */
export function dullFinish(rng: Rng, diffuse: Rgb, roughness01: number): Finish {
  return {
    specular: [0.035, 0.035, 0.035],
    diffuse,
    roughness01,
    grain: 'cast',
    grainStrength: 0.05,
    grime01: chance(rng, 0.3) ? between(rng, 0.05, 0.25) : 0,
    grimeColour: OILY_DIRT,
    seed: drawSeed(rng),
  };
}

/** Every sampler by the name it has in a sweep file. */

import type { Algorithm } from '../../../preload/contract/sweep-plan.ts';
import { bayesianSampler } from './bayesian.ts';
import { gridSampler } from './grid.ts';
import { randomSampler } from './random.ts';
import type { Sampler } from './sampler.ts';
import { tpeSampler } from './tpe.ts';

export const SAMPLERS: Readonly<Record<Algorithm, Sampler>> = {
  random: randomSampler,
  grid: gridSampler,
  bayesian: bayesianSampler,
  tpe: tpeSampler,
};

/** Independent draws, or the points of a Sobol sequence; either way trial n is the same whenever it is asked for. */

import { branchAt, branchesOf, fromUnit } from '../space.ts';
import type { Question, Sampler } from './sampler.ts';
import { sobolPoint } from './sobol.ts';

export const randomSampler: Sampler = {
  name: 'random',
  takes: null,
  takesBranches: true,
  takesPolicy: true,
  suggest: (question) => {
    const branches = branchesOf(question.space);
    const widest = Math.max(...branches.map((branch) => branch.length));
    const [first, ...point] = question.sampling.rule === 'sobol' ? sobol(question, widest) : drawn(question, widest);
    return fromUnit(branchAt(branches, first!), point);
  },
};

function drawn({ draws, index }: Question, dimensions: number): number[] {
  const stream = draws('random', index);
  return Array.from({ length: 1 + dimensions }, () => stream.uniform());
}

/** The first dimension chooses the branch; without branches it is left out, so that the best dimensions serve the space. */
function sobol({ space, draws, index }: Question, dimensions: number): number[] {
  const stream = draws('sobol');
  const shift = Array.from({ length: 1 + dimensions }, () => stream.integer(2 ** 32));
  if (space.branches.length > 0) return sobolPoint(index, shift);
  return [0, ...sobolPoint(index, shift.slice(1))];
}

/** Every combination once, the last dimension changing fastest, in order of declaration. */

import type { Scalar } from '../../../preload/contract/sweep-plan.ts';
import { valuesOf } from '../distributions.ts';
import { branchesOf, type Configuration } from '../space.ts';
import type { Sampler } from './sampler.ts';

export const gridSampler: Sampler = {
  name: 'grid',
  takes: ['choice'],
  takesBranches: false,
  takesPolicy: true,
  suggest: ({ space, index }) => {
    const [branch] = branchesOf(space);
    const axes = branch!.map(({ name, distribution }) => ({ name, values: valuesOf(distribution) ?? [] }));
    return pointOf(axes, index);
  },
};

function pointOf(
  axes: readonly { readonly name: string; readonly values: readonly Scalar[] }[],
  index: number,
): Configuration | null {
  let rest = index;
  const chosen: [string, Scalar][] = [];
  for (const { name, values } of axes.toReversed()) {
    chosen.push([name, values[rest % values.length]!]);
    rest = Math.floor(rest / values.length);
  }
  return rest > 0 ? null : Object.fromEntries(chosen.reverse());
}

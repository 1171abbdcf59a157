import { permutation, type Rng } from '../core/rng.ts';
import { BACKGROUND } from './matcher.ts';

/** Numbers of boxes, in the order in which they were drawn. */
export interface Sample {
  readonly objects: readonly number[];
  readonly background: readonly number[];
}

/**
 * At most `count` boxes: of those that match a truth at random up to a share, of the background as many as are left.
 * Shapes: matches [R], as of `matchBoxes`.
 * Source: Ren et al. 2015, https://arxiv.org/abs/1506.01497, section 3.1.3; counts as torchvision's
 * BalancedPositiveNegativeSampler.
 */
export function sampleBoxes(matches: Int32Array, count: number, objectShare: number, rng: Rng): Sample {
  const chosen = (isWanted: (match: number) => boolean, most: number) => {
    const all = [...matches.keys()].filter((i) => isWanted(matches[i]!));
    const order = permutation(all.length, rng);
    return Array.from(order.subarray(0, most), (i) => all[i]!);
  };
  const objects = chosen((match) => match >= 0, Math.floor(count * objectShare));
  return { objects, background: chosen((match) => match === BACKGROUND, count - objects.length) };
}

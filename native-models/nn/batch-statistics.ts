/**
 * Statistics of several batches as those of one: what each batch says of its channels, so that the mean of what all say
 * holds their common mean and variance. Means are taken from where the running one is, near which they lie: the square
 * of a large mean would leave few digits of the variance.
 */

import type { Tensor } from '../core/tensor.ts';

/** Shapes: mean, variance and shift [C] -> [2C]: the mean's distance from the shift, and the mean square distance. */
export function saidOf(mean: Tensor, variance: Tensor, shift: Tensor): Tensor {
  const distance = mean.sub(shift);
  return distance.concat([variance.add(distance.mul(distance))], 0);
}

/** The inverse. Shapes: said [2C], shift [C] -> mean and population variance, [C]. */
export function momentsFrom(said: Tensor, shift: Tensor): readonly [mean: Tensor, variance: Tensor] {
  const [channels] = shift.shape as [number];
  const distance = said.slice([0], [channels]);
  const square = said.slice([channels], [2 * channels]);
  return [distance.add(shift), square.sub(distance.mul(distance))];
}

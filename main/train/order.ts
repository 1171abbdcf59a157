/** In which order an epoch goes through the training images. */

import { permutation, rngFrom } from '../../native-models/core/rng.ts';

export function stepsPerEpoch(images: number, batchSize: number): number {
  return Math.ceil(images / batchSize);
}

/**
 * A fresh permutation for each epoch. The last batch is completed from the epoch's start, as torch's
 * DistributedSampler does, so that every image is used and every batch has one size.
 */
export function epochOrder(images: number, batchSize: number, seed: number, epoch: number): Int32Array {
  const once = permutation(images, rngFrom(seed, 'order', epoch));
  return Int32Array.from({ length: stepsPerEpoch(images, batchSize) * batchSize }, (_, i) => once[i % images]!);
}

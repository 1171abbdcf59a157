/** Which images train, which judge, which are kept for the end. */

import { permutation, rngFrom } from '../../native-models/core/rng.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Split } from '../../preload/contract/tasks.ts';

export interface SplitCandidate {
  readonly id: number;
  readonly split: Split | null;
  readonly class_names: readonly string[];
}

export interface SplitParts<Image> {
  readonly train: readonly Image[];
  readonly validation: readonly Image[];
  readonly test: readonly Image[];
  readonly warnings: readonly string[];
}

/**
 * Honours the splits images came with. Where none came as validation data, a plain random `splitRatio` of the images
 * without a split (of the training images, when all have one) is held out. Each part keeps the order of `images`.
 * Units:  splitRatio is a fraction in [0, 1]; the number held out is rounded, and at least one image stays on each side.
 * Errors: bad-hyperparameter for a ratio outside [0, 1], or of 0 where validation data are needed; too-few-images.
 * Source: product specification, sections 3.1, 6.1 and 22 (plain random, fixed seed, warn of a missing class).
 */
export function splitImages<Image extends SplitCandidate>(
  images: readonly Image[],
  { splitRatio, seed }: { readonly splitRatio: number; readonly seed: number },
): SplitParts<Image> {
  checkRatio(splitRatio);
  const test = images.filter(({ split }) => split === 'test');
  const given = images.filter(({ split }) => split === 'validation');
  const others = images.filter(({ split }) => split === 'train' || split === null);
  const heldOut = given.length > 0 ? new Set<Image>() : holdOut(others, splitRatio, seed);
  const train = others.filter((image) => !heldOut.has(image));
  const validation = given.length > 0 ? given : others.filter((image) => heldOut.has(image));
  if (train.length === 0 || validation.length === 0) {
    const message = `training needs images to train on and to validate on; there are ${train.length} and ${validation.length}`;
    throw new AppError('too-few-images', message, { train: train.length, validation: validation.length });
  }
  return { train, validation, test, warnings: missingClasses(train, validation) };
}

function holdOut<Image extends SplitCandidate>(images: readonly Image[], ratio: number, seed: number): Set<Image> {
  const free = images.filter(({ split }) => split === null);
  const pool = free.length > 0 ? free : images;
  if (images.length < 2) {
    const message = `training needs at least 2 images, one of them to validate on; there are ${images.length}`;
    throw new AppError('too-few-images', message, { images: images.length });
  }
  if (ratio === 0) {
    const message = 'split_ratio 0 leaves nothing to validate on, and no image came as validation data';
    throw new AppError('bad-hyperparameter', message, { field: 'split_ratio', expected: 'more than 0', got: 0 });
  }
  const most = pool.length === images.length ? pool.length - 1 : pool.length;
  const count = Math.min(most, Math.max(1, Math.round(pool.length * ratio)));
  const order = permutation(pool.length, rngFrom(seed, 'split'));
  return new Set([...order.subarray(0, count)].map((index) => pool[index]!));
}

function checkRatio(ratio: number): void {
  if (ratio >= 0 && ratio <= 1) return;
  const message = `split_ratio must lie in [0, 1], got ${ratio}`;
  throw new AppError('bad-hyperparameter', message, { field: 'split_ratio', expected: '[0, 1]', got: ratio });
}

function missingClasses(train: readonly SplitCandidate[], validation: readonly SplitCandidate[]): string[] {
  const trained = new Set(train.flatMap(({ class_names }) => class_names));
  const judged = new Set(validation.flatMap(({ class_names }) => class_names));
  const all = [...new Set([...trained, ...judged])].sort();
  return all.flatMap((name) => {
    if (!trained.has(name)) return [`class "${name}" has no image in the training part`];
    return judged.has(name) ? [] : [`class "${name}" has no image in the validation part`];
  });
}

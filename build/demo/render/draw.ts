/** Draws from a stream that the renderer makes everywhere: a range, a chance, one of a list. */

import type { Rng } from '../../../native-models/core/rng.ts';

/** Uniform in [low, high). */
export const between = (rng: Rng, low: number, high: number): number => low + (high - low) * rng.uniform();

/** Uniform integer in [low, high], both included. */
export const integerBetween = (rng: Rng, low: number, high: number): number => low + rng.integer(high - low + 1);

/** True with the given probability. */
export const chance = (rng: Rng, probability01: number): boolean => rng.uniform() < probability01;

/** One element of a list that is not empty. */
export const oneOf = <T>(rng: Rng, items: readonly T[]): T => items[rng.integer(items.length)]!;

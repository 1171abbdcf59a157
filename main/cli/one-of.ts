import { AppError } from '../../preload/contract/errors.ts';

/** The word of an option that takes one of a few. Errors: bad-argument, which lists them. */
export function oneOf<T extends string>(option: string, given: string, allowed: readonly T[]): T {
  const found = allowed.find((word) => word === given);
  if (found !== undefined) return found;
  throw new AppError('bad-argument', `${option} must be one of ${allowed.join(', ')}, got "${given}"`);
}

import { AppError } from '../../preload/contract/errors.ts';

/** An option's number. Errors: bad-argument, naming the range. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new AppError('bad-argument', `${option} takes a whole number from ${least} to ${most}, got "${text}"`);
}

/** Options that say what becomes what. */

import { AppError } from '../../preload/contract/errors.ts';

/** Of `OLD=NEW`, split at the first sign. Errors: bad-argument. */
export function pairOf(option: string, pair: string): [from: string, to: string] {
  const at = pair.indexOf('=');
  if (at > 0 && at < pair.length - 1) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new AppError('bad-argument', `${option} needs OLD=NEW, got "${pair}"`);
}

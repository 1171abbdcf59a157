/** Whether one set of numbers is larger than another. Source: Mann and Whitney 1947, with the normal approximation. */

import { normalCdf } from '../../main/search/normal.ts';

/** One-sided p value for "values of `a` are larger than those of `b`"; ties count a half. */
export function largerP(a: readonly number[], b: readonly number[]): number {
  let u = 0;
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
  const mean = (a.length * b.length) / 2;
  const deviation = Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
  return 1 - normalCdf((u - mean) / deviation);
}

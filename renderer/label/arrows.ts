/** Arrow keys as steps over the picture. */

import type { Point } from './doc/hit.ts';

const ARROWS: Readonly<Record<string, Point>> = {
  arrowleft: [-1, 0],
  arrowright: [1, 0],
  arrowup: [0, -1],
  arrowdown: [0, 1],
};
/** With Shift. */
const LONG_STEP = 10;

/** Null for any other key. */
export function arrowStep(key: string, isLong: boolean): Point | null {
  const arrow = ARROWS[key.toLowerCase()];
  const step = isLong ? LONG_STEP : 1;
  return arrow === undefined ? null : [arrow[0] * step, arrow[1] * step];
}

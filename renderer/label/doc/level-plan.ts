/** In which sizes a picture is kept that is shown in one piece: drawing few pixels where few are seen takes a part of a frame. */

import type { Size } from '../../../native-models/geometry/box.ts';

/** Drawing so many pixels takes a small part of a frame. */
const QUICK_PIXELS = 2_000_000;
/** A level saves nothing that has nearly as many pixels as the next. */
const WORTH_IT = 0.9;

/**
 * The sizes to make ahead, the largest first; that of the picture itself comes first where it is small.
 * `fitted`: screen pixels that an image pixel covers while all of it is in view, null where that is not known yet.
 */
export function levelsAhead(size: Size, fitted: number | null): Size[] {
  const halved = 2 ** -halvingsOf(size);
  const scales = fitted !== null && fitted < WORTH_IT * halved ? [halved, fitted] : [halved];
  return scales.map((scale) => ({
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  }));
}

/** How often sides are halved of a picture that takes long to draw; more than half of what is quick is left. */
function halvingsOf({ width, height }: Size): number {
  return Math.max(0, Math.floor(Math.log2((width * height) / QUICK_PIXELS) / 2));
}

/** The coarsest of some levels that has a pixel for each of the screen; null where all are too coarse. */
export function levelFor<L extends Size>(levels: readonly L[], width: number, scale: number): L | null {
  const wanted = Math.floor(width * scale);
  const fine = levels.filter((level) => level.width >= wanted || level.width >= width);
  return fine.toSorted((a, b) => a.width - b.width)[0] ?? null;
}

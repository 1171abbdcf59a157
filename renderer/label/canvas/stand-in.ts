/**
 * While the view moves, what took long to draw is shown as it was drawn last, moved and scaled by the browser; it is drawn
 * anew once the view rests, or when too little of what is seen was drawn or its lines have become too coarse.
 */

import type { Size } from '../../../native-models/geometry/box.ts';
import type { Viewport } from '../doc/viewport.ts';

/** So much larger or smaller than it was drawn lines still look like lines. */
const MOST_SCALED = 3;
/** Of the sides of the view that may show nothing drawn. */
const MOST_BARE01 = 0.5;

/** Whether a drawing for one view may be shown in another for a moment. */
export function standsIn(drawn: Viewport, seen: Viewport, view: Size): boolean {
  const ratio = seen.scale / drawn.scale;
  if (ratio > MOST_SCALED || ratio < 1 / MOST_SCALED) return false;
  const { x, y } = placeOf(drawn, seen);
  const bare = (from: number, side: number) => Math.max(from, 0) + Math.max(side - from - side * ratio, 0);
  return bare(x, view.width) <= MOST_BARE01 * view.width && bare(y, view.height) <= MOST_BARE01 * view.height;
}

/** As a style: how the drawing lies in the other view, from the top-left corner of its own. */
export function transformOf(drawn: Viewport, seen: Viewport): string {
  const { x, y } = placeOf(drawn, seen);
  return `translate(${x}px, ${y}px) scale(${seen.scale / drawn.scale})`;
}

/** Where the drawing's corner lies. Units: screen pixels. */
const placeOf = (drawn: Viewport, seen: Viewport) => ({
  x: (drawn.x - seen.x) * seen.scale,
  y: (drawn.y - seen.y) * seen.scale,
});

/** What keys do with the crosshair on the picture, tool by tool. */

import type { ToolName } from './tools/tool.ts';

/** What Space and Enter are worth with a tool; told beside the crosshair, and to whoever listens. */
export const CROSSHAIR_WORDS: Readonly<Record<ToolName, string>> = {
  select: 'Space chooses, Shift Space adds, Enter takes hold and lets go',
  box: 'Space sets a corner, then the opposite one',
  extreme: 'Space marks each of the four extremes',
  polygon: 'Space sets a corner, Enter closes the polygon',
  cut: 'Space sets a corner, Enter closes the hole',
  brush: 'Enter begins a stroke and ends it, Space paints a dot',
  eraser: 'Enter begins a stroke and ends it, Space erases a dot',
  fill: 'Space fills the hole',
  wand: 'Space takes what hangs together here, Alt Enter takes it away',
  superpixels: 'Space paints one, Enter begins a stroke and ends it',
  refine: 'Space sets a corner of the box, then the opposite one; Enter keeps what is found',
  click: 'Space clicks, Alt Enter takes away, Enter keeps what is found',
  measure: 'Space sets one end, then the other',
};

/** For the sheet that lists keys. */
export const CROSSHAIR_KEYS: readonly (readonly [key: string, what: string])[] = [
  ['Arrows', 'move the crosshair by a pixel, with Shift by ten'],
  ['Space', 'clicks there, with Shift as with a click; held while arrows move: a drag'],
  ['Enter', 'takes hold and lets go, for a drag without holding; where a tool waits for Enter, that'],
  ['Alt Enter', 'as Space, with Alt'],
  ['Escape', 'ends what is under way, then lets go, then leaves the picture'],
];

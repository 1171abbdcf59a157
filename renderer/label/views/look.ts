/** What things on the picture look like: classes as everywhere in the window, handles and frames as the page has them. */

import type { Look } from '../canvas/paint.ts';

/** `colors`: of the classes the engine has told; one that was typed a moment ago has the page's accent until it has. */
export function lookOf(colors: ReadonlyMap<string, string>): Look {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const accent = read('--accent');
  return {
    colourOf: (name) => colors.get(name) ?? accent,
    accent,
    surface: read('--surface'),
    text: read('--text'),
    grid: read('--text-faint'),
  };
}

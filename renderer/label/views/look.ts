/** Colours of classes on the picture: the page's series, in the order of the classes. */

import type { Look } from '../canvas/paint.ts';

const SERIES = 8;

/** Reads the colours that the page has at present. */
export function lookOf(classes: readonly string[]): Look {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const series = Array.from({ length: SERIES }, (_, i) => read(`--series-${i + 1}`));
  const indices = new Map(classes.map((name, i) => [name, i]));
  return {
    colourOf: (name) => series[(indices.get(name) ?? 0) % SERIES]!,
    accent: read('--accent'),
    surface: read('--surface'),
  };
}

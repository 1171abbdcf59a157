/** What things on the picture look like: classes as everywhere in the window, handles and frames as the page has them. */

import { useEffect, useState } from 'react';
import type { Look } from '../canvas/paint.ts';

/** Read anew when the page's theme is another; the page has its colours by then, as this comes after all of its effects. */
export function useLook(colors: ReadonlyMap<string, string>, theme: string): Look {
  const [look, setLook] = useState(() => lookOf(colors));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the page's own colours change with the theme
  useEffect(() => setLook(lookOf(colors)), [colors, theme]);
  return look;
}

/** `colors`: of the classes the engine has told; one that was typed a moment ago has the page's accent until it has. */
function lookOf(colors: ReadonlyMap<string, string>): Look {
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

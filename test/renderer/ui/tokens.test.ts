/** The colours of both themes, held to what eyes need. Source: WCAG 2.2, 1.4.3 and 1.4.11. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';

const CSS = readFileSync(join(ROOT, 'renderer', 'ui', 'tokens.css'), 'utf8');

function coloursOf(theme: string): ReadonlyMap<string, string> {
  const [, block] = new RegExp(`:root\\[data-theme="${theme}"\\] \\{([^}]*)\\}`).exec(CSS)!;
  return new Map([...block!.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, hex]) => [name!, hex!]));
}

/** Source: WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const GROUNDS = ['page', 'surface', 'surface-raised', 'surface-sunken'];

describe.each(['light', 'dark'])('the %s theme', (theme) => {
  const colours = coloursOf(theme);
  const tooFaint = (names: readonly string[], grounds: readonly string[], least: number) =>
    names.flatMap((name) =>
      grounds
        .map((ground) => ({ pair: `${name} on ${ground}`, ratio: contrast(colours.get(name)!, colours.get(ground)!) }))
        .filter(({ ratio }) => ratio < least)
        .map(({ pair, ratio }) => `${pair}: ${ratio.toFixed(2)}`),
    );

  test('shows where the focus is on every ground', () => {
    expect(tooFaint(['focus'], [...GROUNDS, 'accent-soft'], 3)).toEqual([]);
  });

  test('has words that can be read on every ground', () => {
    expect(tooFaint(['text', 'text-muted', 'accent'], GROUNDS, 4.5)).toEqual([]);
    for (const name of ['good', 'busy', 'bad', 'warn', 'quiet']) {
      expect(tooFaint([name], [`${name}-soft`], 4.5)).toEqual([]);
    }
  });

  test('has lines of charts that stand out', () => {
    const series = [...colours.keys()].filter((name) => name.startsWith('series-'));

    expect(series).toHaveLength(8);
    expect(tooFaint(series, ['surface'], 3)).toEqual([]);
  });
});

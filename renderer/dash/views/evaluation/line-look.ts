/** How a line looks in charts and in their legend: its colour by place, and dashes once the colours begin anew. */

import { type ChartColors, LINE_COLORS } from '../../../ui/chart.ts';

const DASHES: readonly ('solid' | readonly [number, number])[] = ['solid', [6, 3], [2, 2], [9, 3]];

export const strokeOf = (place: number | null, colors: ChartColors): string =>
  place === null ? colors.strong : colors.lines[place % LINE_COLORS]!;

export const dashOf = (place: number | null): 'solid' | readonly [number, number] =>
  DASHES[Math.floor((place ?? 0) / LINE_COLORS) % DASHES.length]!;

/** The number of the colour's variable, from 1. */
export const colorNumberOf = (place: number): number => (place % LINE_COLORS) + 1;

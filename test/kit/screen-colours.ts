/** Colours of a window as a person sees them. */

import type { Page } from 'playwright-core';
import sharp from 'sharp';

export type ScreenPoint = readonly [x: number, y: number];

/** At some points of the screen. */
export async function colours(page: Page, points: readonly ScreenPoint[]): Promise<number[][]> {
  const { data, info } = await sharp(await page.screenshot())
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return points.map(([x, y]) => {
    const at = (Math.floor(y) * info.width + Math.floor(x)) * 3;
    return [...data.subarray(at, at + 3)];
  });
}

/** Whether no channel of two colours is further apart than that. */
export const isNear = (a: readonly number[], b: readonly number[], by: number): boolean =>
  a.every((level, i) => Math.abs(level - b[i]!) <= by);

/** Where a row goes over from what is more red than blue to what is not, or back; lines between pixels change neither. */
export function edgesOf(row: readonly (readonly number[])[]): number[] {
  const isRed = row.map(([red, , blue]) => red! > blue!);
  return isRed.flatMap((is, i) => (i > 0 && is !== isRed[i - 1] ? [i] : []));
}

export const lengthsOf = (edges: readonly number[]): number[] => edges.slice(1).map((edge, i) => edge - edges[i]!);

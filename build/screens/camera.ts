/** Takes pictures of pages in both themes, of few bytes, for the documents. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

type Theme = 'light' | 'dark';
const THEMES: readonly Theme[] = ['light', 'dark'];

export interface Frame {
  readonly isWhole?: boolean;
  /** Both, but for pages that are photographs for the most part. */
  readonly themes?: readonly Theme[];
}

/** What a window shows, once. */
export const LIGHT_ALONE: Frame = { isWhole: false, themes: ['light'] };

/** Enough for text, lines and the colours of classes, and for small photographs; more would not be worth their bytes. */
const COLOURS = 64;

export class Camera {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** `NAME-light.png` and `NAME-dark.png`, the whole page of each, or what a window shows of it. */
  async take(page: Page, name: string, { isWhole = true, themes = THEMES }: Frame = {}): Promise<void> {
    await page.evaluate(() => scrollTo(0, 0));
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction((wanted) => document.documentElement.dataset['theme'] === wanted, theme);
      await settled(page);
      const picture = await page.screenshot({ fullPage: isWhole });
      const path = join(this.folder, `${name}-${theme}.png`);
      await sharp(picture).png({ palette: true, colours: COLOURS, dither: 0, effort: 10 }).toFile(path);
      console.log(path);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  }
}

/** Small pictures have come, and charts are drawn in the colours of the theme. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete));
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let frames = 30; // half a second: charts follow a theme within frames
        const next = () => (frames-- === 0 ? resolve() : requestAnimationFrame(next));
        next();
      }),
  );
}

/** Takes pictures of pages in both themes, of few bytes, for the documents. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';

const THEMES = ['light', 'dark'] as const;

/** Enough for text, lines and small photographs; what is left of a gradient is not worth its bytes. */
const COLOURS = 96;

export class Camera {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  /** `NAME-light.png` and `NAME-dark.png`, the whole page of each, or what a window shows of it. */
  async take(page: Page, name: string, { isWhole = true } = {}): Promise<void> {
    await page.evaluate(() => scrollTo(0, 0));
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForFunction((wanted) => document.documentElement.dataset['theme'] === wanted, theme);
      await settled(page);
      const picture = await page.screenshot({ fullPage: isWhole });
      const path = join(this.folder, `${name}-${theme}.png`);
      await sharp(picture).png({ palette: true, colours: COLOURS, dither: 0.4, effort: 10 }).toFile(path);
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

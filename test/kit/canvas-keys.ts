/** Labels in a real window by its keyboard alone, and remembers which commands were given. */

import type { Locator, Page } from 'playwright-core';
import { ACTIONS } from '../../renderer/label/actions.ts';
import { eventually } from './eventually.ts';

type Point = readonly [x: number, y: number];

/** As playwright calls the keys that `comboOf` writes in small letters. */
const NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Control',
  shift: 'Shift',
  delete: 'Delete',
  home: 'Home',
  f6: 'F6',
  arrowleft: 'ArrowLeft',
  arrowright: 'ArrowRight',
};
const LONG_STEP = 10;
/** More controls than the page has. */
const MOST_TABS = 80;

export class CanvasKeys {
  /** Of the commands that were given. */
  readonly given = new Set<string>();
  private readonly page: Page;
  /** How much of what was told has been heard. */
  private heard = 0;

  private constructor(page: Page) {
    this.page = page;
  }

  static async on(page: Page): Promise<CanvasKeys> {
    await page.evaluate(listen);
    return new CanvasKeys(page);
  }

  /** Gives commands by the first of their keys, one after the other. */
  async give(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const action = ACTIONS.flatMap(([, actions]) => actions).find((one) => one.id === id);
      if (action === undefined) throw new Error(`there is no command "${id}"`);
      this.given.add(id);
      await this.press(playwrightKey(action.keys[0]!));
    }
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  /** The pixel of the crosshair. */
  async at(): Promise<Point> {
    const [x, y] = (await this.page.locator('.label-pixel').innerText()).split(', ').map(Number);
    return [x!, y!];
  }

  /** The crosshair goes there by arrows. */
  async to([x, y]: Point): Promise<void> {
    const [x0, y0] = await this.at();
    for (const [way, forth, back] of [
      [x - x0, 'ArrowRight', 'ArrowLeft'],
      [y - y0, 'ArrowDown', 'ArrowUp'],
    ] as const) {
      const key = way > 0 ? forth : back;
      await this.page.keyboard.down('Shift');
      await this.repeat(key, Math.floor(Math.abs(way) / LONG_STEP));
      await this.page.keyboard.up('Shift');
      await this.repeat(key, Math.abs(way) % LONG_STEP);
    }
    await eventually(async () => {
      const place = (await this.at()).join();
      if (place !== [x, y].join()) throw new Error(`the crosshair is at ${place}, not at ${[x, y].join()}`);
    });
  }

  /** As a key that stays down. */
  private async repeat(key: string, times: number): Promise<void> {
    await Promise.all(Array.from({ length: times }, () => this.page.keyboard.press(key)));
  }

  /** Space on each of the points. */
  async tap(...points: readonly Point[]): Promise<void> {
    for (const point of points) {
      await this.to(point);
      await this.press('Space');
    }
  }

  /** Takes hold at the first point and lets go at the last, without holding a key. */
  async carry(from: Point, ...way: readonly Point[]): Promise<void> {
    await this.to(from);
    await this.press('Enter');
    for (const point of way) await this.to(point);
    await this.press('Enter');
  }

  /** By Tab, from where the focus is. */
  async tabTo(target: Locator): Promise<void> {
    for (let i = 0; i < MOST_TABS; i++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.press('Tab');
    }
    throw new Error('Tab does not lead there');
  }

  /** Waits until it is told to those who listen, after what was heard before. */
  async hear(text: string): Promise<void> {
    await eventually(async () => {
      const told = await this.page.evaluate(() => (globalThis as unknown as Told).told);
      const place = told.findIndex((one, i) => i >= this.heard && one.includes(text));
      if (place === -1) throw new Error(`"${text}" is not told, but ${told.slice(this.heard).join(' | ')}`);
      this.heard = place + 1;
    });
  }
}

interface Told {
  told: string[];
}

/** Keeps what the page tells from here on. */
function listen(): void {
  const told: string[] = [];
  (globalThis as unknown as Told).told = told;
  const keep = () => {
    const text = document.querySelector('.label-page > [aria-live]')?.textContent ?? '';
    if (text !== '' && text !== told.at(-1)) told.push(text);
  };
  new MutationObserver(keep).observe(document.body, { subtree: true, childList: true, characterData: true });
}

/** `ctrl+shift+z` is `Control+Shift+Z`. */
function playwrightKey(combo: string): string {
  const parts = combo.split(/(?<=.)\+(?=.)/);
  const isShifted = parts.includes('shift');
  return parts.map((part) => NAMES[part] ?? (isShifted ? part.toUpperCase() : part)).join('+');
}

/** The canvas with every tool at work, and what opens round it: for people to look at, not for the documents. */

import type { Page } from 'playwright-core';
import type { Camera } from './camera.ts';

type Point = readonly [x: number, y: number];

/** As the workshop's pictures are made; whole in the view, in its middle, with so much room round them. */
const [PICTURE, MARGIN] = [{ width: 360, height: 270 }, 24];

class Hand {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async key(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async move(...way: readonly Point[]): Promise<void> {
    for (const point of way) await this.page.mouse.move(...(await this.screenOf(point)), { steps: 4 });
  }

  /** The button stays down at the end. */
  async press(from: Point, ...way: readonly Point[]): Promise<void> {
    await this.move(from);
    await this.page.mouse.down();
    await this.move(...way);
  }

  async release(): Promise<void> {
    await this.page.mouse.up();
  }

  async click(...points: readonly Point[]): Promise<void> {
    for (const point of points) {
      await this.press(point);
      await this.release();
    }
  }

  private async screenOf([x, y]: Point): Promise<[number, number]> {
    const box = (await this.page.getByRole('application').boundingBox())!;
    const room = Math.min((box.width - 2 * MARGIN) / PICTURE.width, (box.height - 2 * MARGIN) / PICTURE.height);
    return [
      box.x + box.width / 2 + (x - PICTURE.width / 2) * room,
      box.y + box.height / 2 + (y - PICTURE.height / 2) * room,
    ];
  }
}

interface Shot {
  readonly name: string;
  readonly set: (hand: Hand, page: Page) => Promise<unknown>;
}

const dialog = (page: Page): Promise<void> => page.getByRole('dialog').waitFor();

/** In this order: what one leaves the next one finds. */
const SHOTS: readonly Shot[] = [
  { name: 'proposals', set: (hand) => hand.move([10, 10]) },
  { name: 'chosen', set: (hand) => hand.key(']') },
  { name: 'marquee', set: (hand) => hand.press([170, 110], [350, 240]) },
  { name: 'box', set: (hand) => hand.key('b').then(() => hand.press([120, 60], [210, 130])) },
  { name: 'extremes', set: (hand) => hand.key('x').then(() => hand.click([140, 40], [100, 90], [150, 140])) },
  { name: 'polygon', set: (hand) => hand.key('p').then(() => hand.click([60, 60], [140, 50], [150, 120], [90, 140])) },
  {
    name: 'polygon-closing',
    set: async (hand) => {
      await hand.key('p');
      await hand.click([60, 60], [140, 50], [150, 120]);
      await hand.move([61, 61]);
    },
  },
  {
    name: 'cut',
    set: async (hand) => {
      await hand.key(']', 'k');
      await hand.click([100, 100], [130, 100], [130, 130]);
    },
  },
  { name: 'brush', set: (hand) => hand.key('r').then(() => hand.press([60, 200], [120, 180], [180, 210])) },
  {
    name: 'brush-soft',
    set: async (hand) => {
      await hand.key('r', '<', '<', '.', '.', '.');
      await hand.press([60, 200], [120, 180], [180, 210]);
    },
  },
  { name: 'eraser', set: (hand) => hand.key('e').then(() => hand.press([60, 200], [120, 180], [180, 210])) },
  { name: 'wand', set: (hand) => hand.key('w').then(() => hand.press([180, 135])) },
  { name: 'superpixels', set: (hand) => hand.key('q').then(() => hand.press([150, 135], [200, 140])) },
  {
    name: 'found',
    set: async (hand, page) => {
      await hand.key('o');
      await hand.press([90, 60], [270, 210]);
      await hand.release();
      await page.waitForFunction(
        () => document.querySelector<HTMLElement>('.label-surface')!.style.cursor === 'crosshair',
      );
    },
  },
  { name: 'click', set: (hand) => hand.key('c').then(() => hand.click([180, 135])) },
  { name: 'ruler', set: (hand) => hand.key('u').then(() => hand.press([60, 60], [260, 180])) },
  {
    name: 'crosshair',
    set: async (hand) => {
      await hand.key('p', 'Home', ' ', 'Shift+ArrowRight', 'Shift+ArrowRight', ' ', 'Shift+ArrowDown');
    },
  },
  { name: 'pixels', set: (hand) => hand.key('v', ']', 'Shift+F', '+', '+', '+', '+', '+') },
  { name: 'view', set: (hand) => hand.key('f', 'l') },
  { name: 'find-class', set: (hand, page) => hand.key('l', '/').then(() => page.keyboard.type('washer of brass')) },
  { name: 'history', set: (hand, page) => hand.key('Shift+D', 'Shift+T', 'h').then(() => dialog(page)) },
  { name: 'keys', set: (hand, page) => hand.key('?').then(() => dialog(page)) },
  {
    name: 'keys-end',
    set: async (hand, page) => {
      await hand.key('?');
      await page.getByRole('button', { name: 'All keys as they were' }).scrollIntoViewIfNeeded();
    },
  },
  { name: 'reject', set: (hand, page) => hand.key('Shift+R').then(() => dialog(page)) },
];

/** Names begin with the number of pixels to a pixel of the style sheet. */
export async function showCanvas(page: Page, camera: Camera, image: number, scale: number): Promise<void> {
  const hand = new Hand(page);
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#/label/${image}`);
  await page.getByRole('heading', { name: /objects?$/ }).waitFor();
  for (const { name, set } of SHOTS) {
    await set(hand, page);
    await camera.take(page, `canvas-${scale}x-${name}`, { isWhole: false });
    await hand.key('Escape', 'Escape', 'Escape');
    await hand.release();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await hand.key('v');
  }
  await page.goto(`${origin}/#/label/999999`);
  await page.getByRole('heading', { name: 'This image cannot be labelled' }).waitFor();
  await camera.take(page, `canvas-${scale}x-absent`, { isWhole: false });
}

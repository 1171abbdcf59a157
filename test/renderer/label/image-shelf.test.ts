import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ImageEvent, ImageNeighbours } from '../../../preload/contract/labelling.ts';
import { ImageShelf } from '../../../renderer/label/image-shelf.ts';
import type { LabelApi, LabelLinks } from '../../../renderer/label/label-api.ts';
import { annotation, MemoryLabels } from '../../kit/memory-labels.ts';

const SIZE = { width: 4000, height: 3000 };
const LINKS = { picture: (image: number) => `/images/${image}` } as LabelLinks;
const BOX = annotation(1, { kind: 'box', xyxy: [10, 10, 40, 40] });

/** Read without waiting for anything but promises. */
const FOUND = { ok: true, blob: async () => new Blob(['a picture']) };

/** An engine of images 1 to 9 in a row. */
class Engine {
  /** Images that somebody follows. */
  readonly followed = new Set<number>();
  readonly asked: string[] = [];
  /** Told as if another window had done it. */
  private readonly told = new Map<number, (event: ImageEvent) => void>();
  readonly api = {
    watch: async (image: number, signal: AbortSignal) => this.watch(image, signal),
    neighbours: async (image: number) => this.neighbours(image),
    picture: async (image: number) => {
      this.asked.push(`picture ${image}`);
      return { sha256: '', width_px: SIZE.width, height_px: SIZE.height, is_tiled: false };
    },
  } as unknown as LabelApi;

  addBox(image: number): void {
    const { document } = new MemoryLabels(SIZE);
    const facts = { ...document, image_id: image, sequence: 1, put: [BOX], gone: [] };
    this.told.get(image)!({ type: 'change', change: facts });
  }

  private neighbours(image: number): ImageNeighbours {
    const beside = { previous: image - 1 || null, next: image < 9 ? image + 1 : null };
    return { position: image, count: 9, ...beside, next_unlabelled: null, next_to_review: null };
  }

  private async *watch(image: number, signal: AbortSignal): AsyncGenerator<ImageEvent> {
    this.followed.add(image);
    signal.addEventListener('abort', () => this.followed.delete(image));
    yield { type: 'document', document: { ...new MemoryLabels(SIZE).document, image_id: image } };
    while (!signal.aborted) {
      yield await new Promise<ImageEvent>((resolve) => this.told.set(image, resolve));
    }
  }
}

let engine: Engine;
let shelf: ImageShelf;
let closedLevels: number;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('fetch', async () => FOUND);
  engine = new Engine();
  closedLevels = 0;
  const level = (size: typeof SIZE) => ({ ...size, close: () => closedLevels++ }) as unknown as ImageBitmap;
  shelf = new ImageShelf({
    fittedScale: () => 0.25,
    activeClass: () => 'bolt',
    maker: { make: async (_, sizes) => sizes.map(level), close: () => {} },
  });
});
afterEach(() => {
  shelf.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Shows an image and lets the time pass in which the next is brought. */
async function look(image: number): Promise<void> {
  shelf.show(engine.api, LINKS, image);
  await vi.advanceTimersByTimeAsync(1000);
}

const isReady = (image: number): boolean => {
  const { session, picture, neighbours } = shelf.stateOf(image);
  return session !== null && picture !== null && neighbours !== null;
};

test('the next image is brought with its picture once all of the one on show is there, and nothing beyond it', async () => {
  shelf.show(engine.api, LINKS, 3);
  await vi.advanceTimersByTimeAsync(100);
  expect([isReady(3), engine.followed.has(4)]).toEqual([true, false]);

  await vi.advanceTimersByTimeAsync(100);

  expect([isReady(4), [...engine.followed]]).toEqual([true, [3, 4]]);
});

test('what is done to it meanwhile is there when it is shown', async () => {
  await look(3);
  engine.addBox(4);
  await vi.advanceTimersByTimeAsync(0);

  shelf.show(engine.api, LINKS, 4);

  expect(shelf.stateOf(4).session!.getState().document.annotations).toEqual([BOX]);
});

test('the one before stays at hand with nothing under way; others are let go of, their pictures too', async () => {
  await look(3);
  shelf.stateOf(3).session!.takeTool('box');
  shelf.stateOf(3).session!.hand.pointerDown({ x: 5, y: 5, shift: false, alt: false });
  shelf.stateOf(3).session!.hand.pointerMove({ x: 50, y: 50, shift: false, alt: false });
  await look(4);

  expect([isReady(3), shelf.stateOf(3).session!.getState().draft]).toEqual([true, null]);
  expect([[...engine.followed], closedLevels]).toEqual([[3, 4, 5], 0]);
  await look(8);
  expect([[...engine.followed], isReady(3)]).toEqual([[4, 8, 9], false]);
  expect(closedLevels).toBe(4); // two sizes of two images
});

test('a picture that could not be had ahead is asked for once more when it is shown', async () => {
  vi.stubGlobal('fetch', async (address: string) => (address === '/images/4' ? { ok: false, status: 500 } : FOUND));
  await look(3);
  expect(shelf.stateOf(4).picture).toBeNull();
  vi.stubGlobal('fetch', async () => FOUND);

  await look(4);

  expect([isReady(4), shelf.stateOf(4).unreadable]).toEqual([true, null]);
});

test('after a lost connection what is shown stays, is told anew, and the next is brought again', async () => {
  await look(3);
  const { session, picture } = shelf.stateOf(3);
  const other = new Engine();

  shelf.show(other.api, LINKS, 3);
  await vi.advanceTimersByTimeAsync(1000);

  expect([shelf.stateOf(3).session, shelf.stateOf(3).picture]).toEqual([session, picture]);
  expect([[...engine.followed], [...other.followed], other.asked]).toEqual([[], [3, 4], ['picture 4']]);
});

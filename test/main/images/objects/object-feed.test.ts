import { describe, expect, onTestFinished, test } from 'vitest';
import { BatchFeed } from '../../../../main/images/feed.ts';
import { mapOf } from '../../../../main/images/objects/canvas-view.ts';
import {
  type EvaluationTransform,
  evaluationPlacement,
  type ObjectSample,
  type ObjectTransform,
} from '../../../../main/images/objects/object-views.ts';
import { inverted, movedBox } from '../../../../main/images/objects/objects.ts';
import type { TargetOrder } from '../../../../main/images/objects/view-targets.ts';
import { NO_OBJECT, SlotTargets } from '../../../../native-models/detection/slots.ts';
import type { Xyxy } from '../../../../native-models/geometry/box.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { encoder, picture, writeBytes } from '../../../kit/pictures.ts';

const SIZE = { width: 90, height: 60 };
const PLACES = 3;
/** Feeds the truth as it is. */
const WORKER = new URL('./slot-feed-worker.ts', import.meta.url);
const DETECTOR: Pick<TargetOrder, 'model' | 'classes' | 'params'> = { model: 'any', classes: 2, params: {} };

/** Each has one white box on grey, and a second object without a picture of it. */
async function samples(count: number): Promise<ObjectSample[]> {
  const folder = tempFolder();
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const box: Xyxy = [10 + 5 * i, 20, 50 + 5 * i, 50];
      const isIn = (x: number, y: number) => x >= box[0] && x < box[2] && y >= box[1] && y < box[3];
      const pixels = picture(SIZE.width, SIZE.height, (x, y) => (isIn(x, y) ? [255, 255, 255] : [90, 90, 90]));
      const path = writeBytes(folder, `${i}.png`, await encoder(pixels).png().toBuffer());
      const objects = [box, [0, 0, 20, 10] as const].map((xyxy, label) => ({ label, xyxy, polygon: null }));
      return { id: 7 + i, path, size: SIZE, objects };
    }),
  );
}

async function read(
  all: readonly ObjectSample[],
  transform: ObjectTransform,
  { workers = 2, epoch = 1, places = PLACES, views = all.length } = {},
) {
  const { fed } = new SlotTargets(transform.canvas, places);
  const order = { fed, hasMasks: false, most: places, seed: 1, ...DETECTOR };
  const feed = new BatchFeed({ samples: all, transform, targets: order, batchSize: 3, workers, entry: WORKER });
  onTestFinished(() => feed.close());
  const batches = [];
  for await (const { images, objects } of feed.batches(
    Int32Array.from({ length: views }, (_, view) => view),
    epoch,
  )) {
    const { sizes, targets } = objects!;
    const [boxes, labels] = [targets.get('truth_boxes')!, targets.get('truth_classes')!];
    batches.push({ images: images.slice(), sizes: [...sizes], boxes: [...boxes], labels: [...labels] });
  }
  await feed.close();
  return batches;
}

const letterbox: EvaluationTransform = { kind: 'letterbox', canvas: { width: 64, height: 64 } };
const scaled: EvaluationTransform = { kind: 'scaled', canvas: { width: 96, height: 64 }, minSizePx: 40, maxSizePx: 80 };

describe('a feed of pictures with objects', () => {
  test.each([letterbox, scaled])('$kind: boxes of the canvas come back to the picture', async (transform) => {
    const all = await samples(4);

    const [first, last] = await read(all, transform);

    expect([first!.labels.length, last!.labels.length]).toEqual([3 * PLACES, PLACES]);
    expect(first!.labels.slice(0, PLACES)).toEqual([0, 1, NO_OBJECT]);
    const placement = evaluationPlacement(SIZE, transform);
    const back = movedBox(inverted(mapOf(placement)), first!.boxes.slice(0, 4) as unknown as Xyxy);
    for (const [i, side] of all[0]!.objects[0]!.xyxy.entries()) expect(back[i]).toBeCloseTo(side, 4);
  });

  test('letterbox has all of the canvas, scaling the part from the top left', async () => {
    const [framed] = await read(await samples(1), letterbox);
    const [plain] = await read(await samples(1), scaled);

    expect(framed!.sizes).toEqual([64, 64]);
    expect(plain!.sizes).toEqual([60, 40]);
  });

  test.each([
    { kind: 'mosaic', canvas: { width: 64, height: 64 }, seed: 5 } as const,
    { ...scaled, kind: 'random-part', seed: 5 } as const,
  ])('$kind: seed, epoch and sample alone decide what is seen', async (transform) => {
    const all = await samples(5);

    const once = await read(all, transform);
    const [alone, later, other] = await Promise.all([
      read(all, transform, { workers: 1 }),
      read(all, transform, { epoch: 2 }),
      read(all, { ...transform, seed: 6 }),
    ]);

    expect(alone).toEqual(once);
    expect(later).not.toEqual(once);
    expect(other).not.toEqual(once);
  });

  test('pictures seen in tiles come whole and in each of them, with the objects that lie there', async () => {
    const tiles = { columns: 2, rows: 1, overlap01: 0.2 };

    const batches = await read(await samples(2), { ...letterbox, tiles }, { views: 6 });

    // The tiles are 50 pixels wide and begin at 0 and at 40; the box goes from 10 to 50, and in the second picture from 15.
    const counts = batches.map(({ labels }) => labels.filter((label) => label !== NO_OBJECT).length);
    const firstBoxes = [0, 1, 2].map((view) => batches[1]!.boxes.slice(4 * view * PLACES, 4 * view * PLACES + 4));
    expect(counts).toEqual([2 + 2 + 0, 2 + 2 + 1]);
    expect(firstBoxes[1]).toEqual([22, 22, 57, 52]); // in the middle of 64 pixels, at its own size
    expect(firstBoxes[2]!.slice(0, 3)).toEqual([7, 22, 22]);
  });

  test('a mosaic of tiles depends on seed, epoch, sample and tile alone', async () => {
    const all = await samples(2);
    const transform = {
      kind: 'mosaic',
      canvas: letterbox.canvas,
      seed: 5,
      tiles: { columns: 2, rows: 2, overlap01: 0.2 },
    };

    const once = await read(all, transform as ObjectTransform, { views: 10 });
    const alone = await read(all, transform as ObjectTransform, { views: 10, workers: 1 });

    expect(alone).toEqual(once);
    expect(new Set(once.map(({ images }) => images.join())).size).toBe(once.length);
  });

  test('of more objects than places the largest are fed', async () => {
    const [batch] = await read(await samples(1), letterbox, { places: 1 });

    expect(batch!.labels).toEqual([0]);
  });
});

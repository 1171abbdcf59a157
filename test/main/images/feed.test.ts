import { rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { augmentForTraining } from '../../../main/images/augment.ts';
import { decode } from '../../../main/images/decode.ts';
import { resizeForEvaluation } from '../../../main/images/evaluation.ts';
import { BatchFeed, type FeedContent, type FeedLimits, type FeedSample } from '../../../main/images/feed.ts';
import type { FeedSlot } from '../../../main/images/feed-slot.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, photo, writeBytes } from '../../kit/pictures.ts';

const train = { kind: 'train', cropSize: 16, seed: 11 } as const;
const evaluation = { kind: 'evaluation', resizeSize: 20, cropSize: 16 } as const;
const forwards = (n: number) => Int32Array.from({ length: n }, (_, i) => i);

async function pictures(count: number): Promise<FeedSample[]> {
  const folder = tempFolder();
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const bytes = await encoder(photo(30 + i, 40 - i, i))
        .png()
        .toBuffer();
      return { id: 100 + i, path: writeBytes(folder, `${i}.png`, bytes) };
    }),
  );
}

function open(options: FeedContent & Omit<FeedLimits, 'workers'> & { workers?: number }): BatchFeed {
  const feed = new BatchFeed({ workers: 2, ...options });
  onTestFinished(() => feed.close());
  return feed;
}

/** Everything a feed gives for an epoch, copied out of its slots. */
async function read(feed: BatchFeed, order: Int32Array, epoch: number) {
  const batches = [];
  for await (const { images, indices, count } of feed.batches(order, epoch)) {
    batches.push({ images: Buffer.from(images).toString('hex'), indices: [...indices], count });
  }
  return batches;
}

test('batches come in the order asked for, the last one short', async () => {
  const feed = open({ samples: await pictures(5), transform: evaluation, batchSize: 2 });

  const batches = await read(feed, Int32Array.from([4, 2, 0, 1, 3]), 1);

  expect(batches.map(({ indices, count }) => ({ indices, count }))).toEqual([
    { indices: [4, 2], count: 2 },
    { indices: [0, 1], count: 2 },
    { indices: [3], count: 1 },
  ]);
});

test('an evaluation batch holds exactly what resizing and cropping give', async () => {
  const samples = await pictures(3);
  const feed = open({ samples, transform: evaluation, batchSize: 3 });

  const [batch] = await read(feed, forwards(3), 1);

  const views = await Promise.all(samples.map(async ({ path }) => resizeForEvaluation(await decode(path), evaluation)));
  expect(batch!.images).toBe(Buffer.concat(views).toString('hex'));
});

test('a training batch holds exactly the views of seed, epoch and image id', async () => {
  const samples = await pictures(2);
  const feed = open({ samples, transform: { ...train, cropSize: 24 }, batchSize: 2 });

  const [batch] = await read(feed, forwards(2), 4);

  const views = await Promise.all(
    samples.map(async ({ id, path }) =>
      augmentForTraining(await decode(path), { cropSize: 24, rng: rngFrom(11, 'augment', 4, id) }),
    ),
  );
  expect(batch!.images).toBe(Buffer.concat(views).toString('hex'));
});

test('neither the number of workers, nor prefetching, nor the cache, nor the order changes a view', async () => {
  const samples = await pictures(7);
  const plain = open({ samples, transform: train, batchSize: 7, workers: 1, prefetch: 1, cacheBytes: 0 });
  const fast = open({ samples, transform: train, batchSize: 1, workers: 3, prefetch: 5 });
  const tight = open({ samples, transform: train, batchSize: 7, cacheBytes: 3000 });

  await read(fast, forwards(7), 1);
  const [expected] = await read(plain, forwards(7), 2);
  const reversed = await read(fast, forwards(7).reverse(), 2);
  await read(tight, forwards(7), 1);
  const [cached] = await read(tight, forwards(7), 2);

  expect(
    reversed
      .reverse()
      .map((batch) => batch.images)
      .join(''),
  ).toBe(expected!.images);
  expect(cached!.images).toBe(expected!.images);
});

test('after the first epoch the files are not needed any more', async () => {
  const samples = await pictures(4);
  const feed = open({ samples, transform: train, batchSize: 2 });
  await read(feed, forwards(4), 1);

  for (const { path } of samples) rmSync(path);

  expect(await read(feed, forwards(4), 2)).toHaveLength(2);
});

test('a picture that has gone missing ends the epoch with its name, and the feed goes on without it', async () => {
  const samples = await pictures(6);
  const feed = open({ samples, transform: train, batchSize: 2, cacheBytes: 0 });
  rmSync(samples[3]!.path);

  const error = await appErrorOf(() => read(feed, forwards(6), 1));
  const rest = await read(feed, Int32Array.from([0, 5]), 1);

  expect([error.code, error.message]).toEqual(['image-missing', `${samples[3]!.path}: there is no such file`]);
  expect(rest.map((batch) => batch.indices)).toEqual([[0, 5]]);
});

test('a worker that dies is reported with the picture it was at', async () => {
  const samples = await pictures(2);
  const entry = new URL('./dying-feed-worker.ts', import.meta.url);
  const feed = open({ samples, transform: train, batchSize: 2, workers: 1, entry });

  const error = await appErrorOf(() => read(feed, Int32Array.from([1, 0]), 1));

  expect([error.code, error.message]).toEqual([
    'image-unreadable',
    `${samples[1]!.path}: an image worker died while decoding it (code 3)`,
  ]);
});

test('the cache keeps as many pictures as fit, over all workers, and says how many', async () => {
  const samples = await pictures(6);
  // At this crop side pictures keep their size: 30 x 40 to 35 x 35 pixels of three bytes, 3.5 to 3.7 kB each.
  const keptWith = async (cacheBytes: number, workers: number) => {
    const feed = open({ samples, transform: { ...train, cropSize: 32 }, batchSize: 2, cacheBytes, workers });
    await read(feed, forwards(6), 1);
    await read(feed, forwards(6), 2);
    return feed.kept;
  };

  expect([await keptWith(0, 1), await keptWith(8000, 1), await keptWith(8000, 2), await keptWith(1e6, 2)]).toEqual([
    0, 2, 2, 6,
  ]);
});

test('batches are made ahead while the reading thread is blocked', async () => {
  const feed = open({ samples: await pictures(5), transform: evaluation, batchSize: 1, prefetch: 4, cacheBytes: 0 });
  const slots = (Reflect.get(feed, 'slots') as FeedSlot[]).map(({ memory }) => new Uint8Array(memory));
  const iterator = feed.batches(forwards(5), 1);

  await iterator.next();
  const filled = () => slots.filter((slot) => slot.some((value) => value !== 0)).length;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  while (filled() < slots.length) Atomics.wait(nobody, 0, 0, 1); // blocks this thread; its time-out is the test's

  expect(filled()).toBe(5);
  await iterator.return();
});

test('a batch is handed out where workers put it, in as many places as there are batches under way', async () => {
  const feed = open({ samples: await pictures(8), transform: evaluation, batchSize: 2, prefetch: 1 });
  const places = new Set<ArrayBufferLike>();

  for (const epoch of [1, 2]) {
    for await (const { images } of feed.batches(forwards(8), epoch)) places.add(images.buffer);
  }

  expect(places.size).toBe(2);
  expect([...places].every((place) => place instanceof SharedArrayBuffer)).toBe(true);
});

test('breaking off an epoch leaves the feed ready for the next', async () => {
  const samples = await pictures(8);
  const feed = open({ samples, transform: train, batchSize: 1, prefetch: 3 });
  const whole = await read(feed, forwards(8), 2);

  for await (const batch of feed.batches(forwards(8), 1)) {
    if (batch.indices[0] === 1) break;
  }

  expect(await read(feed, forwards(8), 2)).toEqual(whole);
});

test('close ends the workers, and closing again is harmless', async () => {
  const feed = open({ samples: await pictures(2), transform: train, batchSize: 1 });
  await read(feed, forwards(2), 1);

  await feed.close();
  await feed.close();

  await expect(read(feed, forwards(2), 1)).rejects.toThrow(/after close/);
});

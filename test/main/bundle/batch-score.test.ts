import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { BatchLines } from '../../../main/bundle/batch-lines.ts';
import { type BatchOptions, batchScore, imagesAt, tried } from '../../../main/bundle/batch-score.ts';
import { type OpenedBundle, openBundle, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { makeBundle } from '../../kit/made-bundle.ts';
import { encoder, photo, writeBytes } from '../../kit/pictures.ts';

const folder = suiteFolder();
const pictures = join(folder, 'pictures');
let bundle: OpenedBundle;

beforeAll(async () => {
  bundle = openBundle(makeBundle(join(folder, 'bundle'), { labels: ['a', 'b'], thresholds: null }), {}, 2);
  mkdirSync(join(pictures, 'more'), { recursive: true });
  for (const [seed, name] of ['0.png', '1.png', 'more/2.PNG'].entries())
    writeBytes(
      pictures,
      name,
      await encoder(photo(40, 40, seed))
        .png()
        .toBuffer(),
    );
  writeFileSync(join(pictures, 'broken.jpg'), 'no picture');
  writeFileSync(join(pictures, 'notes.txt'), 'no picture either');
});

const images = () => imagesAt([pictures]);

async function score(file: string, options: Partial<BatchOptions> = {}) {
  const lines = new BatchLines(file);
  try {
    return await batchScore(bundle, images(), lines, { processes: 1, timeoutMs: 60_000, retries: 1, ...options });
  } finally {
    lines.close();
  }
}

const linesOf = (file: string): { filename: string; probs?: number[] }[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('one line an image of a folder, with its path and the scores it has alone, or why it has none', async () => {
  const file = join(tempFolder(), 'out', 'scores.jsonl');

  const result = await score(file, { processes: 2 });

  const rows = linesOf(file);
  const alone = await scoreBundle(join(folder, 'bundle'), images(), { threads: 1 });
  const byName = (some: readonly { filename: string }[]) => some.toSorted((a, b) => (a.filename < b.filename ? -1 : 1));
  expect(result).toEqual({ scored: 3, failed: 1, skipped: 0 });
  expect(images()).toEqual(['0.png', '1.png', 'broken.jpg', 'more/2.PNG'].map((name) => join(pictures, name)));
  expect(byName(rows)).toEqual(byName(alone));
});

test('goes on where it was: scored images are left alone, a torn line and a failure are made anew', async () => {
  const file = join(tempFolder(), 'scores.jsonl');
  await score(file);
  const whole = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${whole.slice(0, 3).join('\n')}\n`);
  appendFileSync(file, whole[3]!.slice(0, 20));

  const result = await score(file);

  expect(result).toEqual({ scored: 1, failed: 1, skipped: 2 });
  expect(
    linesOf(file)
      .filter(({ probs }) => probs)
      .map(({ filename }) => filename),
  ).toEqual(images().filter((image) => !image.endsWith('broken.jpg')));
});

test('stopped on the way, it keeps what it has, and a later call does the rest', async () => {
  const file = join(tempFolder(), 'scores.jsonl');
  const stop = new AbortController();

  const error = await appErrorOf(() => score(file, { signal: stop.signal, onScored: () => stop.abort() }));
  const rest = await score(file);

  expect(error.code).toBe('cancelled');
  expect(rest).toMatchObject({ scored: 2, skipped: 1 });
});

test.each([
  ['a file of other lines', () => writeBytes(tempFolder(), 'x.jsonl', '{"image": 1}\n'), 'x.jsonl:1 is no reply'],
  ['a file that is no JSON', () => writeBytes(tempFolder(), 'y.jsonl', 'a,b\n'), 'y.jsonl:1 is no reply'],
])('%s is not added to', async (_, make, message) => {
  const error = await appErrorOf(() => score(make()));

  expect([error.code, error.message]).toEqual(['bad-json', expect.stringContaining(message)]);
});

test('an image whose process dies is tried again, and then put down as failed', async () => {
  const dying = (deaths: number) => {
    let calls = 0;
    return {
      score: async () => {
        calls += 1;
        if (calls <= deaths) throw new AppError('training-process-died', 'signal SIGSEGV');
        return { probabilities: [calls], explanations: [] };
      },
    };
  };

  expect(await tried(dying(2), 'x.jpg', 2)).toEqual({ probabilities: [3], explanations: [] });
  expect(await tried(dying(3), 'x.jpg', 2)).toEqual({
    error: { code: 'training-process-died', message: 'x.jpg: signal SIGSEGV', details: {} },
  });
});

test('a folder in the place of the file is said', async () => {
  const folder = tempFolder();

  expect((await appErrorOf(() => new BatchLines(folder))).message).toBe(
    `--lines ${folder} is a folder, a file is needed`,
  );
});

test('a path that is not there is said before anything runs', async () => {
  const error = await appErrorOf(() => imagesAt([join(pictures, 'nowhere')]));

  expect(error.code).toBe('file-missing');
});

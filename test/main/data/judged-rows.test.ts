import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Labelling } from '../../../main/data/class-names.ts';
import { readJudged } from '../../../main/data/judged-rows.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

const jsonl = (...rows: unknown[]): string => rows.map((row) => JSON.stringify(row)).join('\n');

const TRUTH = jsonl(
  { image_url: 'images/1.jpg', label: 'cat' },
  { image_url: 'images/2.jpg', label: 'dog' },
  { image_url: 'images/3.jpg', label: 'cat' },
);
const LABELS = ['cat', 'dog'];

/** The files in a folder of their own, read. */
async function read(truth: [name: string, text: string], predictions: [string, string], labelling: Labelling = 'one') {
  const folder = tempFolder();
  for (const [name, text] of [truth, predictions]) writeFileSync(join(folder, name), text);
  return readJudged(join(folder, truth[0]), join(folder, predictions[0]), labelling);
}

/** What was refused, with the folder left out. */
async function problemsOf(...files: Parameters<typeof read>): Promise<string[]> {
  const error = await appErrorOf(() => read(...files));
  expect(error.code).toBe('bad-predictions');
  return error.message.split('\n').map((line) => line.replaceAll(/\S*[\\/](?=[tp]\.)/g, ''));
}

const scores = ({ scores: values }: { scores: Float64Array }) => [...values];

describe('predictions come as', () => {
  const expected = { classes: LABELS, truth: [[0], [1], [0]] };
  const values = [0.9, 0.1, 0.2, 0.8, 0.3, 0.7];

  test.each([
    [
      'JSON Lines as the scoring service replies',
      'p.jsonl',
      jsonl(
        { filename: 'images/1.jpg', probs: [0.9, 0.1], labels: LABELS },
        { filename: 'images/2.jpg', probs: [0.2, 0.8], labels: LABELS },
        { filename: 'images/3.jpg', probs: [0.3, 0.7], labels: LABELS },
      ),
    ],
    [
      'JSON Lines in another order of images and classes, by name',
      'p.jsonl',
      jsonl(
        { image: 'images/3.jpg', probs: { cat: 0.3, dog: 0.7 } },
        { image: 'images/1.jpg', probs: [0.1, 0.9], labels: ['dog', 'cat'] },
        { image: 'images/2.jpg', probs: { dog: 0.8, cat: 0.2 } },
      ),
    ],
    [
      'the list that score --json prints',
      'p.json',
      JSON.stringify(
        [
          [0.9, 0.1],
          [0.2, 0.8],
          [0.3, 0.7],
        ].map((probs, i) => ({ filename: `images/${i + 1}.jpg`, probs, labels: LABELS })),
        null,
        2,
      ),
    ],
    [
      'CSV with a column per class',
      'p.csv',
      'image,cat,dog\nimages/2.jpg,0.2,0.8\nimages/1.jpg,0.9,0.1\nimages/3.jpg,.3,7e-1\n',
    ],
  ])('%s', async (_, name, text) => {
    // biome-ignore format: tables
    const judged = await read(['t.jsonl', TRUTH], [name, text]);

    expect(judged).toMatchObject({ ...expected, warnings: [] });
    expect(scores(judged)).toEqual(values);
  });
});

describe('truth comes as', () => {
  const predictions: [string, string] = ['p.csv', 'image,cat,dog\n1.jpg,0.9,0.8\n2.jpg,0.2,0.8\n3.jpg,0.1,0.2\n'];

  test.each([
    [
      'JSON Lines with lists',
      't.jsonl',
      jsonl(
        { image_url: '1.jpg', label: ['dog', 'cat'] },
        { image_url: '2.jpg', label: ['dog'] },
        { image_url: '3.jpg', label: [] },
      ),
    ],
    ['CSV with names', 't.csv', 'filename,labels\n1.jpg,"dog,cat"\n2.jpg,dog\n3.jpg,\n'],
    ['CSV with a column per class', 't.csv', 'filename,cat,dog\n1.jpg,1,1\n2.jpg,0,1\n3.jpg,0,0\n'],
  ])('%s', async (_, name, text) => {
    // biome-ignore format: tables
    const { truth } = await read([name, text], predictions, 'any');

    expect(truth.map((labels) => labels.toSorted())).toEqual([[0, 1], [1], []]);
  });
});

describe('rows are paired', () => {
  test('by file name where no address is in both files', async () => {
    const { truth, warnings } = await read(
      ['t.csv', 'image,label\nAmlDatastore://store/b.jpg,dog\nAmlDatastore://store/a.jpg,cat\n'],
      ['p.csv', 'image,cat,dog\nC:\\pictures\\a.jpg,1,0\nC:\\pictures\\b.jpg,0,1\n'],
    );

    expect(truth).toEqual([[1], [0]]);
    expect(warnings).toEqual(['images were paired by file name, since no address is in both files']);
  });

  test('in order where predictions name no images', async () => {
    const judged = await read(['t.jsonl', TRUTH], ['p.csv', 'cat,dog\n0.9,0.1\n0.2,0.8\n0.3,0.7\n']);

    expect(scores(judged)).toEqual([0.9, 0.1, 0.2, 0.8, 0.3, 0.7]);
    expect(judged.warnings).toEqual(['rows were paired in order, since one of the files names no images']);
  });

  test('leaving out predictions of other images, with a warning', async () => {
    const extra = 'image,cat,dog\nimages/1.jpg,1,0\nimages/2.jpg,1,0\nimages/3.jpg,1,0\nimages/4.jpg,1,0\n';

    const { truth, warnings } = await read(['t.jsonl', TRUTH], ['p.csv', extra]);

    expect(truth).toHaveLength(3);
    expect(warnings[0]).toMatch(/^1 predictions are of images that .* does not name, and are left out$/);
  });
});

describe('bad rows are named by file and line', () => {
  const good = 'image,cat,dog\nimages/1.jpg,1,0\nimages/2.jpg,1,0\nimages/3.jpg,1,0\n';

  test('all of them at once, of both files', async () => {
    const truth = `${TRUTH}\n{"image_url": "images/4.jpg"}\n{"image_url": "images/5.jpg", "label": "bird"}`;
    const predictions = jsonl(
      { filename: 'images/1.jpg', probs: [0.9, 0.1], labels: LABELS },
      { filename: 'images/2.jpg', probs: [0.9, null], labels: LABELS },
      { filename: 'images/3.jpg', probs: [0.9, 0.2], labels: LABELS },
      { filename: 'images/4.jpg', probs: [1.5, 0], labels: LABELS },
      { filename: 'images/5.jpg', probs: [1], labels: LABELS },
      { filename: 'images/6.jpg', probs: { cat: 1 } },
      { filename: 'images/7.jpg', probs: { cat: 1, dog: 0, bird: 0 } },
      { filename: 'images/8.jpg', error: { code: 'image-truncated', message: 'it ends early' } },
      { filename: 8, probs: [1, 0], labels: LABELS },
    );

    expect(await problemsOf(['t.jsonl', truth], ['p.jsonl', `${predictions}\n{"filename": NaN}`])).toEqual([
      't.jsonl:4: label: expected one class name as text, got nothing',
      'p.jsonl:2: class "dog": expected a probability from 0 to 1, got null',
      'p.jsonl:4: class "cat": expected a probability from 0 to 1, got 1.5',
      'p.jsonl:5: expected as many probs as labels, got 1 and 2',
      'p.jsonl:8: the image was not scored: {"code":"image-truncated","message":"it ends early"}',
      'p.jsonl:9: filename: expected the address of an image as text, got a number (8)',
      expect.stringMatching(/^p\.jsonl:10: expected one JSON object, got {"filename": NaN}/),
      'p.jsonl:3: the probabilities sum to 1.1, expected 1',
      'p.jsonl:6: expected the classes of the first row, "dog" is missing',
      'p.jsonl:7: expected the classes of the first row, "bird" is not among them',
      't.jsonl:5: label "bird": expected a class of the predictions, which are cat, dog',
    ]);
  });

  test.each<[string, [string, string], [string, string], string | RegExp]>([
    [
      'a NaN in CSV',
      ['t.jsonl', TRUTH],
      ['p.csv', good.replace('1,0', 'nan,0')],
      'p.csv:2: class "cat": expected a probability from 0 to 1, got a string ("nan")',
    ],
    [
      'a short CSV row',
      ['t.jsonl', TRUTH],
      ['p.csv', `${good}images/4.jpg,1`],
      'p.csv:5: expected 3 columns as in the header, got 2',
    ],
    [
      'a class twice',
      ['t.jsonl', TRUTH],
      ['p.csv', 'image,cat,cat\nimages/1.jpg,1,0'],
      'p.csv:1: class "cat" is given more than once',
    ],
    [
      'an image twice',
      ['t.jsonl', TRUTH],
      ['p.csv', `${good}images/2.jpg,1,0`],
      /^p\.csv:5: "images\/2.jpg" is already at .*p\.csv:3$/,
    ],
    [
      'a truth twice',
      ['t.jsonl', `${TRUTH}\n{"image_url": "images/2.jpg", "label": "cat"}`],
      ['p.csv', good],
      /^t\.jsonl:4: "images\/2.jpg" is already at .*t\.jsonl:2$/,
    ],
    [
      'an image without prediction',
      ['t.jsonl', TRUTH],
      ['p.csv', good.replace('images/3', 'images/9')],
      /^t\.jsonl:3: "images\/3.jpg" has no prediction in .*p\.csv$/,
    ],
    ['no truth', ['t.jsonl', ''], ['p.csv', good], 't.jsonl: expected rows, the file has none'],
    ['no predictions', ['t.jsonl', TRUTH], ['p.jsonl', ''], 'p.jsonl: expected rows, the file has none'],
    [
      'half a list',
      ['t.jsonl', TRUTH],
      ['p.json', '[{"filename": "a"'],
      /^p\.json: expected a JSON list of objects or one object a line, got /,
    ],
    [
      'another number of rows without addresses',
      ['t.jsonl', TRUTH],
      ['p.csv', 'cat,dog\n1,0\n'],
      /rows without addresses are paired in order, but .*t\.jsonl has 3 and .*p\.csv 1/,
    ],
  ])('%s', async (_, truth, predictions, expected) => {
    // biome-ignore format: a table
    const [first] = await problemsOf(truth, predictions);

    expect(first).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
  });

  test('up to twenty of them, and how many more there are', async () => {
    const many = jsonl(...Array.from({ length: 30 }, (_, i) => ({ filename: `${i}`, probs: [2], labels: ['cat'] })));

    const problems = await problemsOf(['t.jsonl', TRUTH], ['p.jsonl', many]);

    expect([problems.length, problems.at(-1)]).toEqual([21, '… and 10 more']);
  });
});

import { describe, expect, test } from 'vitest';
import { judgedOf } from '../../kit/detection-cases.ts';
import { appErrorOf } from '../../kit/errors.ts';

const images = [
  { id: 7, width: 20, height: 10 },
  { id: 3, width: 20, height: 10 },
];
const categories = [
  { id: 2, name: 'dog' },
  { id: 1, name: 'cat' },
];
const annotation = { id: 1, image_id: 7, category_id: 2, bbox: [1, 2, 3, 4], area: 12, iscrowd: 0 };
const truthWith = (...annotations: readonly object[]) => ({ images, categories, annotations });
const result = { image_id: 7, category_id: 2, bbox: [1, 2, 3, 4], score: 0.5 };

describe('COCO files as tables', () => {
  test('images and categories by rising id, crowds, areas as given or of the box', async () => {
    const { area, ...withoutArea } = annotation;
    const { set, classes, warnings } = await judgedOf(
      truthWith({ ...annotation, area: 9.5, iscrowd: 1 }, { ...withoutArea, image_id: 3, category_id: 1 }),
      [result],
    );

    expect(classes).toEqual(['cat', 'dog']);
    expect(set.truths).toMatchObject({
      image: Int32Array.of(1, 0),
      class: Int32Array.of(1, 0),
      area: Float64Array.of(9.5, area),
      isCrowd: Uint8Array.of(1, 0),
      masks: null,
    });
    expect(set.detections).toMatchObject({ image: Int32Array.of(1), score: Float64Array.of(0.5) });
    expect(warnings).toEqual([]);
  });

  test('masks from outlines, run lengths, their text, or the box; boxes and areas from masks where there are none', async () => {
    const { bbox: _, ...bare } = annotation;
    const runs = { size: [10, 20], counts: [12, 3, 185] };
    const { set } = await judgedOf(
      truthWith(
        { ...bare, segmentation: [[1, 2, 4, 2, 4, 6, 1, 6]] },
        { ...bare, area: undefined, segmentation: runs },
      ),
      [result, { ...result, segmentation: { size: [10, 20], counts: '<3i5' } }],
      true,
    );

    expect(set.truths.masks!.map(({ counts }) => counts.length)).toEqual([7, 3]);
    expect([...set.truths.xywh]).toEqual([1, 2, 3, 4, 1, 2, 1, 3]);
    expect([...set.truths.area]).toEqual([12, 3]);
    expect(set.detections.masks![0]).toEqual(set.truths.masks![0]);
    expect(set.detections.masks![1]!.counts).toEqual([12, 3, 185]);
  });

  test('what is of unknown images or categories is left out, as COCO does, and said', async () => {
    const { set, warnings } = await judgedOf(
      truthWith({ ...annotation, image_id: 99 }, { ...annotation, category_id: 99 }, annotation),
      [result, { ...result, category_id: 99 }],
    );

    expect([set.truths.image.length, set.detections.image.length]).toEqual([1, 1]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^2 annotations are of images or categories that .*truth\.json does not list, and are left out$/,
      ),
      expect.stringMatching(/^1 predictions are of categories that .*truth\.json does not list, and are left out$/),
    ]);
  });

  test('categories of one name keep apart', async () => {
    const { classes } = await judgedOf(
      { images, categories: [...categories, { id: 5, name: 'cat' }], annotations: [] },
      [],
    );

    expect(classes).toEqual(['cat', 'dog', 'cat (5)']);
  });
});

describe('bad entries are named by file and place, and nothing is computed', () => {
  test.each([
    [
      { ...annotation, bbox: [1, 2, 3] },
      'annotations, entry 1: bbox: expected four numbers, x, y, width and height, got a list ([1,2,3])',
    ],
    [{ ...annotation, bbox: [1, 2, -3, 4] }, 'bbox: expected width and height from 0'],
    [{ ...annotation, image_id: null }, 'image_id: expected a whole number or a text, got null'],
    [{ ...annotation, iscrowd: 'yes' }, 'iscrowd: expected 0 or 1, got a string ("yes")'],
    [{ ...annotation, area: -1 }, 'area: expected a number from 0'],
    [{ ...annotation, bbox: [] }, 'bbox: expected x, y, width and height, or a segmentation'],
    [7, 'expected an object, got a number (7)'],
  ])('truth %j', async (entry, problem) => {
    const error = await appErrorOf(() => judgedOf(truthWith(entry as object), [result]));

    expect(error.code).toBe('bad-predictions');
    expect(error.message).toContain('truth.json, annotations, entry 1: ');
    expect(error.message).toContain(problem);
  });

  test.each([
    [{ ...result, score: '0.5' }, 'score: expected a number, got a string ("0.5")'],
    [{ ...result, image_id: 99 }, 'image_id 99: '],
    [{ ...result, segmentation: [[1, 2, 3, 4]] }, 'segmentation: expected outlines of at least three corners'],
    [
      { ...result, segmentation: { size: [10, 20], counts: [5, 5] } },
      'expected run lengths of 200 pixels in all, as the size says, got a number (10)',
    ],
    [{ ...result, segmentation: { size: [20, 10], counts: [200] } }, 'expected the size of its image, 10 x 20'],
    [{ ...result, segmentation: { size: [10, 20], counts: 'é' } }, 'run lengths as whole numbers or as their text'],
    [{ ...result, segmentation: [[0, 0, 5e6, 0, 5e6, 5e6]] }, 'outlines of at most 4000000 pixels'],
  ])('prediction %j', async (entry, problem) => {
    const error = await appErrorOf(() => judgedOf(truthWith(annotation), [result, entry], true));

    expect(error.code).toBe('bad-predictions');
    expect(error.message).toContain('predictions.json, entry 2: ');
    expect(error.message).toContain(problem);
  });

  test('a truth without images, and ids that come twice', async () => {
    const empty = await appErrorOf(() => judgedOf({}, []));
    const twice = await appErrorOf(() => judgedOf({ images: [...images, images[0]], categories, annotations: [] }, []));

    expect(empty.message).toContain('truth.json: expected a list "images" with entries');
    expect(twice.message).toContain('truth.json, images, entry 3: id 7 is there already');
  });

  test('of a thousand bad entries twenty are named', async () => {
    const error = await appErrorOf(() => judgedOf(truthWith(...new Array<object>(1000).fill({})), []));

    expect(error.message.split('\n')).toHaveLength(21);
    expect(error.message).toContain('… and 980 more');
  });
});

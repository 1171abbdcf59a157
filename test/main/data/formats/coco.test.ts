import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { annotationsOf } from '../../../../main/store/annotations.ts';
import { labelledImages } from '../../../../main/store/images.ts';
import { countsToText } from '../../../../native-models/geometry/mask-text.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { objectsByImage, writePhoto } from '../../../kit/data-sets.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';
import { describeWithShared, sharedPath } from '../../../kit/shared.ts';

const SIZE = { width: 10, height: 6 };
const CATEGORIES = [
  { id: 3, name: 'cat', supercategory: 'animal' },
  { id: 7, name: 'dog' },
];

interface Coco {
  readonly images?: readonly object[];
  readonly annotations?: readonly object[];
  readonly categories?: readonly object[];
}

/** A data set of two pictures of 10 x 6 below `images/`, and annotations beside it. */
async function cocoSet(coco: Coco | string, name = 'instances_val2017.json'): Promise<string> {
  const folder = tempFolder();
  await writePhoto(join(folder, 'images/a.png'), 1, SIZE);
  await writePhoto(join(folder, 'images/b.png'), 2, SIZE);
  mkdirSync(join(folder, 'annotations'));
  const images = [
    { id: 1, file_name: 'a.png', ...SIZE },
    { id: 2, file_name: 'b.png', ...SIZE },
  ];
  const text = typeof coco === 'string' ? coco : JSON.stringify({ images, categories: CATEGORIES, ...coco });
  writeFileSync(join(folder, 'annotations', name), text);
  return folder;
}

async function imported(coco: Coco, task: Task = 'image-instance-segmentation') {
  const folder = await cocoSet(coco);
  const project = newProject(undefined, task);
  const report = await importDataset(project, folder);
  return { project, report, file: join(folder, 'annotations/instances_val2017.json') };
}

const RING = [1, 1, 5, 1, 5, 4];
const COUNTS = [6, 12, 42];

test('boxes, polygons and run lengths of both kinds come in, whatever the order of the annotations', async () => {
  const { project, report } = await imported({
    annotations: [
      { id: 1, image_id: 2, category_id: 7, bbox: [1, 1, 4, 3], segmentation: [RING, [7, 2, 9, 2, 9, 5]], iscrowd: 0 },
      { id: 2, image_id: 1, category_id: 3, bbox: [0.5, 0.25, 2, 3], segmentation: [], area: 6, iscrowd: 0 },
      { id: 3, image_id: 2, category_id: 3, segmentation: { size: [6, 10], counts: COUNTS }, iscrowd: 1 },
      { id: 4, image_id: 1, category_id: 3, segmentation: { size: [6, 10], counts: countsToText(COUNTS) }, area: 11 },
    ],
  });

  expect(objectsByImage(project)).toEqual({
    'a.png': ['cat box 0.5,0.25,2.5,3.25', 'cat mask 1,0,3,6'],
    'b.png': ['dog polygon 1,1,9,5', 'cat mask 1,0,3,6 crowd'],
  });
  expect(annotationsOf(project.db, 2)[0]!.shape).toEqual({
    kind: 'polygon',
    polygon: [
      { outline: RING, holes: [] },
      { outline: [7, 2, 9, 2, 9, 5], holes: [] },
    ],
  });
  expect(annotationsOf(project.db, 1).map(({ area_px2 }) => area_px2)).toEqual([6, 11]);
  expect(report).toMatchObject({ format: 'coco', read: 2, added: 2, skipped: [], objects: { read: 4, added: 4 } });
  expect(labelledImages(project.db).map(({ split }) => split)).toEqual(['validation', 'validation']);
});

test("a project for boxes keeps the file's own boxes", async () => {
  const annotations = [{ image_id: 1, category_id: 3, bbox: [1, 1, 5.5, 3.5], segmentation: [RING] }];
  const { project } = await imported({ annotations }, 'image-object-detection');

  expect(objectsByImage(project)).toEqual({ 'a.png': ['cat box 1,1,6.5,4.5'], 'b.png': [] });
});

test('a file whose boxes are all below 1.5 is taken for normalised', async () => {
  const { project, report, file } = await imported({
    annotations: [
      { image_id: 1, category_id: 3, bbox: [0.1, 0.5, 0.5, 0.25], segmentation: [[0.1, 0.5, 0.6, 0.5, 0.6, 0.75]] },
      { image_id: 2, category_id: 3, bbox: [0, 0, 1, 1] },
    ],
  });

  expect(objectsByImage(project)).toEqual({ 'a.png': ['cat polygon 1,3,6,4.5'], 'b.png': ['cat box 0,0,10,6'] });
  expect(report.repaired).toEqual([`${file}: no box has a number of 1.5 or more; taken for fractions`]);
});

test('what is wrong is told by file, entry and field, and costs no other', async () => {
  const { project, report, file } = await imported({
    images: [
      { id: 1, file_name: 'a.png', width: 10, height: 6 },
      { id: 1, file_name: 'b.png' },
      { id: 4, file_name: 'gone.png' },
      { id: 5 },
    ],
    annotations: [
      { image_id: 1, category_id: 3, bbox: [1, 1, 0, 3] },
      { image_id: 1, category_id: 9, bbox: [1, 1, 2, 3] },
      { image_id: 1, category_id: 3, bbox: [1, 1, 2] },
      { image_id: 1, category_id: 3 },
      { image_id: 1, category_id: 3, segmentation: { size: [6, 10], counts: [5] } },
      { image_id: 1, category_id: 3, segmentation: { size: [5, 10], counts: [25, 25] } },
      { image_id: 1, category_id: 3, segmentation: [[1, 1, 2, 2, 3]] },
      { image_id: 1, category_id: 3, bbox: [-3, 1, 5, 3] },
      { image_id: 77, category_id: 3, bbox: [1, 1, 2, 3] },
    ],
  });

  expect(objectsByImage(project)).toEqual({ 'a.png': ['cat box 0,1,2,4'] });
  const places = (records: readonly { where: string; reason: string }[]) =>
    records.map(({ where, reason }) => `${where.replace(file, '')} ${reason}`).sort();
  expect(places(report.objects.skipped)).toEqual([
    ': image 1 (a.png): annotations[0] expected a shape with an area, got box from (1, 1) to (1, 4)',
    ': image 1 (a.png): annotations[1] category_id: 9 is not among the categories',
    ': image 1 (a.png): annotations[2] bbox: expected [x, y, width, height], got a list ([1,1,2])',
    ': image 1 (a.png): annotations[3] expected a bbox or a segmentation, got none',
    ': image 1 (a.png): annotations[4] segmentation.counts: expected run lengths of 60 pixels, got 5',
    ': image 1 (a.png): annotations[5] the mask is 10 x 5, the image 10 x 6',
    ': image 1 (a.png): annotations[6] segmentation[0]: expected pairs of coordinates, got 5 numbers',
  ]);
  expect(places(report.skipped)).toEqual([
    ' 1 annotations are of image_id 77, which "images" does not list',
    expect.stringMatching(/^: image 4 \(gone.png\) image "gone.png": none of that name below /),
    ': images[1] id: 1 is that of an earlier image',
    ': images[3] file_name: expected the name of an image, got nothing',
  ]);
  expect(report.repaired).toEqual([
    `${file}: image 1 (a.png): annotations[7]: reached 3 px beyond the image; cut at its border`,
  ]);
});

test.each([
  [
    'a file that is cut off',
    '{"images":[{"id":1,"file_name":"a.png"}],"annotations":[{"id":1',
    'bad-json',
    'the file ends here',
  ],
  ['a file with text in the middle', '{"images":[{"id":1,"file_name":"a.png"}],oops', 'bad-json', 'expected more'],
  ['captions', '{"images":[],"annotations":[{"image_id":1,"caption":"a cat"}]}', 'format-unsupported', 'captions'],
  ['images alone', '{"images":[{"id":1,"file_name":"a.png"}]}', 'format-unsupported', 'without annotations'],
] as const)('%s ends in an error that names the file, and adds nothing', async (_, text, code, reason) => {
  const folder = await cocoSet(text, 'x.json');
  const project = newProject(undefined, 'image-object-detection');

  const error = await appErrorOf(() => importDataset(project, join(folder, 'annotations/x.json')));

  expect(error.code).toBe(code);
  expect(error.message).toContain(join(folder, 'annotations/x.json'));
  expect(error.message).toContain(reason);
  expect(labelledImages(project.db)).toEqual([]);
});

test('annotations without boxes are classes of whole images', async () => {
  const annotations = [
    { image_id: 1, category_id: 3 },
    { image_id: 1, category_id: 7 },
    { image_id: 2, category_id: 7 },
  ];
  const { project } = await imported({ annotations }, 'image-classification-multilabel');

  expect(labelledImages(project.db).map(({ class_names }) => class_names)).toEqual([['cat', 'dog'], ['dog']]);
});

describeWithShared('real COCO files', ['data/fruits-nuts'], () => {
  test('fruits and nuts come in whole', async () => {
    const project = newProject(undefined, 'image-instance-segmentation');

    const report = await importDataset(project, sharedPath('data/fruits-nuts'), { format: 'coco' });

    expect(report).toMatchObject({ read: 18, added: 18, skipped: [], objects: { read: 165, added: 165, skipped: [] } });
    expect(report.object_counts).toEqual({ date: 71, fig: 41, hazelnut: 53 });
  });
});

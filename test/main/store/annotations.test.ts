import { expect, test } from 'vitest';
import {
  addAnnotations,
  annotatedImages,
  annotationsOf,
  type NewAnnotation,
  OBJECTS_PER_CLASS,
  OF_IMAGE,
  OF_IMAGES,
  objectCounts,
} from '../../../main/store/annotations.ts';
import { classCounts } from '../../../main/store/classes.ts';
import type { WriteDb } from '../../../main/store/db.ts';
import { addImage, labelledImages, negativeCount } from '../../../main/store/images.ts';
import { labelsOf } from '../../../main/store/labels.ts';
import { type Shape, shapeArea } from '../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { newProject } from '../../kit/projects.ts';

const box = (...xyxy: [number, number, number, number]): Shape => ({ kind: 'box', xyxy });
const object = (class_name: string, shape: Shape, flags: Partial<NewAnnotation> = {}): NewAnnotation => ({
  ...NO_FLAGS,
  class_name,
  shape,
  ...flags,
});

const SIZE = { width: 12, height: 9 };
const POLYGON: Shape = {
  kind: 'polygon',
  polygon: [
    { outline: [0.5, 0.25, 9, 0.25, 9, 7 / 3, 0.5, 7 / 3], holes: [[2, 1, 3, 1, 3, 2]] },
    { outline: [10, 5, 11, 5, 11, 8], holes: [] },
  ],
};
/** Rows 1 to 5 of column 1, and all of column 2. */
const MASK: Shape = { kind: 'mask', mask: { ...SIZE, counts: [10, 5, 3, 9, 81] } };

function detectionProject(): WriteDb {
  return newProject(undefined, 'image-object-detection').db;
}

function image(db: WriteDb, name: string): number {
  return addImage(db, {
    path: `images/${name}`,
    storage: 'copied',
    source_url: name,
    sha256: Buffer.from(name).toString('hex').padEnd(64, '0'),
    size_bytes: 1,
    width_px: SIZE.width,
    height_px: SIZE.height,
    format: 'png',
    split: null,
    created_at_ms: 1,
  });
}

test('every kind of shape comes back number for number, with its box, its area and its flags', () => {
  const db = detectionProject();
  const id = image(db, 'a.png');
  const given = [
    object('nut', box(0.1, 0.2, 1 / 3, 8), { is_difficult: true, is_truncated: true }),
    object('fig', POLYGON, { is_occluded: true }),
    object('fig', MASK, { is_crowd: true, area_px2: 17.5 }),
  ];

  const ids = addAnnotations(db, id, given);

  expect(annotationsOf(db, id)).toEqual([
    { ...given[0], id: ids[0], xyxy: [0.1, 0.2, 1 / 3, 8], area_px2: (1 / 3 - 0.1) * (8 - 0.2) },
    { ...given[1], id: ids[1], xyxy: [0.5, 0.25, 11, 8], area_px2: shapeArea(POLYGON) },
    { ...given[2], id: ids[2], xyxy: [1, 0, 3, 9], area_px2: 17.5 },
  ]);
});

test('the classes of an image follow its objects', () => {
  const db = detectionProject();
  const id = image(db, 'a.png');
  addAnnotations(db, id, [object('nut', box(0, 0, 1, 1)), object('nut', box(0, 0, 2, 2)), object('fig', MASK)]);
  const before = labelsOf(db, id);

  db.prepare("UPDATE annotations SET class_id = (SELECT id FROM classes WHERE name = 'nut') WHERE kind = 'mask'").run();
  const reclassed = labelsOf(db, id);
  db.prepare('DELETE FROM annotations WHERE x1 = 1').run();
  const oneLeft = { labels: labelsOf(db, id), counts: classCounts(db), objects: objectCounts(db) };
  db.prepare('DELETE FROM annotations').run();

  expect(before).toEqual(['fig', 'nut']);
  expect(reclassed).toEqual(['nut']);
  expect(oneLeft).toEqual({ labels: ['nut'], counts: { fig: 0, nut: 1 }, objects: { fig: 0, nut: 2 } });
  expect(labelsOf(db, id)).toEqual([]);
});

test('an image without objects is a negative once it is said to have none', () => {
  const db = detectionProject();
  const id = image(db, 'a.png');
  const before = negativeCount(db);

  addAnnotations(db, id, []);

  expect(before).toBe(0);
  expect(negativeCount(db)).toBe(1);
  expect(labelledImages(db)).toMatchObject([{ id, class_names: [] }]);
  expect([...annotatedImages(db)]).toMatchObject([{ image: { id }, annotations: [] }]);
});

test('an id of a removed object is not given again', () => {
  const db = detectionProject();
  const id = image(db, 'a.png');
  const [first] = addAnnotations(db, id, [object('nut', box(0, 0, 1, 1))]);
  db.prepare('DELETE FROM annotations').run();

  const [second] = addAnnotations(db, id, [object('nut', box(0, 0, 1, 1))]);

  expect(second).toBeGreaterThan(first!);
});

test('a shape without an area takes the other objects of its call with it', () => {
  const db = detectionProject();
  const id = image(db, 'a.png');

  const add = () => addAnnotations(db, id, [object('nut', box(0, 0, 1, 1)), object('nut', box(2, 2, 2, 5))]);

  expect(add).toThrow(/CHECK constraint failed/);
  expect(annotationsOf(db, id)).toEqual([]);
});

test('images are read page by page, each with its own objects, while objects are added', () => {
  const db = detectionProject();
  const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => image(db, name));
  for (const [i, id] of ids.entries()) {
    if (i !== 2) addAnnotations(db, id, [object('nut', box(i, 0, i + 1, 1)), object('fig', box(0, i, 1, i + 1))]);
  }

  const seen: [number, string][] = [];
  for (const { image, annotations } of annotatedImages(db, 2)) {
    if (image.id === ids[0]) addAnnotations(db, ids[4]!, [object('late', box(0, 0, 1, 1))]);
    seen.push([image.id, annotations.map(({ class_name }) => class_name).join()]);
  }

  expect(seen).toEqual([
    [ids[0], 'nut,fig'],
    [ids[1], 'nut,fig'],
    [ids[3], 'nut,fig'],
    [ids[4], 'nut,fig,late'],
  ]);
});

test('objects are found by an index, and counted without touching them', () => {
  const db = detectionProject();
  const plan = (sql: string, ...values: number[]) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values) as { detail: string }[]).map(({ detail }) => detail);

  expect(plan(OF_IMAGE, 1)).toEqual(['SEARCH annotations USING INDEX annotations_by_image (image_id=?)']);
  expect(plan(OF_IMAGES, 1, 9)).toEqual([
    'SEARCH annotations USING INDEX annotations_by_image (image_id>? AND image_id<?)',
  ]);
  expect(plan(OBJECTS_PER_CLASS)).toContainEqual(
    'SEARCH annotations USING COVERING INDEX annotations_by_class (class_id=?)',
  );
});

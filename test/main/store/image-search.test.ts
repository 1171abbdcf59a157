import { beforeEach, expect, test } from 'vitest';
import { addAnnotations } from '../../../main/store/annotations.ts';
import type { ReadDb, WriteDb } from '../../../main/store/db.ts';
import { addTag, setReviews } from '../../../main/store/image-edits.ts';
import { CARDS, imageCards, searchImages, searchSql } from '../../../main/store/image-search.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { type ImageFilter, type ImageSort, NO_FILTER } from '../../../preload/contract/data.ts';
import { newProject } from '../../kit/projects.ts';
import { storeImage } from '../../kit/stored-images.ts';

let db: WriteDb;
let ids: Record<'apple' | 'pear' | 'both' | 'empty' | 'unseen', number>;

beforeEach(() => {
  db = newProject(undefined, 'image-classification-multilabel').db;
  ids = {
    apple: storeImage(db, 'fruit/apple_1.jpg', ['apple'], { split: 'train', width_px: 2000, height_px: 100 }),
    pear: storeImage(db, 'fruit/pear-1.jpg', ['pear'], { split: 'test', size_bytes: 5 }),
    both: storeImage(db, 'fruit/bowl 100%.jpg', ['apple', 'pear'], { split: 'train', width_px: 60, height_px: 80 }),
    empty: storeImage(db, 'table.png', []),
    unseen: storeImage(db, 'AppleTree.png'),
  };
  addTag(db, [ids.pear, ids.unseen], 'blurred');
});

const SORT: ImageSort = { by: 'added', descending: false };
const find = (filter: Partial<ImageFilter>, sort = SORT) =>
  searchImages(db, { filter: { ...NO_FILTER, ...filter }, sort });

test('each condition lets through what it names, and all of them together less', () => {
  const { apple, pear, both, empty, unseen } = ids;

  expect(find({})).toEqual([apple, pear, both, empty, unseen]);
  expect(find({ text: 'apple' })).toEqual([apple, unseen]);
  expect(find({ text: '_1' })).toEqual([apple]);
  expect(find({ text: '100%' })).toEqual([both]);
  expect(find({ classes: ['apple'] })).toEqual([apple, both]);
  expect(find({ classes: ['apple', 'pear'] })).toEqual([apple, pear, both]);
  expect(find({ classes: ['no such class'] })).toEqual([]);
  expect(find({ splits: ['train'] })).toEqual([apple, both]);
  expect(find({ splits: [null, 'test'] })).toEqual([pear, empty, unseen]);
  expect(find({ splits: [null] })).toEqual([empty, unseen]);
  expect(find({ labels: 'labelled' })).toEqual([apple, pear, both, empty]);
  expect(find({ labels: 'negative' })).toEqual([empty]);
  expect(find({ labels: 'unlabelled' })).toEqual([unseen]);
  setReviews(db, [pear, both], { state: 'done', note: '' }, false);
  setReviews(db, [both], { state: 'rejected', note: 'one more' }, false);
  expect(find({ reviews: ['done'] })).toEqual([pear]);
  expect(find({ reviews: ['rejected', 'done'] })).toEqual([pear, both]);
  expect(find({ tags: ['blurred'] })).toEqual([pear, unseen]);
  expect(find({ min_side_px: 641 })).toEqual([apple]);
  expect(find({ max_side_px: 80 })).toEqual([both]);
  expect(find({ text: 'fruit', classes: ['pear'], splits: ['train'], max_side_px: 100 })).toEqual([both]);
});

test('images come in the order asked for, equal ones by age', () => {
  const { apple, pear, both, empty, unseen } = ids;

  expect(find({}, { by: 'name', descending: false })).toEqual([unseen, apple, both, pear, empty]);
  expect(find({}, { by: 'added', descending: true })).toEqual([unseen, empty, both, pear, apple]);
  expect(find({}, { by: 'pixels', descending: false })).toEqual([both, apple, pear, empty, unseen]);
  expect(find({}, { by: 'bytes', descending: true })).toEqual([unseen, empty, both, apple, pear]);
});

test('boxes that are tiny, outside or there twice are found', () => {
  const { db } = newProject(undefined, 'image-object-detection');
  const boxes: Record<string, [number, number, number, number][]> = {
    fine: [
      [10, 10, 60, 60],
      [200, 10, 260, 60],
    ],
    tiny: [[10, 10, 12, 60]],
    outside: [[600, 10, 645, 60]],
    twice: [
      [10, 10, 60, 60],
      [10.5, 10, 60, 61],
    ],
  };
  const made = Object.entries(boxes).map(([name, list]) => {
    const id = storeImage(db, name);
    addAnnotations(
      db,
      id,
      list.map((xyxy) => ({ ...NO_FLAGS, class_name: 'nut', shape: { kind: 'box', xyxy } })),
    );
    return id;
  });
  const doubtful = (doubt: ImageFilter['doubt']) => searchImages(db, { filter: { ...NO_FILTER, doubt }, sort: SORT });

  expect([doubtful('tiny'), doubtful('outside'), doubtful('duplicated')]).toEqual([[made[1]], [made[2]], [made[3]]]);
});

test('a card holds what a window shows, objects included, and unknown ids have none', () => {
  const { db } = newProject(undefined, 'image-instance-segmentation');
  const id = storeImage(db, 'a.jpg', null, { split: 'train' });
  const outline = [1, 1, 9, 1, 9, 9];
  addAnnotations(db, id, [
    { ...NO_FLAGS, class_name: 'nut', shape: { kind: 'polygon', polygon: [{ outline, holes: [] }] } },
  ]);
  addTag(db, [id], 'odd');

  expect(imageCards(db, [id, 999])).toEqual([
    {
      ...{ id, name: 'a.jpg', width_px: 640, height_px: 480, size_bytes: 1000, format: 'jpeg', split: 'train' },
      sha256: Buffer.from('a.jpg'.padEnd(32, '.')).toString('hex'),
      is_labelled: true,
      review: { state: 'to-do', note: '' },
      labelling_ms: 0,
      classes: ['nut'],
      tags: ['odd'],
      object_count: 1,
      objects: [{ class_name: 'nut', xyxy: [1, 1, 9, 9], rings: [outline] }],
    },
  ]);
});

/** What SQLite does for a statement, a step a line. */
function plan(db: ReadDb, sql: string, values: readonly (string | number | null)[]): string {
  const rows = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(values as string[])) as { detail: string }[];
  return rows.map(({ detail }) => detail).join('\n');
}

test.each([
  ['classes', { classes: ['apple'] }, /labels_by_class/],
  ['tags', { tags: ['blurred'] }, /image_tags_by_tag/],
  ['splits', { splits: ['test'] as const }, /images_by_split/],
  ['labels', { labels: 'unlabelled' as const }, /images_by_labelled/],
  ['reviews', { reviews: ['done'] as const }, /images_by_review/],
])('a filter by %s uses its index', (_, filter, index) => {
  const { sql, values } = searchSql({ filter: { ...NO_FILTER, ...filter } as ImageFilter, sort: SORT });

  expect(plan(db, sql, values as string[])).toMatch(index);
});

test.each([
  ['name', /images_by_name/],
  ['pixels', /images_by_pixels/],
  ['bytes', /images_by_bytes/],
  ['time', /images_by_time/],
] as const)('everything by %s is read in order, not sorted', (by, index) => {
  const { sql, values } = searchSql({ filter: NO_FILTER, sort: { by, descending: true } });

  expect(plan(db, sql, values as string[])).toMatch(index);
  expect(plan(db, sql, values as string[])).not.toMatch(/TEMP B-TREE/);
});

test('cards are looked up, never scanned for', () => {
  expect(plan(db, CARDS, ['[1]'])).not.toMatch(/SCAN (?!asked|json_each)/);
});

/** Which images a filter lets through, in the order asked for, and what a window shows of each. */

import { type ImageCard, type ImageFilter, ImageQuery, type ObjectMark } from '../../preload/contract/data.ts';
import type { ReviewState } from '../../preload/contract/review.ts';
import type { ReadDb, SqlValue } from './db.ts';

/** A condition on a row of `images`, with the values of its question marks. */
type Condition = readonly [sql: string, ...values: SqlValue[]];

const ORDERS: Readonly<Record<ImageQuery['sort']['by'], string>> = {
  added: 'id',
  name: 'source_url',
  pixels: 'width_px * height_px',
  bytes: 'size_bytes',
  time: 'labelling_ms',
  entropy: newest('entropy01'),
  closeness: newest('closeness01'),
  disagreement: newest('disagreement01'),
};

/** Images that no model was asked about come last in descending order. */
function newest(column: string): string {
  return `(SELECT ${column} FROM predictions WHERE image_id = images.id ORDER BY predictions.id DESC LIMIT 1)`;
}

/** Boxes narrower are slips of the hand. */
const TINY_PX = 4;
/** How far a box may reach over the border before it counts: sources round differently. */
const SLACK_PX = 1;
/** Boxes of one class that agree to this in all four sides are the same object twice. */
const SAME_PX = 2;

/** Ids of images with a box of which one should doubt. */
export const DOUBTFUL: Readonly<Record<NonNullable<ImageFilter['doubt']>, string>> = {
  tiny: `SELECT image_id FROM annotations WHERE x1 - x0 < ${TINY_PX} OR y1 - y0 < ${TINY_PX}`,
  outside: `
    SELECT image_id FROM annotations JOIN images ON images.id = image_id
    WHERE x0 < -${SLACK_PX} OR y0 < -${SLACK_PX} OR x1 > width_px + ${SLACK_PX} OR y1 > height_px + ${SLACK_PX}`,
  duplicated: `
    SELECT a.image_id FROM annotations a JOIN annotations b ON b.image_id = a.image_id AND b.id > a.id
    WHERE a.class_id = b.class_id AND abs(a.x0 - b.x0) < ${SAME_PX} AND abs(a.y0 - b.y0) < ${SAME_PX}
      AND abs(a.x1 - b.x1) < ${SAME_PX} AND abs(a.y1 - b.y1) < ${SAME_PX}`,
};

/** The statement of a query, for its plan to be looked at. */
export function searchSql({ filter, sort }: ImageQuery): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const conditions = conditionsOf(filter);
  const where = conditions.length > 0 ? `WHERE ${conditions.map(([sql]) => sql).join(' AND ')}` : '';
  const direction = sort.descending ? 'DESC' : 'ASC';
  const ties = sort.by === 'added' ? '' : `, id ${direction}`;
  // One text instead of a hundred thousand rows.
  const sql = `
    SELECT json_group_array(id) AS ids
    FROM (SELECT id FROM images ${where} ORDER BY ${ORDERS[sort.by]} ${direction}${ties})`;
  return { sql, values: conditions.flatMap(([, ...values]) => values) };
}

/** Ids of the images found, in order. */
export function searchImages(db: ReadDb, query: ImageQuery): number[] {
  const { sql, values } = searchSql(ImageQuery.parse(query));
  const { ids } = db.prepare(sql).get(...values) as { ids: string };
  return JSON.parse(ids) as number[];
}

function conditionsOf(filter: ImageFilter): Condition[] {
  const { text, classes, splits, labels, reviews, tags, min_side_px, max_side_px, doubt } = filter;
  const all: (Condition | null)[] = [
    text === '' ? null : ['source_url LIKE ? ESCAPE ?', `%${text.replace(/[%_\\]/g, '\\$&')}%`, '\\'],
    classes.length === 0 ? null : [LABELLED_AS, JSON.stringify(classes)],
    splits.length === 0 ? null : inSplits(splits),
    labels === null ? null : [LABELS[labels]],
    reviews.length === 0 ? null : ['review IN (SELECT value FROM json_each(?))', JSON.stringify(reviews)],
    tags.length === 0 ? null : [TAGGED, JSON.stringify(tags)],
    min_side_px === null ? null : ['max(width_px, height_px) >= ?', min_side_px],
    max_side_px === null ? null : ['max(width_px, height_px) <= ?', max_side_px],
    doubt === null ? null : [`id IN (${DOUBTFUL[doubt]})`],
  ];
  return all.filter((condition) => condition !== null);
}

const LABELLED_AS = `id IN (SELECT image_id FROM labels WHERE class_id IN
  (SELECT id FROM classes WHERE name IN (SELECT value FROM json_each(?))))`;
const TAGGED = `id IN (SELECT image_id FROM image_tags WHERE tag_id IN
  (SELECT id FROM tags WHERE name IN (SELECT value FROM json_each(?))))`;
const LABELS: Readonly<Record<NonNullable<ImageFilter['labels']>, string>> = {
  labelled: 'is_labelled = 1',
  unlabelled: 'is_labelled = 0',
  negative: 'is_labelled = 1 AND NOT EXISTS (SELECT 1 FROM labels WHERE image_id = images.id)',
};

function inSplits(splits: ImageFilter['splits']): Condition {
  const named = splits.filter((split) => split !== null);
  const isIn = `split IN (${named.map(() => '?').join(', ')})`;
  return splits.includes(null) ? [`(split IS NULL OR ${isIn})`, ...named] : [isIn, ...named];
}

/** More than a thumbnail can show. */
const MOST_MARKS = 60;

interface StoredCard extends Omit<ImageCard, 'is_labelled' | 'review' | 'classes' | 'tags' | 'objects'> {
  readonly is_labelled: 0 | 1;
  readonly review: ReviewState;
  readonly review_note: string;
  readonly classes_json: string;
  readonly tags_json: string;
}

export const CARDS = `
  SELECT images.id, source_url AS name, sha256, width_px, height_px, size_bytes, format, split, is_labelled,
    review, review_note, labelling_ms,
    (SELECT json_group_array(name ORDER BY name) FROM labels JOIN classes ON classes.id = class_id
      WHERE image_id = images.id) AS classes_json,
    (SELECT json_group_array(name ORDER BY name) FROM image_tags JOIN tags ON tags.id = tag_id
      WHERE image_id = images.id) AS tags_json,
    (SELECT count(*) FROM annotations WHERE image_id = images.id) AS object_count
  FROM json_each(?) AS asked JOIN images ON images.id = asked.value`;

/** What is shown of images, in the order of their ids; ids without an image are left out. */
export function imageCards(db: ReadDb, ids: readonly number[]): ImageCard[] {
  return db.snapshot(() => {
    const rows = db.prepare(CARDS).all(JSON.stringify(ids)) as StoredCard[];
    return rows.map(({ classes_json, tags_json, review: state, review_note: note, ...row }) => ({
      ...row,
      is_labelled: row.is_labelled === 1,
      review: { state, note },
      classes: JSON.parse(classes_json) as string[],
      tags: JSON.parse(tags_json) as string[],
      objects: row.object_count === 0 ? [] : marksOf(db, row.id),
    }));
  });
}

interface StoredMark {
  readonly name: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly kind: string;
  readonly geometry: string | null;
}

/** Of a bitmap the box alone: at the size of a thumbnail the rest is not seen. */
function marksOf(db: ReadDb, image: number): ObjectMark[] {
  const rows = db
    .prepare(`
      SELECT name, x0, y0, x1, y1, kind, geometry FROM annotations JOIN classes ON classes.id = class_id
      WHERE image_id = ? ORDER BY annotations.id LIMIT ${MOST_MARKS}`)
    .all(image) as StoredMark[];
  return rows.map(({ name, x0, y0, x1, y1, kind, geometry }) => ({
    class_name: name,
    xyxy: [x0, y0, x1, y1],
    rings: kind === 'polygon' ? (JSON.parse(geometry!) as number[][][]).flat() : [],
  }));
}

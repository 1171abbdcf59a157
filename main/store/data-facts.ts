/** What there is in a project, counted: by class, tag, size, shape of boxes. */

import type { Bin, DataFacts } from '../../preload/contract/data.ts';
import type { ReviewState } from '../../preload/contract/review.ts';
import { colorOf } from './classes.ts';
import type { ReadDb } from './db.ts';
import { DOUBTFUL } from './image-search.ts';

const SIDE_BINS_PX = [0, 64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];
const ASPECT_BINS = [0, 0.25, 0.5, 0.67, 0.8, 0.95, 1.05, 1.25, 1.5, 2, 4];
const BOX_SIZE_BINS = [0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9];

export function dataFacts(db: ReadDb): DataFacts {
  return db.snapshot(() => ({
    images: countOf(db, 'SELECT count(*) AS count FROM images'),
    unlabelled: countOf(db, 'SELECT count(*) AS count FROM images WHERE is_labelled = 0'),
    reviews: reviewCounts(db),
    classes: classFacts(db),
    tags: db
      .prepare(`
        SELECT name, (SELECT count(*) FROM image_tags WHERE tag_id = tags.id) AS images FROM tags ORDER BY name`)
      .all() as DataFacts['tags'],
    longer_side_px: binned(
      db,
      'SELECT max(width_px, height_px) AS value, count(*) AS count FROM images GROUP BY value',
      SIDE_BINS_PX,
    ),
    aspect: binned(
      db,
      'SELECT round(width_px * 1.0 / height_px, 2) AS value, count(*) AS count FROM images GROUP BY value',
      ASPECT_BINS,
    ),
    objects: countOf(db, 'SELECT count(*) AS count FROM annotations'),
    box_size01: binned(
      db,
      `SELECT round(sqrt((x1 - x0) * (y1 - y0) / (width_px * height_px)), 2) AS value, count(*) AS count
       FROM annotations JOIN images ON images.id = image_id GROUP BY value`,
      BOX_SIZE_BINS,
    ),
    box_aspect: binned(
      db,
      'SELECT round((x1 - x0) / (y1 - y0), 2) AS value, count(*) AS count FROM annotations GROUP BY value',
      ASPECT_BINS,
    ),
    doubts: {
      tiny: doubtful(db, 'tiny'),
      outside: doubtful(db, 'outside'),
      duplicated: doubtful(db, 'duplicated'),
    },
  }));
}

function reviewCounts(db: ReadDb): DataFacts['reviews'] {
  const rows = db.prepare('SELECT review, count(*) AS images FROM images GROUP BY review').all() as {
    review: ReviewState;
    images: number;
  }[];
  const counts = { 'to-do': 0, done: 0, accepted: 0, rejected: 0 };
  for (const { review, images } of rows) counts[review] = images;
  return counts;
}

function classFacts(db: ReadDb): DataFacts['classes'] {
  const rows = db
    .prepare(`
      SELECT id, name, color, (SELECT count(*) FROM labels WHERE class_id = classes.id) AS images,
        (SELECT count(*) FROM annotations WHERE class_id = classes.id) AS objects
      FROM classes ORDER BY name`)
    .all() as { id: number; name: string; color: string | null; images: number; objects: number }[];
  return rows.map(({ id, name, color, images, objects }) => ({ name, color: color ?? colorOf(id), images, objects }));
}

/** Counts by value, put together from each edge up to the next; bins before the first and after the last filled go. */
function binned(db: ReadDb, sql: string, edges: readonly number[]): Bin[] {
  const counts = edges.map(() => 0);
  for (const { value, count } of db.prepare(sql).all() as { value: number; count: number }[]) {
    counts[edges.findLastIndex((edge) => value >= edge)]! += count;
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  return first < 0
    ? []
    : edges.map((from, i) => ({ from, to: edges[i + 1] ?? null, count: counts[i]! })).slice(first, last + 1);
}

const doubtful = (db: ReadDb, doubt: keyof typeof DOUBTFUL): number =>
  countOf(db, `SELECT count(DISTINCT image_id) AS count FROM (${DOUBTFUL[doubt]})`);

const countOf = (db: ReadDb, sql: string): number => (db.prepare(sql).get() as { count: number }).count;

/** A text that changes with images, labels and classes, whoever changes them, and not with the epochs of a run. */
export function dataFingerprint(db: ReadDb): string {
  const row = db
    .prepare(`
      SELECT json_array((SELECT max(id) FROM images), (SELECT count(*) FROM imports), (SELECT max(id) FROM annotations),
        (SELECT group_concat(id || ':' || is_undone) FROM (SELECT id, is_undone FROM edits ORDER BY id DESC LIMIT 50)),
        (SELECT seq FROM sqlite_sequence WHERE name = 'edits'),
        (SELECT max(id) FROM gestures), (SELECT max(id) FROM predictions), (SELECT count(*) FROM gestures WHERE state = 'done')) AS text`)
    .get() as { text: string };
  return row.text;
}

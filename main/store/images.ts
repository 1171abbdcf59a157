/** The pictures of a project and where their files lie. */

import { join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type { Review, ReviewState } from '../../preload/contract/review.ts';
import type { Split } from '../../preload/contract/tasks.ts';
import type { ReadDb, WriteDb } from './db.ts';

export interface NewImage {
  /** Relative to the project with forward slashes when copied, absolute when linked. */
  readonly path: string;
  readonly storage: 'copied' | 'linked';
  /** What the import called it. */
  readonly source_url: string;
  readonly sha256: string;
  readonly size_bytes: number;
  /** Of the upright picture, after EXIF orientation. */
  readonly width_px: number;
  readonly height_px: number;
  readonly format: string;
  readonly split: Split | null;
  readonly created_at_ms: number;
}

export interface ImageRow extends NewImage {
  readonly id: number;
  /** Whether somebody has said which classes it belongs to, be it none. */
  readonly is_labelled: boolean;
  readonly review: Review;
  /** How long people have been at work on it. */
  readonly labelling_ms: number;
}

interface StoredImage extends NewImage {
  readonly id: number;
  readonly is_labelled: 0 | 1;
  readonly review: ReviewState;
  readonly review_note: string;
  readonly labelling_ms: number;
}

/** A picture with its labels. */
export interface LabelledImage extends ImageRow {
  /** Ascending; one of them for single-label tasks, none for a negative of a multi-label one. */
  readonly class_names: readonly string[];
}

/**
 * Adds a picture and returns its id; the caller has made sure that its content is not there yet, and says whether what it
 * belongs to is known, be it nothing.
 */
export function addImage(db: WriteDb, image: NewImage, isLabelled = false): number {
  const row = db
    .prepare(`
      INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, split,
                          created_at_ms, is_labelled)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`)
    .get(
      image.path,
      image.storage,
      image.source_url,
      image.sha256,
      image.size_bytes,
      image.width_px,
      image.height_px,
      image.format,
      image.split,
      image.created_at_ms,
      Number(isLabelled),
    ) as { id: number };
  return row.id;
}

/** The picture with that content, or null. */
export function imageBySha256(db: ReadDb, sha256: string): ImageRow | null {
  return toImage(db.prepare('SELECT * FROM images WHERE sha256 = ?').get(sha256) as StoredImage | undefined);
}

/** The picture of that id, or null. */
export function imageById(db: ReadDb, id: number): ImageRow | null {
  return toImage(db.prepare('SELECT * FROM images WHERE id = ?').get(id) as StoredImage | undefined);
}

/** The picture of that id. Errors: image-unknown. */
export function knownImage(db: ReadDb, id: number): ImageRow {
  const image = imageById(db, id);
  if (image === null) throw new AppError('image-unknown', `there is no image ${id} in this project`, { image: id });
  return image;
}

export const PREVIOUS_IMAGE = 'SELECT max(id) AS id FROM images WHERE id < ?';
export const NEXT_IMAGE = 'SELECT min(id) AS id FROM images WHERE id > ?';
export const NEXT_UNLABELLED = 'SELECT min(id) AS id FROM images WHERE is_labelled = 0 AND id > ?';
export const NEXT_TO_REVIEW = "SELECT min(id) AS id FROM images WHERE review = 'done' AND id > ?";
const IMAGE_POSITION = 'SELECT count(*) AS images FROM images WHERE id <= ?';

/** The picture before or after one, in order of id, or the next that waits for somebody; null where there is none. */
export function imageBeside(
  db: ReadDb,
  id: number,
  which: typeof PREVIOUS_IMAGE | typeof NEXT_IMAGE | typeof NEXT_UNLABELLED | typeof NEXT_TO_REVIEW,
): number | null {
  return (db.prepare(which).get(id) as { id: number | null }).id;
}

/** Which picture it is in order of id, from 1. */
export function imagePosition(db: ReadDb, id: number): number {
  return (db.prepare(IMAGE_POSITION).get(id) as { images: number }).images;
}

/** How many pictures each part of the data holds; `unassigned` ones are split by each run. */
export function splitCounts(db: ReadDb): Record<Split | 'unassigned', number> {
  const rows = db
    .prepare("SELECT coalesce(split, 'unassigned') AS part, count(*) AS images FROM images GROUP BY part")
    .all() as { part: Split | 'unassigned'; images: number }[];
  const counts = { train: 0, validation: 0, test: 0, unassigned: 0 };
  for (const { part, images } of rows) counts[part] = images;
  return counts;
}

/** Whether a picture is stored under that path. */
export function isImagePathTaken(db: ReadDb, path: string): boolean {
  return db.prepare('SELECT 1 FROM images WHERE path = ?').get(path) !== undefined;
}

/** How many pictures the project holds, labelled or not. */
export function imageCount(db: ReadDb): number {
  return (db.prepare('SELECT count(*) AS images FROM images').get() as { images: number }).images;
}

/** Every labelled picture in order of its id. */
export function labelledImages(db: ReadDb): LabelledImage[] {
  const rows = db
    .prepare(`
      SELECT images.*, (SELECT json_group_array(name ORDER BY name) FROM labels JOIN classes ON classes.id = class_id
                        WHERE image_id = images.id) AS class_names_json
      FROM images WHERE is_labelled = 1 ORDER BY images.id`)
    .all() as (StoredImage & { readonly class_names_json: string })[];
  return rows.map(({ class_names_json, ...image }) => ({
    ...toImage(image),
    class_names: JSON.parse(class_names_json) as string[],
  }));
}

/** Labelled pictures with ids after `afterId`, in order of their ids. */
export function labelledImagePage(db: ReadDb, afterId: number, count: number): ImageRow[] {
  const rows = db
    .prepare('SELECT * FROM images WHERE id > ? AND is_labelled = 1 ORDER BY id LIMIT ?')
    .all(afterId, count) as StoredImage[];
  return rows.map(toImage);
}

/** Pictures with ids after `afterId`, labelled or not, in order of their ids. */
export function imagePage(db: ReadDb, afterId: number, count: number): ImageRow[] {
  const rows = db.prepare('SELECT * FROM images WHERE id > ? ORDER BY id LIMIT ?').all(afterId, count) as StoredImage[];
  return rows.map(toImage);
}

/** Says how far a picture is. */
export function setReview(db: WriteDb, id: number, { state, note }: Review): void {
  db.prepare('UPDATE images SET review = ?, review_note = ? WHERE id = ?').run(state, note, id);
}

/** Adds to the time that people have worked on a picture; returns all of it. Units: milliseconds. */
export function spendTime(db: WriteDb, id: number, spentMs: number): number {
  const statement = 'UPDATE images SET labelling_ms = labelling_ms + ? WHERE id = ? RETURNING labelling_ms';
  return (db.prepare(statement).get(spentMs, id) as Pick<ImageRow, 'labelling_ms'>).labelling_ms;
}

/** Says where the file of a linked picture lies now. */
export function relocateImage(db: WriteDb, id: number, path: string): void {
  db.prepare("UPDATE images SET path = ? WHERE id = ? AND storage = 'linked'").run(path, id);
}

/** Takes pictures out of the project, with all that is said of them. */
export function forgetImages(db: WriteDb, ids: readonly number[]): void {
  db.prepare('DELETE FROM images WHERE id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids));
}

/** How many pictures are labelled, those that belong to no class included; of one part of the data, or of all. */
export function labelledImageCount(db: ReadDb, split?: Split): number {
  const ofPart = split === undefined ? '' : ' AND split = ?';
  const statement = db.prepare(`SELECT count(*) AS images FROM images WHERE is_labelled = 1${ofPart}`);
  return (statement.get(...(split === undefined ? [] : [split])) as { images: number }).images;
}

/** Labelled pictures that belong to no class. */
export function negativeCount(db: ReadDb): number {
  const row = db
    .prepare('SELECT count(*) AS images FROM images WHERE is_labelled = 1 AND id NOT IN (SELECT image_id FROM labels)')
    .get() as { images: number };
  return row.images;
}

function toImage<Row extends StoredImage | undefined>(row: Row): Row extends StoredImage ? ImageRow : ImageRow | null;
function toImage(row: StoredImage | undefined): ImageRow | null {
  if (row === undefined) return null;
  const { review: state, review_note: note, ...image } = row;
  return { ...image, is_labelled: row.is_labelled === 1, review: { state, note } };
}

/** Where the file of a picture lies on this machine. */
export function imageFile(folder: string, image: Pick<ImageRow, 'path' | 'storage'>): string {
  return image.storage === 'copied' ? join(folder, ...image.path.split('/')) : image.path;
}

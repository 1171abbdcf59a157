/** The pictures of a project and where their files lie. */

import { join } from 'node:path';
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
}

/** A picture with the one label a single-label task reads. */
export interface LabelledImage extends ImageRow {
  readonly class_name: string;
}

/** Adds a picture and returns its id; the caller has made sure that its content is not there yet. */
export function addImage(db: WriteDb, image: NewImage): number {
  const row = db
    .prepare(`
      INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, split,
                          created_at_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`)
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
    ) as { id: number };
  return row.id;
}

/** The picture with that content, or null. */
export function imageBySha256(db: ReadDb, sha256: string): ImageRow | null {
  return (db.prepare('SELECT * FROM images WHERE sha256 = ?').get(sha256) as ImageRow | undefined) ?? null;
}

/** The picture of that id, or null. */
export function imageById(db: ReadDb, id: number): ImageRow | null {
  return (db.prepare('SELECT * FROM images WHERE id = ?').get(id) as ImageRow | undefined) ?? null;
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

/** Every labelled picture in order of its id; one with several labels comes once per label. */
export function labelledImages(db: ReadDb): LabelledImage[] {
  return db
    .prepare(`
      SELECT images.*, classes.name AS class_name
      FROM images JOIN labels ON image_id = images.id JOIN classes ON classes.id = class_id
      ORDER BY images.id, class_name`)
    .all() as LabelledImage[];
}

/** Where the file of a picture lies on this machine. */
export function imageFile(folder: string, image: Pick<ImageRow, 'path' | 'storage'>): string {
  return image.storage === 'copied' ? join(folder, ...image.path.split('/')) : image.path;
}

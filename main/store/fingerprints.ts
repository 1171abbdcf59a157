/** What images look like, in 64 bits each; see migration 0005. */

import type { Split } from '../../preload/contract/tasks.ts';
import type { ReadDb, WriteDb } from './db.ts';
import type { ImageRow } from './images.ts';

/** The next images without a fingerprint, after an id. */
export function imagesWithoutFingerprint(
  db: ReadDb,
  afterId: number,
  count: number,
): Pick<ImageRow, 'id' | 'path' | 'storage'>[] {
  return db
    .prepare(`
      SELECT id, path, storage FROM images
      WHERE id > ? AND id NOT IN (SELECT image_id FROM fingerprints) ORDER BY id LIMIT ?`)
    .all(afterId, count) as Pick<ImageRow, 'id' | 'path' | 'storage'>[];
}

export function fingerprintCount(db: ReadDb): number {
  return (db.prepare('SELECT count(*) AS images FROM fingerprints').get() as { images: number }).images;
}

export function addFingerprints(db: WriteDb, rows: readonly { readonly id: number; readonly bits: string }[]): void {
  db.transaction(() => {
    const insert = db.prepare('INSERT OR REPLACE INTO fingerprints (image_id, bits) VALUES (?, ?)');
    for (const { id, bits } of rows) insert.run(id, bits);
  });
}

export interface FingerprintedImage {
  readonly id: number;
  readonly bits: string;
  readonly split: Split | null;
  /** Class names as one text; null for an image that nobody has labelled. */
  readonly labels: string | null;
}

export function fingerprintedImages(db: ReadDb): FingerprintedImage[] {
  return db
    .prepare(`
      SELECT images.id, bits, split, CASE is_labelled WHEN 1 THEN
        (SELECT json_group_array(class_id ORDER BY class_id) FROM labels WHERE image_id = images.id) END AS labels
      FROM fingerprints JOIN images ON images.id = image_id ORDER BY images.id`)
    .all() as FingerprintedImage[];
}

/** Rows of images without files, for tests of what is done with rows alone. */

import type { WriteDb } from '../../main/store/db.ts';
import { addImage, type NewImage } from '../../main/store/images.ts';
import { setLabels } from '../../main/store/labels.ts';

/** Adds an image of that name, labelled where there are labels, and returns its id. */
export function storeImage(
  db: WriteDb,
  name: string,
  labels: readonly string[] | null = null,
  changes: Partial<NewImage> = {},
): number {
  const id = addImage(db, {
    path: `images/${name}`,
    storage: 'copied',
    source_url: name,
    sha256: Buffer.from(name.padEnd(32, '.').slice(0, 32)).toString('hex'),
    size_bytes: 1000,
    width_px: 640,
    height_px: 480,
    format: 'jpeg',
    split: null,
    created_at_ms: 0,
    ...changes,
  });
  if (labels !== null) setLabels(db, id, labels);
  return id;
}

/** Small data sets on disk: real image files, one distinct picture each. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Annotation, annotatedImages } from '../../main/store/annotations.ts';
import type { ReadDb } from '../../main/store/db.ts';
import { encoder, photo } from './pictures.ts';

/** Writes a picture that differs for every seed. */
export async function writePhoto(path: string, seed: number, size = { width: 24, height: 18 }): Promise<string> {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    await encoder(photo(size.width, size.height, seed))
      .png()
      .toBuffer(),
  );
  return path;
}

/** One sub-folder per class with that many pictures each. */
export async function writeFolderSet(folder: string, counts: Readonly<Record<string, number>>): Promise<string> {
  let seed = 0;
  for (const [name, count] of Object.entries(counts)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < count; i++) await writePhoto(join(folder, name, `${i}.png`), ++seed);
  }
  return folder;
}

/** Writes records, or ready-made lines, as JSON Lines. */
export function writeJsonl(path: string, records: readonly unknown[]): string {
  const lines = records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record)));
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** What a project holds of objects, by the source's name of each image: `class kind x0,y0,x1,y1` and flags. */
export function objectsByImage({ db }: { readonly db: ReadDb }): Record<string, string[]> {
  const entries = [...annotatedImages(db)].map(({ image, annotations }) => {
    return [image.source_url, annotations.map(objectText)] as const;
  });
  return Object.fromEntries(entries);
}

function objectText({ class_name, shape, xyxy, ...rest }: Annotation): string {
  const flags = (['is_crowd', 'is_difficult', 'is_occluded', 'is_truncated'] as const).filter((flag) => rest[flag]);
  const corners = xyxy.map((value) => Math.round(value * 1000) / 1000);
  return [class_name, shape.kind, corners.join(), ...flags.map((flag) => flag.slice(3))].join(' ');
}

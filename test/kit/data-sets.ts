/** Small data sets on disk: real image files, one distinct picture each. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

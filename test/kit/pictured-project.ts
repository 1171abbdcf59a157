/** A project on the disk with pictures in it, closed, for an engine to open. */

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Pixels } from '../../main/images/pixels.ts';
import type { WriteDb } from '../../main/store/db.ts';
import { addImage } from '../../main/store/images.ts';
import { createProject } from '../../main/store/project.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { FakeClock } from './clock.ts';
import { tempFolder } from './folders.ts';
import { encoder } from './pictures.ts';

/** Pictures are made, or files that are copied. Ids are 1, 2 … in their order. Returns the folder. */
export async function picturedProject(
  task: Task,
  pictures: readonly (Pixels | string)[],
  add: (db: WriteDb) => void = () => {},
): Promise<string> {
  const folder = join(tempFolder(), 'project');
  const project = createProject(folder, { clock: new FakeClock(), owner: 'lightbench test', task });
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (const [at, given] of pictures.entries()) {
    const bytes = typeof given === 'string' ? readFileSync(given) : await encoder(given).png().toBuffer();
    const { format, width, height, orientation = 1 } = await sharp(bytes).metadata();
    const path = join('images', `${at + 1}.${format}`);
    writeFileSync(join(folder, path), bytes);
    const isTurned = orientation > 4;
    addImage(project.db, {
      ...{ path, storage: 'copied', source_url: `${at + 1}.${format}`, format, split: null, created_at_ms: 1 },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size_bytes: bytes.length,
      width_px: isTurned ? height : width,
      height_px: isTurned ? width : height,
    });
  }
  add(project.db);
  project.close();
  return folder;
}

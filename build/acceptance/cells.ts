/** Photographs of blood cells with their boxes, in the parts that their makers gave them. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED } from './data.ts';
import { lightbench } from './sides.ts';

export const CELLS = join(SHARED, 'data', 'bccd-cells');
const PARTS = ['train', 'val'] as const;

/** A detection project of the whole set, or of the first so many of each part; made once. */
export function cellsProject(work: string, name: string, first: { train: number; val: number } | null = null): string {
  const project = join(work, name);
  if (existsSync(project)) return project;
  const [making, source] = [`${project}.partial`, first === null ? CELLS : someOf(join(work, `${name}-files`), first)];
  rmSync(making, { recursive: true, force: true });
  lightbench(work, 'create', making, '--task', 'image-object-detection', '--name', name);
  lightbench(work, 'import', making, source, '--format', 'voc');
  renameSync(making, project);
  return project;
}

function someOf(folder: string, first: { readonly train: number; readonly val: number }): string {
  rmSync(folder, { recursive: true, force: true });
  for (const below of ['JPEGImages', 'Annotations', join('ImageSets', 'Main')])
    mkdirSync(join(folder, below), { recursive: true });
  for (const part of PARTS) {
    const list = join('ImageSets', 'Main', `${part}.txt`);
    const names = readFileSync(join(CELLS, list), 'utf8').trim().split(/\s+/).slice(0, first[part]);
    writeFileSync(join(folder, list), `${names.join('\n')}\n`);
    for (const file of names.flatMap((id) => [join('JPEGImages', `${id}.jpg`), join('Annotations', `${id}.xml`)]))
      copyFileSync(join(CELLS, file), join(folder, file));
  }
  return folder;
}

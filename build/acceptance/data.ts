/** The real data that acceptance trains on, and how it is parted. */

import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROOT } from '../source-files.ts';

export const SHARED = process.env['LIGHTBENCH_SHARED'] ?? join(ROOT, '..', 'shared');

export interface Labelled {
  readonly path: string;
  /** One, or several for multi-label sets. */
  readonly labels: readonly string[];
}

export interface Parts {
  readonly train: readonly Labelled[];
  readonly test: readonly Labelled[];
}

/** A folder per class. */
export function folderParts(set: string): Parts {
  const files = globSync(join(SHARED, 'data', set, '*', '*.{jpg,JPG,png}'));
  return everyFourth(files.map((path) => ({ path, labels: [basename(dirname(path))] })));
}

/** `miml-scenes`: a CSV of file name and labels, with commas between the labels and quotes around several. */
export function scenesParts(): Parts {
  const folder = join(SHARED, 'data', 'miml-scenes');
  const [, ...lines] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split('\n');
  return everyFourth(
    lines.map((line) => {
      const [name, ...labels] = line.replaceAll('"', '').trim().split(',');
      return { path: join(folder, 'images', name!), labels };
    }),
  );
}

/** In order of path, every fourth image is for testing. */
function everyFourth(images: readonly Labelled[]): Parts {
  const sorted = images.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return { train: sorted.filter((_, i) => i % 4 !== 3), test: sorted.filter((_, i) => i % 4 === 3) };
}

/** Ascending by name, as the product numbers them. */
export function classesOf({ train, test }: Parts): string[] {
  return [...new Set([...train, ...test].flatMap(({ labels }) => labels))].sort();
}

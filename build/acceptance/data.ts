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

/** A folder per class, in order of path. */
export function folderParts(set: string): Parts {
  const files = globSync(join(SHARED, 'data', set, '*', '*.{jpg,JPG,png}')).sort();
  return everyFourth(
    files.map((path) => ({ path, labels: [basename(dirname(path))] })),
    3,
  );
}

/**
 * `miml-scenes`: a CSV of file name and labels, with commas between the labels and quotes around several. In the order of
 * the file, from the first on: the part on which the published figure of the frozen backbone was taken.
 */
export function scenesParts(): Parts {
  const folder = join(SHARED, 'data', 'miml-scenes');
  const [, ...lines] = readFileSync(join(folder, 'labels.csv'), 'utf8').trim().split('\n');
  return everyFourth(
    lines.map((line) => {
      const [name, ...labels] = line.replaceAll('"', '').trim().split(',');
      return { path: join(folder, 'images', name!), labels };
    }),
    0,
  );
}

/** Every fourth image is for testing, beginning with the one of that number. */
function everyFourth(images: readonly Labelled[], first: number): Parts {
  return { train: images.filter((_, i) => i % 4 !== first), test: images.filter((_, i) => i % 4 === first) };
}

/** Ascending by name, as the product numbers them. */
export function classesOf({ train, test }: Parts): string[] {
  return [...new Set([...train, ...test].flatMap(({ labels }) => labels))].sort();
}

/** Which part of the data is meant by the names that data sets give them. */

import type { Split } from '../../preload/contract/tasks.ts';

const NAMES: readonly (readonly [RegExp, Split])[] = [
  [/^(train|training)([-_]?\d+)?$/, 'train'],
  [/^(val|valid|validation|dev|eval)([-_]?\d+)?$/, 'validation'],
  [/^(test|testing)([-_]?\d+)?$/, 'test'],
];

/** What exports call the folder or file of what is in no split, where those that are in one have a folder of its name. */
export const UNASSIGNED = 'unassigned';

/** The split of a folder's, a list's or a file's name, or null: `train2017` is train, `trainval` is none. */
export function splitOfName(name: string): Split | null {
  const lower = name.toLowerCase();
  return NAMES.find(([pattern]) => pattern.test(lower))?.[1] ?? null;
}

/** The split that a file of annotations is about, as its name or one of its folders says it; null where none does. */
export function splitNameOf(path: string): string | null {
  const parts = path.split('/');
  return splitNameIn(parts.at(-1)!) ?? parts.slice(0, -1).findLast((name) => splitOfName(name) !== null) ?? null;
}

/** The part of a file's name that is a split's: `train` of `instances_train.json`; null where no part is. */
function splitNameIn(fileName: string): string | null {
  const words = fileName.replace(/\.[^.]*$/, '').split(/[-_.\s]+/);
  return words.findLast((word) => splitOfName(word) !== null) ?? null;
}

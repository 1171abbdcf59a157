/** What a YOLO data set says of itself: the names of the classes, and which pictures are in which split. */

import { parse } from 'yaml';
import { AppError } from '../../../preload/contract/errors.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitOfName } from '../split-names.ts';

export interface YoloSet {
  /** By class number; null where no file names them. */
  readonly names: ReadonlyMap<number, string> | null;
  /** Where each split's pictures are: folders, lists of pictures, pictures. */
  readonly places: readonly { readonly split: string; readonly path: string }[];
  /** Numbers after a box that are key points, not an outline. */
  readonly hasKeyPoints: boolean;
}

const NAME_FILES = /(^|\/)(obj\.names|names\.txt|classes\.txt|.*\.names)$/i;

export const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);
export const isNameFile = (path: string): boolean => NAME_FILES.test(path);

/** Errors: bad-argument for a data.yaml that is none. */
export async function readYoloSet(tree: SourceTree): Promise<YoloSet> {
  const files = await tree.files();
  const yaml = tree.file !== null && isYaml(tree.file) ? tree.file : nearest(files.filter(isYaml));
  if (yaml !== null) {
    const set = fromYaml(await tree.text(yaml), tree.absolute(yaml));
    if (set !== null) return set;
  }
  const nameFile = nearest(files.filter(isNameFile));
  const names = nameFile === null ? null : linesOf(await tree.text(nameFile));
  const data = nearest(files.filter((path) => path.toLowerCase().endsWith('.data')));
  return {
    names: names === null ? null : new Map(names.entries()),
    places: data === null ? [] : fromData(await tree.text(data)),
    hasKeyPoints: false,
  };
}

const nearest = (paths: readonly string[]): string | null =>
  paths.toSorted((a, b) => a.split('/').length - b.split('/').length)[0] ?? null;

export const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Null for a YAML file about something else. */
function fromYaml(text: string, file: string): YoloSet | null {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new AppError('bad-argument', `${file}: expected YAML, got none (${reason})`, { file }, { cause: error });
  }
  if (typeof value !== 'object' || value === null || !('names' in value)) return null;
  const record = value as Record<string, unknown>;
  const { names } = record;
  if (typeof names !== 'object' || names === null) {
    throw new AppError('bad-argument', `${file}: names: expected a list of class names`, { file, field: 'names' });
  }
  const named = Object.entries(names).map(([id, name]) => [Number(id), String(name)] as const);
  const splits = Object.keys(record).filter((key) => splitOfName(key) !== null);
  const places = splits.flatMap((split) => {
    const paths = Array.isArray(record[split]) ? (record[split] as unknown[]) : [record[split]];
    return paths.filter((path) => typeof path === 'string').map((path) => ({ split, path }));
  });
  return { names: new Map(named), places, hasKeyPoints: 'kpt_shape' in record };
}

/** Darknet's `train = data/train.txt`. */
function fromData(text: string): YoloSet['places'] {
  return linesOf(text).flatMap((line) => {
    const [split = '', path = ''] = line.split('=').map((part) => part.trim());
    return splitOfName(split) === null ? [] : [{ split, path }];
  });
}

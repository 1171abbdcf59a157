/**
 * Reads YOLO text labels: a line an object, in fractions of the picture: a class number with a box, or with an outline; and
 * the oriented boxes of DOTA, in pixels with the class's name. A picture without a label file has no objects.
 */

import { xyxyFromCxcywh } from '../../../native-models/geometry/box.ts';
import type { Ring } from '../../../native-models/geometry/polygon.ts';
import { partsFromRings } from '../../../native-models/geometry/polygon.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { RecordProblem, shown } from '../record-problem.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitOfName } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { isNameFile, isYaml, linesOf, readYoloSet, type YoloSet } from './yolo-set.ts';

const LABEL_FOLDERS: Readonly<Record<string, readonly string[]>> = { images: ['labels', 'labelTxt', 'annotations'] };
const LOOKED_AT = 20;
const LABEL_LINE = /^\s*\d+(\s+[-+.\deE]+){4,}\s*$/;
const DOTA_LINE = /^\s*([-+.\deE]+\s+){8}\S+\s+\d\s*$/;
/** Above this a coordinate is no fraction that was rounded badly, but pixels. */
const MOST_FRACTION = 1.5;

export const yolo: FormatReader = { format: 'yolo', recognises, read };

async function recognises(tree: SourceTree): Promise<boolean> {
  if (tree.file !== null && !isYaml(tree.file) && !/\.(data|names)$/i.test(tree.file)) return false;
  const files = await tree.files();
  const texts = files.filter((path) => /\.txt$/i.test(path) && !isNameFile(path));
  for (const path of texts.slice(0, LOOKED_AT)) {
    const line = (await tree.head(path)).split('\n')[0]!;
    if (LABEL_LINE.test(line) || DOTA_LINE.test(line)) return true;
  }
  return false;
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const { tree } = source;
  const set = await readYoloSet(tree);
  const finder = await source.finder();
  const texts = new Map((await tree.files()).filter((path) => /\.txt$/i.test(path)).map((path) => [keyOf(path), path]));
  const { splits, missing } = await splitsOf(set, tree, finder);
  for (const text of missing) yield { kind: 'warning', text };
  if (set.names === null)
    yield { kind: 'warning', text: `${tree.root}: no file names the classes; they are called by number` };
  if (set.hasKeyPoints) yield { kind: 'warning', text: `${tree.root}: key points are not kept, their boxes are` };
  let unlabelled = 0;
  for (const path of finder.images) {
    const label = labelOf(path, texts);
    if (label === null) unlabelled += 1;
    yield await attempt(tree.absolute(label ?? path), () =>
      readImage(path, label, splits.get(path) ?? null, set, source, finder),
    );
  }
  if (unlabelled > 0) {
    yield { kind: 'warning', text: `${unlabelled} images have no label file: taken for images without objects` };
  }
}

/** Case and ending do not tell pictures and labels apart. */
const keyOf = (path: string): string => path.slice(0, path.lastIndexOf('.')).toLowerCase();

/** Beside the picture, or in the folder that stands for `images`. */
function labelOf(image: string, texts: ReadonlyMap<string, string>): string | null {
  const key = keyOf(image);
  const own = texts.get(key);
  if (own !== undefined) return own;
  const parts = key.split('/');
  const at = parts.lastIndexOf('images');
  if (at < 0) return null;
  for (const folder of LABEL_FOLDERS['images']!) {
    const found = texts.get(parts.with(at, folder.toLowerCase()).join('/'));
    if (found !== undefined) return found;
  }
  return null;
}

/** The split of every picture that has one: what the data set's own file says, else the name of a folder. */
async function splitsOf(
  set: YoloSet,
  tree: SourceTree,
  finder: ImageFinder,
): Promise<{ readonly splits: ReadonlyMap<string, string>; readonly missing: readonly string[] }> {
  const splits = new Map<string, string>();
  const missing: string[] = [];
  const mark = (name: string, split: string) => {
    try {
      splits.set(finder.findRelative(name), split);
    } catch (error) {
      if (!(error instanceof RecordProblem)) throw error;
      missing.push(`split ${split}: ${error.message}`);
    }
  };
  for (const image of finder.images) {
    const folder = image
      .split('/')
      .slice(0, -1)
      .find((name) => splitOfName(name) !== null);
    if (folder !== undefined) splits.set(image, folder);
  }
  const files = await tree.files();
  for (const { split, path } of set.places) {
    const place = path
      .replaceAll('\\', '/')
      .replace(/^(\.{0,2}\/)+/, '')
      .replace(/\/$/, '');
    if (/\.txt$/i.test(place)) {
      const list = files.find((file) => `/${place}`.endsWith(`/${file}`) || `/${file}`.endsWith(`/${place}`));
      if (list === undefined) missing.push(`split ${split}: there is no list ${place} below ${tree.root}`);
      for (const line of list === undefined ? [] : linesOf(await tree.text(list))) mark(line, split);
    } else if (finder.images.some((image) => `/${image}`.endsWith(`/${place}`))) mark(place, split);
    else for (const image of finder.images) if (`/${image}`.includes(`/${place}/`)) splits.set(image, split);
  }
  return { splits, missing };
}

async function readImage(
  path: string,
  label: string | null,
  splitName: string | null,
  set: YoloSet,
  { tree }: ReadSource,
  finder: ImageFinder,
): Promise<ImageItem> {
  const badObjects: BadObject[] = [];
  const lines = label === null ? [] : (await tree.text(label)).split(/\r?\n/);
  const numbered = lines.map((text, i) => ({ text: text.trim(), number: i + 1 })).filter(({ text }) => isObject(text));
  const objects = attemptEach(
    numbered,
    ({ number }) => `line ${number}`,
    badObjects,
    ({ text }, where) => toObject(text, where, set),
  );
  return {
    ...{ kind: 'image', where: tree.absolute(label ?? path), url: path, candidates: [finder.absolute(path)] },
    ...{ labels: [], objects, badObjects, splitName, claimed: { width: null, height: null }, repairs: [] },
  };
}

/** Not blank, and no header of DOTA. */
const isObject = (text: string): boolean => text !== '' && !/^(imagesource|gsd):/i.test(text);

function toObject(text: string, where: string, set: YoloSet): SourceObject {
  const words = text.split(/\s+/);
  if (DOTA_LINE.test(text)) return fromDota(words, where);
  const [id, ...numbers] = words.map(Number);
  if (id === undefined || !Number.isInteger(id) || id < 0) {
    throw new RecordProblem('bad-annotation', `expected a class number, got "${shown(words[0] ?? '')}"`);
  }
  const wrong = numbers.find((number) => !Number.isFinite(number) || Math.abs(number) > MOST_FRACTION);
  if (wrong !== undefined && !set.hasKeyPoints) {
    throw new RecordProblem('bad-annotation', `expected fractions from 0 to 1, got ${wrong} in "${shown(text)}"`);
  }
  const className = set.names === null ? String(id) : set.names.get(id);
  if (className === undefined) {
    throw new RecordProblem('bad-annotation', `class ${id}: the data set names classes 0 to ${set.names!.size - 1}`);
  }
  return { where, className, shape: shapeOf(numbers, text, set.hasKeyPoints), unit: 'fraction' };
}

function shapeOf(numbers: readonly number[], text: string, hasKeyPoints: boolean): SourceObject['shape'] {
  const isBox = numbers.length === 4 || (hasKeyPoints && numbers.length > 4);
  if (isBox) {
    const [cx, cy, width, height] = numbers as [number, number, number, number];
    return { kind: 'box', xyxy: xyxyFromCxcywh([cx, cy, width, height]) };
  }
  if (numbers.length >= 6 && numbers.length % 2 === 0) return polygonOf(numbers);
  const message = `expected 4 numbers of a box or pairs of an outline, got ${numbers.length} in "${shown(text)}"`;
  throw new RecordProblem('bad-annotation', message);
}

function fromDota(words: readonly string[], where: string): SourceObject {
  const shape = polygonOf(words.slice(0, 8).map(Number));
  return { where, className: words[8]!, shape, unit: 'px', flags: { is_difficult: words[9] === '1' } };
}

const polygonOf = (ring: Ring): SourceObject['shape'] => ({ kind: 'polygon', polygon: partsFromRings([ring]) });

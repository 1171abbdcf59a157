/**
 * Reads KITTI's labels of objects: a text file an image, a line an object. Of its fourteen numbers those about the picture are
 * taken, those about space (size, place and turn in metres) are not. `DontCare` marks regions nobody looked at.
 * Source: Geiger et al. 2012, development kit of the object benchmark, readme.txt ("Data Format Description").
 */

import { boxNumbers } from '../../../native-models/geometry/box.ts';
import { numberOf } from '../field-values.ts';
import type { ImageFinder } from '../image-finder.ts';
import type { BadObject, ImageItem, ImportItem, SourceObject } from '../import-items.ts';
import { RecordProblem, shown } from '../record-problem.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt, attemptEach } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';

/** Class, truncation, occlusion, angle, box (4), size (3), place (3), turn; results have a score besides. */
const LABEL_LINE = /^[^\s\d-]\S*(\s+[-+.\deE]+){14,15}\s*$/;
const [FEWEST_WORDS, MOST_WORDS] = [15, 16];
const NOT_LOOKED_AT = 'DontCare';
/** Occlusion 1 is partly, 2 largely; 0 is none, 3 unknown. */
const OCCLUDED: ReadonlySet<number> = new Set([1, 2]);
const LOOKED_AT = 20;

export const kitti: FormatReader = { format: 'kitti', recognises, read };

async function recognises(tree: SourceTree): Promise<boolean> {
  for (const path of (await labelFiles(tree)).slice(0, LOOKED_AT)) {
    if (LABEL_LINE.test((await tree.head(path)).split(/\r?\n/)[0]!)) return true;
  }
  return false;
}

const labelFiles = async (tree: SourceTree): Promise<readonly string[]> =>
  (await tree.named()).filter((path) => path.toLowerCase().endsWith('.txt'));

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const { tree } = source;
  const finder = await source.finder();
  let unseen = 0;
  for (const path of await labelFiles(tree)) {
    const lines = await objectLines(tree, path);
    if (lines === null) continue;
    unseen += lines.filter(({ words }) => words[0] === NOT_LOOKED_AT).length;
    yield await attempt(tree.absolute(path), () => readImage(path, lines, tree, finder));
  }
  if (unseen > 0)
    yield { kind: 'warning', text: `${unseen} regions are ${NOT_LOOKED_AT}, which has no class: left out` };
}

interface ObjectLine {
  readonly number: number;
  readonly words: readonly string[];
}

/** Null for a text about something else: one of which no line has as many words. */
async function objectLines(tree: SourceTree, path: string): Promise<readonly ObjectLine[] | null> {
  const lines = (await tree.text(path))
    .split(/\r?\n/)
    .map((text, i) => ({ number: i + 1, words: text.trim().split(/\s+/) }))
    .filter(({ words }) => words[0] !== '');
  const isOther = lines.length > 0 && !lines.some(({ words }) => hasAllWords(words));
  return isOther ? null : lines;
}

const hasAllWords = ({ length }: readonly string[]): boolean => length >= FEWEST_WORDS && length <= MOST_WORDS;

function readImage(path: string, lines: readonly ObjectLine[], tree: SourceTree, finder: ImageFinder): ImageItem {
  const splitName = splitNameOf(path);
  // Pictures of both cameras have one name; those of camera 2 lie in image_2, their labels in label_2.
  const beside = path.replace(/(^|\/)label_(\d+)\//, '$1image_$2/');
  const image = finder.findRelative(beside.slice(0, beside.lastIndexOf('.')), splitName);
  const badObjects: BadObject[] = [];
  const objects = attemptEach(
    lines.filter(({ words }) => words[0] !== NOT_LOOKED_AT),
    ({ number }) => `line ${number}`,
    badObjects,
    ({ words }, where) => toObject(words, where),
  );
  return {
    ...{ kind: 'image', where: tree.absolute(path), url: image, candidates: [finder.absolute(image)], splitName },
    ...{ labels: [], objects, badObjects, claimed: { width: null, height: null }, repairs: [] },
  };
}

function toObject(words: readonly string[], where: string): SourceObject {
  if (!hasAllWords(words)) {
    const message = `expected a class and 14 numbers, got ${words.length} words in "${shown(words.join(' '))}"`;
    throw new RecordProblem('bad-annotation', message);
  }
  const [truncated, occluded] = [numberOf(words[1], 'truncated'), numberOf(words[2], 'occluded')];
  const xyxy = boxNumbers(['left', 'top', 'right', 'bottom'].map((side, i) => numberOf(words[4 + i], side)));
  return {
    ...{ where, className: words[0]!, shape: { kind: 'box', xyxy }, unit: 'px' },
    flags: { is_truncated: truncated > 0, is_occluded: OCCLUDED.has(occluded) },
  };
}

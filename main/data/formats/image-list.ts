/**
 * Reads lists of images with their classes, as ImageNet has them: a text file whose lines name an image and its class, by name
 * or by the number of its line in a file of names. A list for each split is called like the split.
 */

import { IMAGE_EXTENSIONS } from '../../images/format.ts';
import { cleanLabels, type Labelling } from '../class-names.ts';
import type { ImageFinder } from '../image-finder.ts';
import { isImageName } from '../image-finder.ts';
import type { ImageItem, ImportItem } from '../import-items.ts';
import { readLines } from '../lines.ts';
import { RecordProblem, shown } from '../record-problem.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf } from '../split-names.ts';
import { attempt } from './attempt.ts';
import type { FormatReader, ReadSource } from './format.ts';
import { isNearTop, recordFiles } from './whole-images.ts';

const NAME_FILE = /(^|\/)(synsets[^/]*|classes|labels|class_names|categories)\.txt$/i;
/** A name with the ending of an image may hold spaces; any other ends at the first one. */
const IMAGE_THEN_WORDS = new RegExp(`^(.*?\\.(?:${[...IMAGE_EXTENSIONS].join('|')}))(?:\\s+(.*))?$`, 'i');
const NAME_THEN_WORDS = /^(\S+)\s+(.*)$/;
const LOOKED_AT = 10;

export const imageList: FormatReader = {
  format: 'list',
  recognises: async (tree) => (await listFiles(tree)).length > 0,
  read,
};

/** The text files near the top whose first lines name images with classes, or the file that was named, if it does. */
async function listFiles(tree: SourceTree): Promise<readonly string[]> {
  const texts = (await tree.named()).filter((path) => /\.txt$/i.test(path) && !NAME_FILE.test(path));
  const near = tree.file === null ? texts.filter(isNearTop) : texts;
  const stems = new Set((await tree.files()).filter(isImageName).map(stemOf));
  const found: string[] = [];
  for (const path of near.slice(0, LOOKED_AT)) if (isList(await tree.head(path), stems)) found.push(path);
  return found;
}

/** Of whose lines the last may be cut off. */
function isList(head: string, stems: ReadonlySet<string>): boolean {
  const lines = head
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  const isEntry = (line: string) => {
    const [name, words] = partsOf(line);
    const isImage = isImageName(name) || stems.has(stemOf(name));
    return isImage && words.length > 0 && !words.some((word) => word.includes(',') || isImageName(word));
  };
  return whole.length > 0 && whole.every(isEntry);
}

async function* read(source: ReadSource): AsyncGenerator<ImportItem, void, undefined> {
  const { tree, labelling } = source;
  const finder = await source.finder();
  const lists = new Set(tree.file === null ? await listFiles(tree) : [tree.file]);
  const names = await classNames(tree);
  let isNumbered = false;
  for (const path of await recordFiles(tree, (file) => lists.has(file), '.txt list')) {
    const file = tree.absolute(path);
    for await (const line of readLines(file)) {
      const where = `${file}:${line.number}`;
      if ('problem' in line) yield { kind: 'problem', where, code: 'bad-label', reason: line.problem };
      else if (line.text.trim() !== '') {
        const [name, words] = partsOf(line.text.trim());
        isNumbered ||= names === null && words.some(isNumber);
        yield await attempt(where, () =>
          readImage({ name, words, where, names, splitName: splitNameOf(path) }, labelling, finder),
        );
      }
    }
  }
  if (isNumbered) yield { kind: 'warning', text: `${tree.root}: no file names the classes; they are called by number` };
}

interface Entry {
  readonly name: string;
  readonly words: readonly string[];
  readonly where: string;
  readonly names: readonly string[] | null;
  readonly splitName: string | null;
}

function readImage(
  { name, words, where, names, splitName }: Entry,
  labelling: Labelling | null,
  finder: ImageFinder,
): ImageItem {
  if (labelling === 'one' && words.length !== 1) {
    throw new RecordProblem(
      'bad-label',
      `expected an image and one class, got ${words.length} classes in "${shown(words.join(' '))}"`,
    );
  }
  const { labels, repairs } = cleanLabels(words.map((word) => nameOf(word, names)));
  return {
    ...{
      kind: 'image',
      where,
      url: name,
      candidates: [finder.find(name, splitName)],
      labels,
      objects: null,
      splitName,
    },
    ...{ claimed: { width: null, height: null }, repairs },
  };
}

function nameOf(word: string, names: readonly string[] | null): string {
  if (names === null || !isNumber(word)) return word;
  const name = names[Number(word)];
  if (name !== undefined) return name;
  throw new RecordProblem('bad-label', `class ${word}: the file of names has ${names.length}, from 0 on`);
}

const isNumber = (word: string): boolean => /^\d+$/.test(word);

/** Line by line, empty lines between them left out; null where no file has them. */
async function classNames(tree: SourceTree): Promise<readonly string[] | null> {
  const files = (await tree.files()).filter((path) => NAME_FILE.test(path));
  const nearest = files.toSorted((a, b) => a.split('/').length - b.split('/').length)[0];
  if (nearest === undefined) return null;
  const lines = (await tree.text(nearest)).split(/\r?\n/).map((line) => line.trim());
  return lines.filter((line) => line !== '');
}

function partsOf(line: string): readonly [name: string, words: readonly string[]] {
  const [, name = line, rest = ''] = IMAGE_THEN_WORDS.exec(line) ?? NAME_THEN_WORDS.exec(line) ?? [];
  return [name, rest.split(/\s+/).filter((word) => word !== '')];
}

function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return isImageName(name) ? name.slice(0, name.lastIndexOf('.')) : name;
}

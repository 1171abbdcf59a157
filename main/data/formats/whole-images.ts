/** The formats that are one file of records, or a folder per class: where each begins, and how it is opened. */

import { dirname, extname, resolve } from 'node:path';
import { AppError } from '../../../preload/contract/errors.ts';
import { readCsvLabels } from '../csv-labels.ts';
import { readFolderTree } from '../folder-tree.ts';
import { readJsonl } from '../jsonl.ts';
import type { SourceTree } from '../source-tree.ts';
import { splitNameOf, splitOfName } from '../split-names.ts';
import { boxLayout, readCsvBoxes } from './csv-boxes.ts';
import type { FormatReader, ReadSource } from './format.ts';

const endsIn = (endings: readonly string[]) => (path: string) => endings.includes(extname(path).toLowerCase());
const isJsonl = endsIn(['.jsonl', '.ndjson']);
const isCsv = endsIn(['.csv', '.tsv']);
const isTop = (path: string) => !path.includes('/');
/** At the top, or in a folder of a split. */
export const isNearTop = (path: string) => isTop(path) || splitFolderOf(path) !== null;

export const jsonl: FormatReader = {
  format: 'jsonl',
  recognises: async (tree) => (await tree.named()).some((path) => isJsonl(path) && (tree.file !== null || isTop(path))),
  read: async function* (source) {
    const files = await recordFiles(source.tree, isJsonl, '.jsonl');
    for (const relative of files) {
      const file = source.tree.absolute(relative);
      const splitName = splitOfMany(relative, files);
      yield* readJsonl({ file, root: rootOf(file, source), splitName, labelling: source.labelling });
    }
  },
};

export const csv: FormatReader = {
  format: 'csv',
  recognises: async (tree) => {
    const files = (await tree.named()).filter((path) => isCsv(path) && (tree.file !== null || isNearTop(path)));
    if (files.length === 0) return false;
    if (files.every((path) => splitFolderOf(path) !== null)) return true;
    return tree.file !== null || !hasClassFolders(await tree.files()) || (await isOfBoxes(tree, files[0]!));
  },
  read: async function* (source) {
    const { labelling, separator } = source;
    const files = await recordFiles(source.tree, isCsv, '.csv');
    for (const relative of files) {
      const file = source.tree.absolute(relative);
      if (labelling === null) {
        yield* readCsvBoxes(relative, source, await source.finder());
        continue;
      }
      const given = separator === null ? {} : { separator };
      const splitName = splitOfMany(relative, files);
      yield* readCsvLabels({ file, root: rootOf(file, source), splitName, labelling, ...given });
    }
  },
};

export const folder: FormatReader = {
  format: 'folder',
  recognises: async (tree) => tree.file === null,
  read: (source) => {
    if (source.tree.file !== null) {
      const file = source.tree.absolute(source.tree.file);
      throw new AppError('bad-argument', `import: format folder needs a folder, got the file ${file}`, { file });
    }
    if (source.labelling === null) {
      const message = `import: ${source.tree.root} holds no objects as ${source.task} needs: nothing but folders of images was found in it; pictures without labels come in as frames, by format sequence`;
      throw new AppError('bad-argument', message, { folder: source.tree.root });
    }
    return readFolderTree({ folder: source.tree.root, labelling: source.labelling });
  },
};

/** Of several files each says its split by its name; of one alone only its folder does. */
function splitOfMany(path: string, files: readonly string[]): string | null {
  return files.length > 1 ? splitNameOf(path) : splitFolderOf(path);
}

/** The folder of a file right below the top, where it is called like a split. */
function splitFolderOf(path: string): string | null {
  const [folder = '', ...rest] = path.split('/');
  return rest.length === 1 && splitOfName(folder) !== null ? folder : null;
}

const rootOf = (file: string, { imagesFolder }: ReadSource): string => resolve(imagesFolder ?? dirname(file));

/** The named file, or the one at the top of the folder; several where each is named for a split. Errors: bad-argument when there is none, or several. */
export async function recordFiles(
  tree: SourceTree,
  isOne: (path: string) => boolean,
  ending: string,
): Promise<readonly string[]> {
  if (tree.file !== null) return [tree.file];
  const files = (await tree.files()).filter((path) => isOne(path) && isNearTop(path));
  const splits = new Set(files.map((path) => splitNameOf(path)));
  if (files.length === 1 || (files.length > 1 && splits.size === files.length)) return files;
  const found = files.length === 0 ? 'has none' : `has ${files.length} (${files.join(', ')}); name the one you mean`;
  throw new AppError('bad-argument', `import: expected one ${ending} file in ${tree.root}, it ${found}`, {
    folder: tree.root,
  });
}

async function isOfBoxes(tree: SourceTree, path: string): Promise<boolean> {
  const header = (await tree.head(path)).split(/\r?\n/)[0]!;
  return boxLayout(header.split(/[,;\t]/)) !== null;
}

function hasClassFolders(files: readonly string[]): boolean {
  return files.some((path) => !isTop(path) && !isImagesFolder(path.slice(0, path.indexOf('/'))));
}

const isImagesFolder = (name: string): boolean => name.toLowerCase() === 'images';

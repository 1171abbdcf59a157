/** The weights a machine keeps for all projects: a folder of safetensors files that `weights add` fills. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { KNOWN_WEIGHTS } from './catalogue.ts';
import { type RecognisedWeights, recogniseWeights } from './recognise.ts';

export interface LibraryEntry {
  readonly name: string;
  readonly model: string;
  /** Null: known, but not on this machine. */
  readonly file: string | null;
  readonly title: string;
  readonly licence: string | null;
}

/** Errors: as `recogniseWeights`; folder-unwritable, disk-full; duplicate-name when other content has that name. */
export function addWeights(library: string, file: string): LibraryEntry {
  const recognised = recogniseWeights(resolve(file));
  const name = nameOf(recognised);
  const target = fileOf(library, name);
  if (!existsSync(target)) copyInto(library, file, target);
  else if (recogniseWeights(target).sha256 !== recognised.sha256) {
    throw new AppError('duplicate-name', `${target} already holds other weights; rename ${file} and add it again`, {
      file,
    });
  }
  return { name, model: recognised.model, file: target, title: recognised.title, licence: recognised.licence };
}

/** Everything in the library, then what is known but not there. */
export function listWeights(library: string): LibraryEntry[] {
  const names = existsSync(library)
    ? readdirSync(library)
        .filter((name) => name.endsWith(EXTENSION))
        .sort()
    : [];
  const present = names.map((fileName) => {
    const { model, title, licence } = recogniseWeights(join(library, fileName));
    return { name: basename(fileName, EXTENSION), model, file: join(library, fileName), title, licence };
  });
  const absent = KNOWN_WEIGHTS.filter(({ name }) => !present.some((entry) => entry.name === name)).map(
    ({ name, model, trainedOn, licence }) => ({ name, model, file: null, title: trainedOn, licence }),
  );
  return [...present, ...absent];
}

/**
 * A file, or the name of one in the library.
 * Errors: file-missing when it is neither.
 */
export function findWeights(library: string, fileOrName: string): RecognisedWeights {
  if (existsSync(fileOrName)) return recogniseWeights(resolve(fileOrName));
  const inLibrary = fileOf(library, fileOrName);
  if (/^[\w.-]+$/.test(fileOrName) && existsSync(inLibrary)) return recogniseWeights(inLibrary);
  throw new AppError('file-missing', `no weights file ${fileOrName}, and none of that name in ${library}`, {
    file: fileOrName,
  });
}

const EXTENSION = '.safetensors';

const fileOf = (library: string, name: string): string => join(library, `${name}${EXTENSION}`);

function nameOf({ file, sha256 }: RecognisedWeights): string {
  const known = KNOWN_WEIGHTS.find((entry) => entry.sha256 === sha256);
  return known?.name ?? basename(file, EXTENSION).replace(/[^\w.-]/g, '_');
}

function copyInto(library: string, file: string, target: string): void {
  try {
    mkdirSync(library, { recursive: true });
    copyFileSync(file, `${target}.partial`);
    renameSync(`${target}.partial`, target);
  } catch (error) {
    throw toDiskError(error, library, `add ${file}`);
  }
}

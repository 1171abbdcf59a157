/**
 * The weights a machine keeps for all projects: a folder of safetensors files. Whatever format weights came in, the copy
 * is safetensors under the models' own names, and says where it came from.
 */

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { backboneOf, findModel, MODELS, networkOf } from '../../native-models/catalog.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { matchWeights } from '../../native-models/weights/match.ts';
import { renamed } from '../../native-models/weights/naming.ts';
import { safetensorsHeader } from '../../native-models/weights/safetensors.ts';
import type { StoredTensor, WeightsFile } from '../../native-models/weights/stored-tensor.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { writeDurablyInParts } from '../durable-file.ts';
import { KNOWN_WEIGHTS, type KnownWeights, knownByHash } from './catalogue.ts';
import { inOurTerms } from './our-terms.ts';
import { DESCRIPTION_KEY, describeCopy, type RecognisedWeights, recogniseWeights } from './recognise.ts';
import { withWeights } from './weights-source.ts';

export interface LibraryEntry {
  readonly name: string;
  readonly model: string;
  /** Detectors whose backbone can start from them. */
  readonly backbone_of: readonly string[];
  /** Null: known, but not on this machine. */
  readonly file: string | null;
  readonly title: string;
  readonly licence: string | null;
  /** Of the published file, null where nobody says; `sha256_start` is what its name says. */
  readonly sha256: string | null;
  readonly sha256_start: string | null;
  readonly size_bytes: number | null;
  readonly url: string | null;
}

/** A file of the library that is no weights file any more. */
export interface DamagedEntry {
  readonly name: string;
  readonly file: string;
  readonly problem: string;
}

/**
 * Adds a file, of which the caller may know what it is.
 * Errors: as `recogniseWeights`; folder-unwritable, disk-full; duplicate-name when other content has that name.
 */
export function addWeights(library: string, file: string, expected: KnownWeights | null = null): LibraryEntry {
  const recognised = recogniseWeights(resolve(file), expected);
  const name = recognised.name ?? nameOf(recognised.file);
  const target = fileOf(library, name);
  if (!existsSync(target)) writeCopy(recognised, expected ?? knownByHash(recognised.sha256), target);
  else if (recogniseWeights(target).sha256 !== recognised.sha256) {
    const message = `${target} already holds other weights; rename ${file} and add it again`;
    throw new AppError('duplicate-name', message, { file });
  }
  return entryOf(name, target, recognised);
}

export interface FolderReport {
  readonly added: readonly LibraryEntry[];
  readonly refused: readonly { readonly file: string; readonly code: string; readonly message: string }[];
}

/** Adds every file below a folder that is recognised, and says of each other one why it is not. */
export function addWeightsFolder(library: string, folder: string): FolderReport {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const added: LibraryEntry[] = [];
  const refused: FolderReport['refused'][number][] = [];
  for (const file of files) {
    try {
      added.push(addWeights(library, file));
    } catch (error) {
      if (!(error instanceof AppError) || isOfLibrary(error)) throw error;
      refused.push({ file, code: error.code, message: error.message });
    }
  }
  return { added, refused };
}

/** Not the file's fault, and so for every other file as well. */
const isOfLibrary = ({ code }: AppError): boolean => code === 'disk-full' || code === 'folder-unwritable';

/** What the library has under a name, or null. */
export function libraryEntry(library: string, name: string): LibraryEntry | null {
  const file = fileOf(library, name);
  return existsSync(file) ? entryOf(name, file, recogniseWeights(file)) : null;
}

/** Everything in the library, then what is known but not there. */
export function listWeights(library: string): (LibraryEntry | DamagedEntry)[] {
  const names = namesIn(library);
  const present = names.map((name) => {
    const recognised = recognisedOrProblem(fileOf(library, name));
    const file = fileOf(library, name);
    return recognised instanceof AppError
      ? { name, file, problem: recognised.message }
      : entryOf(name, file, recognised);
  });
  return [...present, ...KNOWN_WEIGHTS.filter(({ name }) => !names.includes(name)).map(absentEntry)];
}

function recognisedOrProblem(file: string): RecognisedWeights | AppError {
  try {
    return recogniseWeights(file);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/**
 * A file, or the name of one in the library.
 * Errors: file-missing when it is neither, saying how to get it where the catalogue knows it.
 */
export function findWeights(library: string, fileOrName: string): RecognisedWeights {
  if (existsSync(fileOrName)) return recogniseWeights(resolve(fileOrName));
  const inLibrary = fileOf(library, fileOrName);
  if (/^[\w.-]+$/.test(fileOrName) && existsSync(inLibrary)) return recogniseWeights(inLibrary);
  const known = KNOWN_WEIGHTS.find(({ name }) => name === fileOrName);
  const hint = known
    ? `; get them with: lightbench weights ${known.url === null ? 'add FILE' : `fetch ${known.name}`}`
    : '';
  throw new AppError('file-missing', `no weights file ${fileOrName}, and none of that name in ${library}${hint}`, {
    file: fileOrName,
  });
}

/**
 * What a model starts from when nobody says: the first of the catalogue that is here, then any other by name, then weights
 * of its backbone. A file that is damaged is nobody's default; `weights list` says what is wrong with it.
 */
export function defaultWeights(library: string, model: string): RecognisedWeights | null {
  const backbone = backboneOf(model);
  return ownDefault(library, model) ?? (backbone === null ? null : ownDefault(library, backbone));
}

function ownDefault(library: string, model: string): RecognisedWeights | null {
  const known = KNOWN_WEIGHTS.filter((entry) => entry.model === model).map(({ name }) => name);
  const names = namesIn(library);
  const ordered = [...known.filter((name) => names.includes(name)), ...names.filter((name) => !known.includes(name))];
  for (const name of ordered) {
    const recognised = recognisedOrProblem(fileOf(library, name));
    if (!(recognised instanceof AppError) && recognised.model === model) return recognised;
  }
  return null;
}

const EXTENSION = '.safetensors';

const fileOf = (library: string, name: string): string => join(library, `${name}${EXTENSION}`);

function namesIn(library: string): string[] {
  if (!existsSync(library)) return [];
  const files = readdirSync(library).filter((name) => name.endsWith(EXTENSION));
  return files.map((name) => basename(name, EXTENSION)).sort();
}

/** Names that say nothing: the folder's name says more. */
const EMPTY_NAMES = new Set(['model', 'pytorch_model', 'weights', 'checkpoint']);

function nameOf(file: string): string {
  const own = basename(file, extname(file));
  const name = EMPTY_NAMES.has(own) ? `${basename(dirname(file))}-${own}` : own;
  return name.replace(/[^\w.-]/g, '_');
}

function entryOf(name: string, file: string, { model, title, licence, sha256 }: RecognisedWeights): LibraryEntry {
  const known = KNOWN_WEIGHTS.find((entry) => entry.name === name);
  const { url = null, sizeBytes = null, sha256Start = null } = known ?? {};
  const facts = { sha256, sha256_start: sha256Start, size_bytes: sizeBytes, url };
  return { name, model, backbone_of: backboneUsers(model), file, title, licence, ...facts };
}

function absentEntry(known: KnownWeights): LibraryEntry {
  const { name, model, trainedOn, licence, sha256, sha256Start, sizeBytes, url } = known;
  const facts = { sha256, sha256_start: sha256Start, size_bytes: sizeBytes, url };
  return { name, model, backbone_of: backboneUsers(model), file: null, title: trainedOn, licence, ...facts };
}

const backboneUsers = (model: string): string[] =>
  MODELS.flatMap(({ name }) => (backboneOf(name) === model ? [name] : []));

/** Tensors are copied one at a time, with the element types they have. */
function writeCopy(recognised: RecognisedWeights, known: KnownWeights | null, target: string): void {
  withWeights(recognised.file, (published) => {
    const contents = inOurTerms(published, () => known);
    const tensors = underOwnNames(recognised.model, contents);
    const header = safetensorsHeader(tensors, { [DESCRIPTION_KEY]: describeCopy(recognised) });
    writeDurablyInParts(target, partsOf(header, tensors));
  });
}

function* partsOf(header: Uint8Array, tensors: ReadonlyMap<string, StoredTensor>): Generator<Uint8Array> {
  yield header;
  for (const { read } of tensors.values()) yield read();
}

function underOwnNames(model: string, contents: WeightsFile): ReadonlyMap<string, StoredTensor> {
  const card = findModel(model);
  if (card === null) return contents.tensors;
  const parameters = namedParameters(networkOf(card, 1));
  return renamed(contents.tensors, matchWeights(parameters, contents, card).naming);
}

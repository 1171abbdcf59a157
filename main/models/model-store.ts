/** Models from elsewhere in a project: a folder each, with their files and `model.json`, which says how they are used. */

import { constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import {
  ImportedModel,
  type ModelFile,
  type ModelMapping,
  type ModelShelf,
} from '../../preload/contract/imported-models.ts';
import { flushFile, flushFolder, writeDurably } from '../durable-file.ts';
import { sha256OfFile } from '../file-digest.ts';
import { toDiskError } from '../store/disk-errors.ts';

const FOLDER = 'models';
const RECORD = 'model.json';
const ID = /^m\d{4,}$/;

/** Whether an id is one of an imported model rather than of a run. */
export const isModelId = (id: string): boolean => ID.test(id);

export const modelFolder = (project: string, id: string): string => join(project, FOLDER, id);

/** By the order in which they were added; one whose record cannot be read hides no other. */
export function importedModels(project: string): ModelShelf {
  const [models, damaged]: [ImportedModel[], string[]] = [[], []];
  for (const id of idsIn(project)) {
    try {
      models.push(readRecord(project, id));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      damaged.push(error.message);
    }
  }
  return { models, damaged };
}

/** What is wrong with the models of a project, in words: records that cannot be read, files that are not as they were added. */
export async function damagedModels(project: string): Promise<string[]> {
  const { models, damaged } = importedModels(project);
  const all = [...damaged];
  for (const model of models) {
    await checkFiles(project, model).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      all.push(error.message);
    });
  }
  return all;
}

/** Errors: model-unknown; model-invalid where its record cannot be read. */
export function importedModel(project: string, id: string): ImportedModel {
  if (isModelId(id) && existsSync(modelFolder(project, id))) return readRecord(project, id);
  throw new AppError('model-unknown', `there is no imported model ${id} in this project`, { id });
}

export interface KeptModel {
  readonly name: string;
  readonly source: string;
  readonly mapping: ModelMapping;
  readonly added_at_ms: number;
  /** Where each file lies now. */
  readonly files: readonly (Pick<ModelFile, 'role' | 'name'> & { readonly path: string })[];
}

/**
 * Copies a model into the project, whole or not at all; the caller holds the project's lock, and keeps one at a time.
 * Errors: disk-full, folder-unwritable.
 */
export async function keepModel(project: string, { files, ...facts }: KeptModel): Promise<ImportedModel> {
  const id = nextId(project);
  const partial = join(project, FOLDER, `${id}.partial`);
  try {
    rmSync(partial, { recursive: true, force: true }); // left by a program that died
    mkdirSync(partial, { recursive: true });
    const kept: ModelFile[] = [];
    for (const { role, name, path } of files) {
      const copy = join(partial, name);
      await copyFile(path, copy, constants.COPYFILE_FICLONE);
      flushFile(copy);
      kept.push({ role, name, sha256: await sha256OfFile(copy), size_bytes: statSync(copy).size });
    }
    const model = ImportedModel.parse({ format: 1, id, ...facts, files: kept });
    writeDurably(join(partial, RECORD), `${JSON.stringify(model, null, 2)}\n`);
    renameSync(partial, modelFolder(project, id));
    flushFolder(join(project, FOLDER));
    return model;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error instanceof AppError ? error : toDiskError(error, project, `keep model ${facts.name}`);
  }
}

/** Errors: model-unknown. */
export function removeModel(project: string, id: string): void {
  importedModel(project, id);
  const gone = join(project, FOLDER, `${id}.partial`);
  rmSync(gone, { recursive: true, force: true });
  renameSync(modelFolder(project, id), gone);
  rmSync(gone, { recursive: true, force: true });
}

/** Errors: model-invalid for a file that is missing, or another than was added. */
export async function checkFiles(project: string, { id, name, files }: ImportedModel): Promise<void> {
  for (const file of files) {
    const path = join(modelFolder(project, id), file.name);
    if (existsSync(path) && (await sha256OfFile(path)) === file.sha256) continue;
    const message = `${path} of the model "${name}" is missing or damaged: its SHA-256 is not ${file.sha256}; add the model again`;
    throw new AppError('model-invalid', message, { file: path, expected: file.sha256 });
  }
}

function idsIn(project: string): string[] {
  const folder = join(project, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(isModelId)
    .sort((a, b) => numberOf(a) - numberOf(b));
}

function nextId(project: string): string {
  const last = numberOf(idsIn(project).at(-1) ?? 'm0');
  return `m${String(last + 1).padStart(4, '0')}`;
}

const numberOf = (id: string): number => Number(id.slice(1));

function readRecord(project: string, id: string): ImportedModel {
  const file = join(modelFolder(project, id), RECORD);
  const invalid = (why: string, cause?: unknown) =>
    new AppError('model-invalid', `${file}: ${why}`, { file }, { cause });
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw invalid('is missing or not JSON', error);
  }
  const result = ImportedModel.safeParse(json);
  if (result.success && result.data.id === id) return result.data;
  const [issue] = result.error?.issues ?? [];
  throw invalid(
    issue === undefined
      ? `is the record of another model than ${basename(modelFolder(project, id))}`
      : `field ${issue.path.join('.')}: ${issue.message}`,
  );
}

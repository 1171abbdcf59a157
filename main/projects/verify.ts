/** Looks at everything a project should have, and brings back or lets go what it has lost. */

import { existsSync, rmSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { AppError } from '../../preload/contract/errors.ts';
import type {
  CompactReport,
  HealthReport,
  RepairReport,
  RepairRequest,
  VerifyEvent,
} from '../../preload/contract/projects.ts';
import { copyIntoProject, flushImagesFolder } from '../data/image-copies.ts';
import { sha256OfFile } from '../file-digest.ts';
import { damagedModels } from '../models/model-store.ts';
import { runFolder } from '../schedule/run-setting.ts';
import { compactDatabase, databaseProblems, keepSnapshot } from '../store/health.ts';
import { forgetImages, type ImageRow, imageCount, imageFile, imagePage, relocateImage } from '../store/images.ts';
import type { ReadProject, WriteProject } from '../store/project.ts';
import { runSummaries } from '../store/run-summaries.ts';
import { epochCheckpoint } from '../train/checkpoint.ts';
import { filesBelow } from './files-below.ts';

const PAGE = 100;
const LISTED = 300;

/** Reads every image of a project and compares it with what was imported; a project without a fault is kept as good. */
export async function* verifyProject(
  project: ReadProject,
  signal: AbortSignal | undefined,
): AsyncGenerator<VerifyEvent> {
  const total = imageCount(project.db);
  const [missing, changed]: [Found[], Found[]] = [[], []];
  let done = 0;
  for (const page of pages(project)) {
    yield { type: 'progress', done, total };
    for (const image of page) {
      if (signal?.aborted) return;
      const problem = await problemOf(project, image);
      const found = problem && { id: image.id, name: image.source_url, problem: problem.text };
      if (found) (problem.isMissing ? missing : changed).push(found);
    }
    done += page.length;
  }
  const faults = {
    strays: straysOf(project).slice(0, LISTED),
    database: databaseProblems(project.db),
    runs_without_model: runsWithoutModel(project),
    damaged_models: await damagedModels(project.folder),
  };
  const isGood = missing.length + changed.length + faults.database.length === 0;
  if (isGood) keepSnapshot(project.db, project.folder);
  const report: HealthReport = {
    images: total,
    missing_count: missing.length,
    changed_count: changed.length,
    missing: missing.slice(0, LISTED),
    changed: changed.slice(0, LISTED),
    ...faults,
    is_kept: isGood,
  };
  yield { type: 'done', report };
}

interface Found {
  readonly id: number;
  readonly name: string;
  readonly problem: string;
}

function* pages(project: ReadProject): Generator<ImageRow[]> {
  let page = imagePage(project.db, 0, PAGE);
  while (page.length > 0) {
    yield page;
    page = imagePage(project.db, page.at(-1)!.id, PAGE);
  }
}

async function problemOf(
  { folder }: ReadProject,
  image: ImageRow,
): Promise<{ readonly isMissing: boolean; readonly text: string } | null> {
  const path = imageFile(folder, image);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return { isMissing: true, text: `${path} is not there` };
  if (found.size !== image.size_bytes) {
    return { isMissing: false, text: `${path} has ${found.size} bytes, ${image.size_bytes} were imported` };
  }
  const sha256 = await sha256OfFile(path);
  return sha256 === image.sha256 ? null : { isMissing: false, text: `${path} has other content than was imported` };
}

/** Files below `images/` that no row names, relative to the project. */
function straysOf(project: ReadProject): string[] {
  const known = new Set([...pages(project)].flat().map(({ path }) => path));
  return filesBelow(join(project.folder, 'images'))
    .map((path) => relative(project.folder, path).split(sep).join('/'))
    .filter((path) => !known.has(path));
}

function runsWithoutModel(project: ReadProject): string[] {
  return runSummaries(project.db)
    .filter(({ id, state, primary_metric: { epoch } }) => {
      if (epoch === null || state === 'running') return false;
      return !existsSync(epochCheckpoint(runFolder(project, id), epoch));
    })
    .map(({ id }) => id);
}

/**
 * Brings missing images back from where they are found by content, and lets go of the others where asked to.
 * Errors: file-missing where there is no such folder to look in; disk-full, folder-unwritable.
 */
export async function repairProject(project: WriteProject, request: RepairRequest): Promise<RepairReport> {
  const { db, folder } = project;
  const missing = [...pages(project)].flat().filter((image) => !existsSync(imageFile(folder, image)));
  const found = request.search === null ? new Map<number, string>() : await findByContent(missing, request.search);
  for (const image of missing) {
    const source = found.get(image.id);
    if (source === undefined) continue;
    if (image.storage === 'copied') await copyIntoProject(source, folder, image.path);
    else relocateImage(db, image.id, source);
  }
  if (found.size > 0) await flushImagesFolder(folder);
  const lost = missing.filter(({ id }) => !found.has(id)).map(({ id }) => id);
  if (request.forget_missing) forgetImages(db, lost);
  return { found: found.size, forgotten: request.forget_missing ? lost.length : 0 };
}

/** Files of the right size have their content compared. */
async function findByContent(images: readonly ImageRow[], folder: string): Promise<Map<number, string>> {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AppError('file-missing', `repair: expected a folder to look in, ${folder} is none`, { folder });
  }
  const wanted = Map.groupBy(images, ({ size_bytes }) => size_bytes);
  const found = new Map<number, string>();
  for (const path of filesBelow(folder)) {
    const candidates = wanted.get(statSync(path, { throwIfNoEntry: false })?.size ?? -1);
    if (candidates === undefined) continue;
    const sha256 = await sha256OfFile(path);
    const match = candidates.find((image) => image.sha256 === sha256);
    if (match !== undefined) found.set(match.id, path);
  }
  return found;
}

/** Removes copies that no image is, and room that the database does not use. */
export function compactProject(project: WriteProject): CompactReport {
  const database = join(project.folder, 'project.sqlite');
  const strays = straysOf(project).map((path) => join(project.folder, ...path.split('/')));
  const bytes = (paths: readonly string[]) =>
    paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  const before = bytes([database, `${database}-wal`, ...strays]);
  for (const path of strays) rmSync(path, { force: true });
  compactDatabase(project.db);
  return { before_bytes: before, after_bytes: bytes([database, `${database}-wal`]), removed_files: strays.length };
}

/** Exports the kept model of a run as a folder that works without us. */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../../preload/contract/errors.ts';
import type { Clock } from '../clock.ts';
import { samplesOf } from '../data/training-set.ts';
import { writeDurably } from '../durable-file.ts';
import { keptModel } from '../schedule/evaluate-run.ts';
import { classSettingOf, conventionOf } from '../schedule/run-setting.ts';
import { toDiskError } from '../store/disk-errors.ts';
import { labelledImages } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import { runSummary } from '../store/run-summaries.ts';
import type { Run } from '../store/runs.ts';
import { runInChild } from '../train/host.ts';
import { activationOf } from '../train/truth.ts';
import { type BundleDescription, DESCRIPTION_FILE } from './description.ts';

const GOLDEN_IMAGES = 4;
/** Of logits: other machines add floats in another order. */
const TOLERANCE = 1e-3;
const CHECKER = 'check.mjs';

/**
 * Writes the bundle beside its place and renames it there, so a folder of that name is always whole.
 * Errors: folder-exists, run-not-found, run-without-model, too-few-images, disk-full, folder-unwritable.
 */
export async function writeBundle(
  project: ReadProject,
  id: string,
  out: string,
  { clock, threads }: { readonly clock: Clock; readonly threads: number },
): Promise<BundleDescription> {
  const folder = resolve(out);
  refuseOccupied(folder);
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    const description = await fill(project, id, partial, clock, threads);
    rmSync(folder, { recursive: true, force: true }); // an empty folder of that name makes room
    renameSync(partial, folder);
    return description;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true }); // best effort: the error says more than the left-overs
    throw toDiskError(error, dirname(folder), `write bundle ${folder}`);
  }
}

/** The same in place of an earlier bundle of the run, which stays until the new one is whole. */
export async function replaceBundle(
  project: ReadProject,
  id: string,
  folder: string,
  context: { readonly clock: Clock; readonly threads: number },
): Promise<BundleDescription> {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const description = await writeBundle(project, id, fresh, context);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return description;
}

function refuseOccupied(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new AppError('folder-exists', `${folder} exists and is not empty; choose another --out`, { folder });
}

async function fill(
  project: ReadProject,
  id: string,
  folder: string,
  clock: Clock,
  threads: number,
): Promise<BundleDescription> {
  const { run, epoch, file } = keptModel(project, id);
  const { valid_resize_size: resizeSize, valid_crop_size: cropSize } = run.params as Record<string, number>;
  const golden = goldenImages(project, run);
  await runInChild({
    kind: 'export',
    ...classSettingOf(project, run, threads),
    checkpoint: file,
    outFolder: folder,
    resizeSize: resizeSize!,
    cropSize: cropSize!,
    goldenImages: golden,
    metadata: { labels: JSON.stringify(run.classes), lightbench_run: id },
    productVersion: packageJson.version,
  });
  const checker = join(dirname(fileURLToPath(import.meta.url)), 'assets', CHECKER);
  writeDurably(join(folder, CHECKER), readFileSync(checker));
  writeDurably(join(folder, 'labels.json'), `${JSON.stringify(run.classes)}\n`);
  const description = describe(project, run, epoch, {
    resizeSize: resizeSize!,
    cropSize: cropSize!,
    golden: golden.map((path) => relative(project.folder, path)),
    madeAt: new Date(clock.nowMs()).toISOString(),
    sha256: digests(folder),
  });
  writeDurably(join(folder, DESCRIPTION_FILE), `${JSON.stringify(description, null, 2)}\n`);
  return description;
}

function goldenImages(project: ReadProject, run: Run): string[] {
  const { samples } = samplesOf(project, run.classes, run.split.validation);
  if (samples.length === 0) {
    throw new AppError('too-few-images', `run ${run.id}: none of its validation images is left for the golden inputs`, {
      run: run.id,
    });
  }
  // One image of each class first, so that the golden outputs differ.
  const firsts = run.classes.flatMap((_, label) => samples.find(({ labels }) => labels.includes(label)) ?? []);
  return [...new Set([...firsts, ...samples])].slice(0, GOLDEN_IMAGES).map(({ path }) => path);
}

function describe(
  project: ReadProject,
  run: Run,
  epoch: number,
  facts: {
    readonly resizeSize: number;
    readonly cropSize: number;
    readonly golden: readonly string[];
    readonly madeAt: string;
    readonly sha256: Record<string, string>;
  },
): BundleDescription {
  const { mean, deviation, stridedPadding } = conventionOf(run);
  const { task } = classSettingOf(project, run, 1);
  const row = runSummary(project.db, run.id).epochs.find((candidate) => candidate.epoch === epoch);
  return {
    format: 2,
    task,
    model: run.model,
    strided_padding: stridedPadding,
    labels: [...run.classes],
    model_settings: { valid_resize_size: facts.resizeSize, valid_crop_size: facts.cropSize },
    preprocessing: {
      colour: 'RGB',
      resize: 'shorter side to valid_resize_size',
      interpolation: 'bilinear, antialiased',
      crop: 'square of valid_crop_size from the middle',
      scale: '1/255',
      mean: [...mean],
      std: [...deviation],
      layout: 'NCHW',
    },
    postprocessing: activationOf(task),
    thresholds: run.thresholds?.classes.map(({ threshold }) => threshold) ?? null,
    files: { model: 'model.onnx', model_pixels: 'model-pixels.onnx' },
    golden: {
      count: facts.golden.length,
      tolerance: TOLERANCE,
      input1: 'golden/input1.f32',
      output1: 'golden/output1.f32',
      pixels: 'golden/pixels.u8',
      probabilities: 'golden/probabilities.f32',
      images: [...facts.golden],
    },
    run: {
      project: project.info.name,
      id: run.id,
      epoch,
      params: { ...run.params },
      metrics: row?.metrics ?? {},
      thresholds: run.thresholds,
      train_images: run.split.train.length,
      validation_images: run.split.validation.length,
      weights: run.weights === null ? null : withoutPath(run.weights),
      notes: [...run.notes],
    },
    data_fingerprint: fingerprint(project, run),
    licences: [
      ...(typeof run.weights?.['licence'] === 'string'
        ? [{ part: 'pretrained weights', licence: run.weights['licence'] }]
        : []),
      { part: CHECKER, licence: packageJson.license },
    ],
    made_by: `lightbench ${packageJson.version}`,
    made_at: facts.madeAt,
    sha256: facts.sha256,
  };
}

/** Where a file lay on the machine that trained is nobody else's business. */
function withoutPath(weights: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...weights, file: basename(String(weights['file'])) };
}

function fingerprint(project: ReadProject, run: Run): string {
  const used = new Set([...run.split.train, ...run.split.validation]);
  const hash = createHash('sha256');
  for (const image of labelledImages(project.db)) {
    if (used.has(image.id)) hash.update(`${image.id} ${image.sha256} ${JSON.stringify(image.class_names)}\n`);
  }
  return hash.digest('hex');
}

function digests(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(names.map((name) => [name, digest(name)]));
}

/** Exports the kept model of a run as a folder that works without us. */

import { readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };
import { AppError } from '../../preload/contract/errors.ts';
import type { Clock } from '../clock.ts';
import { samplesOf } from '../data/training-set.ts';
import { writeDurably } from '../durable-file.ts';
import { makeFolder, refuseOccupied } from '../new-folder.ts';
import { keptModel } from '../schedule/evaluate-run.ts';
import type { KeptModel } from '../schedule/judging.ts';
import { classSettingOf, conventionOf } from '../schedule/run-setting.ts';
import { toDiskError } from '../store/disk-errors.ts';
import type { ReadProject } from '../store/project.ts';
import type { Run } from '../store/runs.ts';
import { runInChild } from '../train/host.ts';
import { activationOf } from '../train/truth.ts';
import { bundleFacts, CHECKER } from './bundle-facts.ts';
import { type BundleDescription, DESCRIPTION_FILE } from './description.ts';
import { fillObjectBundle } from './fill-object-bundle.ts';
import type { ObjectBundle } from './object-description.ts';

const GOLDEN_IMAGES = 4;
/** Of logits: other machines add floats in another order. */
const TOLERANCE = 1e-3;

/** What a bundle's folder says of itself. */
export type AnyBundle = BundleDescription | ObjectBundle;

/**
 * Writes the bundle beside its place and renames it there, so a folder of that name is always whole.
 * Errors: folder-exists, run-not-found, run-without-model, too-few-images, disk-full, folder-unwritable.
 */
export async function writeBundle(
  project: ReadProject,
  id: string,
  out: string,
  { clock, threads }: { readonly clock: Clock; readonly threads: number },
): Promise<AnyBundle> {
  const folder = resolve(out);
  refuseOccupied('bundle', folder);
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    makeFolder(partial);
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
): Promise<AnyBundle> {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const description = await writeBundle(project, id, fresh, context);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return description;
}

async function fill(
  project: ReadProject,
  id: string,
  folder: string,
  clock: Clock,
  threads: number,
): Promise<AnyBundle> {
  const kept = keptModel(project, id);
  const context = { madeAt: new Date(clock.nowMs()).toISOString(), threads };
  const { task } = project.info;
  switch (task) {
    case 'image-classification':
    case 'image-classification-multilabel':
      return fillClassBundle(project, kept, folder, context);
    case 'image-object-detection':
    case 'image-instance-segmentation':
      return fillObjectBundle(project, kept, folder, context);
    default:
      return task satisfies never;
  }
}

async function fillClassBundle(
  project: ReadProject,
  { run, epoch, file }: KeptModel,
  folder: string,
  { madeAt, threads }: { readonly madeAt: string; readonly threads: number },
): Promise<BundleDescription> {
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
    metadata: { labels: JSON.stringify(run.classes), lightbench_run: run.id },
    productVersion: packageJson.version,
  });
  const checker = join(dirname(fileURLToPath(import.meta.url)), 'assets', CHECKER);
  writeDurably(join(folder, CHECKER), readFileSync(checker));
  writeDurably(join(folder, 'labels.json'), `${JSON.stringify(run.classes)}\n`);
  const description = describe(project, run, epoch, {
    resizeSize: resizeSize!,
    cropSize: cropSize!,
    golden: golden.map((path) => relative(project.folder, path)),
    madeAt,
    folder,
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
    /** Holds all files but the description. */
    readonly folder: string;
  },
): BundleDescription {
  const { mean, deviation, stridedPadding } = conventionOf(run);
  const { task } = classSettingOf(project, run, 1);
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
    ...bundleFacts(project, run, epoch, facts.folder, facts.madeAt),
  };
}

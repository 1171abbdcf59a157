/** What every bundle says of where it comes from. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { filesBelow } from '../projects/files-below.ts';
import { annotationsOf } from '../store/annotations.ts';
import { labelledImages } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import { runSummary } from '../store/run-summaries.ts';
import type { Run } from '../store/runs.ts';

export const CHECKER = 'check.mjs';

/** `folder` holds all files of the bundle but its description. */
export function bundleFacts(project: ReadProject, run: Run, epoch: number, folder: string, madeAt: string) {
  const row = runSummary(project.db, run.id).epochs.find((candidate) => candidate.epoch === epoch);
  return {
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
    made_at: madeAt,
    sha256: digests(folder),
  };
}

/** Where a file lay on the machine that trained is nobody else's business. */
function withoutPath(weights: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...weights, file: basename(String(weights['file'])) };
}

function fingerprint({ db, info }: ReadProject, run: Run): string {
  const used = new Set([...run.split.train, ...run.split.validation]);
  const hash = createHash('sha256');
  const hasObjects = info.task === 'image-object-detection' || info.task === 'image-instance-segmentation';
  for (const image of labelledImages(db)) {
    if (!used.has(image.id)) continue;
    hash.update(`${image.id} ${image.sha256} ${JSON.stringify(image.class_names)}\n`);
    if (hasObjects) hash.update(`${JSON.stringify(annotationsOf(db, image.id))}\n`);
  }
  return hash.digest('hex');
}

function digests(folder: string): Record<string, string> {
  const names = filesBelow(folder)
    .map((path) => relative(folder, path).replaceAll('\\', '/'))
    .sort();
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return Object.fromEntries(names.map((name) => [name, digest(name)]));
}

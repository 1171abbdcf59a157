/** A model from elsewhere, asked about images of the project as a run's kept model is. */

import { AppError } from '../../preload/contract/errors.ts';
import { ScoringProcess } from '../bundle/scoring-process.ts';
import type { Seer } from '../label/predict.ts';
import { type ImageRow, imageFile } from '../store/images.ts';
import type { Found } from '../store/predictions.ts';
import type { ReadProject } from '../store/project.ts';
import { foundBy, type LookMapping, looksAtPictures, modelFile, scoringJob } from './model-parts.ts';
import { checkFiles, importedModel } from './model-store.ts';

/** A stranger's model may never end. */
const LONGEST_LOOK_MS = 120_000;

/** Errors: model-unknown, model-invalid. */
export function openModelSeer(project: ReadProject, id: string, threads: number): Seer {
  const model = importedModel(project.folder, id);
  const { mapping, name } = model;
  if (!looksAtPictures(mapping)) {
    throw new AppError('model-invalid', `"${name}" answers clicks, and cannot be asked about whole images`, { id });
  }
  const file = modelFile(project.folder, model);
  let isChecked = false;
  return {
    look: async (images, signal) => {
      if (!isChecked) await checkFiles(project.folder, model);
      isChecked = true;
      return foundIn(project.folder, images, { file, mapping, threads }, signal);
    },
  };
}

export interface AskedModel {
  readonly file: string;
  readonly mapping: LookMapping;
  readonly threads: number;
}

/** Errors: cancelled; timed-out, training-process-died; model-invalid; those of reading images. */
export async function foundIn(
  project: string,
  images: readonly ImageRow[],
  { file, mapping, threads }: AskedModel,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const process = new ScoringProcess(scoringJob(file, mapping, threads), { timeoutMs: LONGEST_LOOK_MS, signal });
  try {
    await process.start();
    const found: Found[] = [];
    for (const image of images) {
      const score = await process.score({ path: imageFile(project, image) });
      found.push(foundBy(score, mapping.classes, image));
    }
    return found;
  } finally {
    await process.close();
  }
}

/** The kept model of a run, asked about images of its project that need no labels. */

import { shapeXyxy } from '../../native-models/geometry/shape.ts';
import { isClassification } from '../../preload/contract/tasks.ts';
import type { Seer } from '../label/predict.ts';
import { type ImageRow, imageFile } from '../store/images.ts';
import type { Found } from '../store/predictions.ts';
import type { ReadProject } from '../store/project.ts';
import { classJudging, classScores } from './class-judging.ts';
import { detectObjects } from './detect-objects.ts';
import { keptModel } from './evaluate-run.ts';
import { scoredInChild } from './judging.ts';

/** Errors: run-not-found, run-without-model. */
export function openSeer(project: ReadProject, runId: string, threads: number): Seer {
  keptModel(project, runId); // so that a run that cannot be asked is refused before the first image
  const isOfImages = isClassification(project.info.task);
  const look = isOfImages ? classesIn : objectsIn;
  return { look: (images, signal) => look(project, runId, images, threads, signal) };
}

async function objectsIn(
  project: ReadProject,
  runId: string,
  images: readonly ImageRow[],
  threads: number,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const ids = images.map(({ id }) => id);
  const detected = await detectObjects(project, runId, ids, threads, signal);
  return ids.map((id) => ({
    kind: 'objects',
    objects: detected.get(id)!.map(({ class_name, score, shape, polygon }) => {
      return { class_name, score: Math.min(1, score), xyxy: shapeXyxy(shape), polygon };
    }),
  }));
}

async function classesIn(
  project: ReadProject,
  runId: string,
  images: readonly ImageRow[],
  threads: number,
  signal: AbortSignal | undefined,
): Promise<Found[]> {
  const kept = keptModel(project, runId);
  const { classes } = kept.run;
  // What is true of them is not known; what the job makes of that, its loss, nobody reads.
  const samples = images.map((image) => ({ id: image.id, path: imageFile(project.folder, image), labels: [0] }));
  const { probabilities } = classScores(
    await scoredInChild(classJudging.job(project, kept, samples, threads), { signal }),
  );
  return images.map((_, i) => ({
    kind: 'classes',
    classes: classes.map((class_name, k) => ({
      class_name,
      probability: Math.min(1, Math.max(0, probabilities[i * classes.length + k]!)),
    })),
  }));
}

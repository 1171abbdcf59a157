/** What a run trains on: the images of the project as samples, in their three parts. */

import { AppError } from '../../preload/contract/errors.ts';
import type { ReadDb } from '../store/db.ts';
import { imageFile, type LabelledImage, labelledImages } from '../store/images.ts';
import { splitImages } from './split.ts';

/** What the batch feed reads. */
export interface Sample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Index into `classes`. */
  readonly label: number;
}

export interface TrainingSet {
  /** Classes that have an image, ascending by name. */
  readonly classes: readonly string[];
  readonly train: readonly Sample[];
  readonly validation: readonly Sample[];
  readonly test: readonly Sample[];
  readonly warnings: readonly string[];
}

/**
 * Every labelled image of a project, split.
 * Errors: too-few-images, bad-hyperparameter (split_ratio).
 */
export function loadTrainingSet(
  db: ReadDb,
  folder: string,
  options: { readonly splitRatio: number; readonly seed: number },
): TrainingSet {
  const images = labelledImages(db);
  const classes = [...new Set(images.map(({ class_name }) => class_name))].sort(byCodePoint);
  if (classes.length < 2) {
    const message = `training needs images of at least 2 classes; ${folder} has ${classes.length}`;
    throw new AppError('too-few-images', message, { folder, classes });
  }
  const { train, validation, test, warnings } = splitImages(images, options);
  const toSamples = (part: readonly LabelledImage[]) => part.map((image) => toSample(image, folder, classes));
  return { classes, train: toSamples(train), validation: toSamples(validation), test: toSamples(test), warnings };
}

/**
 * The images of a part of an earlier run, labelled with that run's classes; ids whose image or class has gone are
 * returned apart.
 */
export function samplesOf(
  db: ReadDb,
  folder: string,
  classes: readonly string[],
  ids: readonly number[],
): { readonly samples: readonly Sample[]; readonly missing: readonly number[] } {
  const byId = new Map(labelledImages(db).map((image) => [image.id, image]));
  const usable = (id: number) => classes.includes(byId.get(id)?.class_name ?? '');
  return {
    samples: ids.filter(usable).map((id) => toSample(byId.get(id)!, folder, classes)),
    missing: ids.filter((id) => !usable(id)),
  };
}

function toSample(image: LabelledImage, folder: string, classes: readonly string[]): Sample {
  return { id: image.id, path: imageFile(folder, image), label: classes.indexOf(image.class_name) };
}

/** As SQLite and every other language sort: UTF-16 order differs beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What a run trains on: the images of the project as samples, in their three parts. */

import type { Size, Xyxy } from '../../native-models/geometry/box.ts';
import { polygonOfMask } from '../../native-models/geometry/outlines.ts';
import type { Polygon } from '../../native-models/geometry/polygon.ts';
import type { Shape } from '../../native-models/geometry/shape.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { annotationsOf } from '../store/annotations.ts';
import type { ReadDb } from '../store/db.ts';
import { imageFile, type LabelledImage, labelledImages } from '../store/images.ts';
import { splitImages } from './split.ts';

/** What the batch feed reads. */
export interface Sample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Indices into `classes`, ascending: one where every image has one class, else any number. */
  readonly labels: readonly number[];
}

/** An image with its objects, as the batch feed of a detector reads it. */
export interface ObjectSample {
  readonly id: number;
  /** Absolute. */
  readonly path: string;
  /** Of the upright image, in whose pixels its objects are. */
  readonly size: Size;
  readonly objects: readonly {
    /** Index into `classes`. */
    readonly label: number;
    readonly xyxy: Xyxy;
    /** What its pixels are enclosed by; null where its box is all there is, or all that counts. */
    readonly polygon: Polygon | null;
    readonly isCrowd: boolean;
  }[];
}

export interface TrainingSet {
  /** Classes that have an image, ascending by name. */
  readonly classes: readonly string[];
  readonly train: readonly Sample[];
  readonly validation: readonly Sample[];
  readonly test: readonly Sample[];
  readonly warnings: readonly string[];
}

/** What of a project is read here. */
export interface ImageStore {
  readonly db: ReadDb;
  readonly folder: string;
  readonly info: { readonly task: Task };
}

/**
 * Every labelled image of a project, split. Where an image may have any number of classes, those without one count.
 * Errors: too-few-images, bad-hyperparameter (split_ratio).
 */
export function loadTrainingSet(
  { db, folder, info }: ImageStore,
  options: { readonly splitRatio: number; readonly seed: number },
): TrainingSet {
  const images = labelledImages(db);
  const classes = [...new Set(images.flatMap(({ class_names }) => class_names))].sort(byCodePoint);
  const fewest = info.task === 'image-classification' ? 2 : 1;
  if (classes.length < fewest) {
    const needed = fewest === 1 ? '1 class' : `${fewest} classes`;
    const message = `training needs images of at least ${needed}; ${folder} has ${classes.length}`;
    throw new AppError('too-few-images', message, { folder, classes });
  }
  const { train, validation, test, warnings } = splitImages(images, options);
  const toSamples = (part: readonly LabelledImage[]) => part.map((image) => toSample(image, folder, classes));
  return { classes, train: toSamples(train), validation: toSamples(validation), test: toSamples(test), warnings };
}

/**
 * The images of a part of an earlier run, labelled with that run's classes; ids whose image has gone or has a label
 * that the run does not know are returned apart.
 */
export function samplesOf(
  { db, folder }: ImageStore,
  classes: readonly string[],
  ids: readonly number[],
): { readonly samples: readonly Sample[]; readonly missing: readonly number[] } {
  const { found, missing } = usableImages(db, classes, ids);
  return { samples: found.map((image) => toSample(image, folder, classes)), missing };
}

/** The same with the objects of every image. */
export function objectSamplesOf(
  { db, folder, info }: ImageStore,
  classes: readonly string[],
  ids: readonly number[],
): { readonly samples: readonly ObjectSample[]; readonly missing: readonly number[] } {
  const { found, missing } = usableImages(db, classes, ids);
  const numbers = new Map(classes.map((name, i) => [name, i]));
  const hasMasks = info.task === 'image-instance-segmentation';
  const samples = found.map((image) => ({
    id: image.id,
    path: imageFile(folder, image),
    size: { width: image.width_px, height: image.height_px },
    objects: annotationsOf(db, image.id).map(({ class_name, xyxy, shape, is_crowd }) => {
      const polygon = hasMasks ? polygonOf(shape) : null;
      return { label: numbers.get(class_name)!, xyxy, polygon, isCrowd: is_crowd };
    }),
  }));
  return { samples, missing };
}

/** Null for a box; a bitmap becomes the polygon along the edges of its pixels. */
function polygonOf(shape: Shape): Polygon | null {
  switch (shape.kind) {
    case 'box':
      return null;
    case 'polygon':
      return shape.polygon;
    case 'mask':
      return polygonOfMask(shape.mask);
    default:
      return shape satisfies never;
  }
}

/** Sizes of the upright images that a run was made of, in pixels. */
export function picturesOf(
  { db }: Pick<ImageStore, 'db'>,
  { split }: { readonly split: Readonly<Record<'train' | 'validation', readonly number[]>> },
): Size[] {
  const used = new Set([...split.train, ...split.validation]);
  return labelledImages(db).flatMap(({ id, width_px: width, height_px: height }) =>
    used.has(id) ? [{ width, height }] : [],
  );
}

function usableImages(db: ReadDb, classes: readonly string[], ids: readonly number[]) {
  const known = new Set(classes);
  const usable = new Map(
    labelledImages(db).flatMap((image) =>
      image.class_names.every((name) => known.has(name)) ? [[image.id, image] as const] : [],
    ),
  );
  return {
    found: ids.flatMap((id) => usable.get(id) ?? []),
    missing: ids.filter((id) => !usable.has(id)),
  };
}

function toSample(image: LabelledImage, folder: string, classes: readonly string[]): Sample {
  const labels = image.class_names.map((name) => classes.indexOf(name)).sort((a, b) => a - b);
  return { id: image.id, path: imageFile(folder, image), labels };
}

/** As SQLite and every other language sort: UTF-16 order differs beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What a model from elsewhere says of one image, before it is taken into the project. */

import { clipBox, type Size } from '../../native-models/geometry/box.ts';
import { MAX_POINTS } from '../../native-models/geometry/contours.ts';
import { maskXyxy } from '../../native-models/geometry/mask.ts';
import { nestRings } from '../../native-models/geometry/polygon.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ClassMapping, ClickMapping, ModelMapping, Tried } from '../../preload/contract/imported-models.ts';
import { ringsOfMask } from '../images/objects/mask-polygon.ts';
import { type ImageRow, imageFile } from '../store/images.ts';
import { clickJob } from './click-desk.ts';
import { ClickProcess } from './click-process.ts';
import { looksAtPictures } from './model-parts.ts';
import { foundIn } from './open-model-seer.ts';
import type { ModelFiles } from './survey-model.ts';

export interface TriedModel {
  readonly files: ModelFiles;
  readonly mapping: ModelMapping;
  readonly threads: number;
}

/** Errors: cancelled; timed-out, training-process-died; model-invalid; those of reading the image. */
export async function tryModel(
  project: string,
  image: ImageRow,
  { files, mapping, threads }: TriedModel,
  signal: AbortSignal | undefined,
): Promise<Tried> {
  const size = { width: image.width_px, height: image.height_px };
  const facts = { width_px: size.width, height_px: size.height };
  if (!looksAtPictures(mapping)) {
    const objects = await clicked(imageFile(project, image), size, { files, mapping, threads }, signal);
    return { ...facts, objects, classes: [] };
  }
  const shown = { ...mapping, classes: mapping.classes.map(called) };
  const [found] = await foundIn(project, [image], { file: files.model, mapping: shown, threads }, signal);
  if (found!.kind === 'classes') {
    const classes = found!.classes.toSorted((a, b) => b.probability - a.probability);
    return { ...facts, objects: [], classes };
  }
  const objects = found!.objects.map((object, index) => ({ index, ...object, xyxy: clipBox(object.xyxy, size) }));
  return { ...facts, objects, classes: [] };
}

/** By its own name, so that one sees what each class of the model is. */
const called = ({ name }: ClassMapping): ClassMapping => ({ name, to: name });

/** The object in the middle of the image, by a click on it. */
async function clicked(
  path: string,
  { width, height }: Size,
  { files, mapping, threads }: TriedModel & { readonly mapping: ClickMapping },
  signal: AbortSignal | undefined,
): Promise<Tried['objects']> {
  if (files.decoder === null) throw new AppError('model-invalid', 'a model that is clicked has a second file');
  const process = new ClickProcess(clickJob(files.model, files.decoder, mapping, threads));
  try {
    const points = [{ x: width / 2, y: height / 2, is_inside: true }];
    const mask = await process.ask({ picture: { key: path, path }, points, box: null }, signal);
    if (mask === null) return [];
    const polygon = nestRings(ringsOfMask(mask, MAX_POINTS));
    return [{ index: 0, class_name: 'what is in the middle', score: 1, xyxy: maskXyxy(mask), polygon }];
  } finally {
    await process.close();
  }
}

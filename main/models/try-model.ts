/** What a model from elsewhere says of one image, before it is taken into the project. */

import { clipBox } from '../../native-models/geometry/box.ts';
import type { ClassMapping, ModelMapping, Tried } from '../../preload/contract/imported-models.ts';
import type { ImageRow } from '../store/images.ts';
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
  if (!looksAtPictures(mapping)) return { ...facts, objects: [], classes: [] };
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

/** Has the kept model of a run find objects in images of its project, whether these are labelled or not. */

import type { Hyperparameters } from '../../native-models/catalog/hyperparameters.ts';
import { boxNumbers } from '../../native-models/geometry/box.ts';
import { nestRings, type Polygon } from '../../native-models/geometry/polygon.ts';
import type { Shape } from '../../native-models/geometry/shape.ts';
import { ringsOfMask } from '../images/objects/mask-polygon.ts';
import { imageFile, knownImage } from '../store/images.ts';
import type { ReadProject } from '../store/project.ts';
import { numberOf } from '../train/plan.ts';
import type { FoundObjects } from '../train/protocol.ts';
import { keptModel } from './evaluate-run.ts';
import { scoredInChild } from './judging.ts';
import { foundObjects, objectJudging } from './object-judging.ts';

export interface DetectedObject {
  readonly class_name: string;
  readonly score: number;
  /** In pixels of the upright image: the bitmap where the model finds masks, else the box. */
  readonly shape: Shape;
  /** The outlines of a bitmap by the run's settings, with few corners; null of a box, and where they enclose nothing. */
  readonly polygon: Polygon | null;
}

/**
 * What is found in each image, best first, by the image's id.
 * Errors: run-not-found, run-without-model, image-unknown, cancelled, and those of reading images.
 */
export async function detectObjects(
  project: ReadProject,
  run: string,
  imageIds: readonly number[],
  threads: number,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly DetectedObject[]>> {
  const kept = keptModel(project, run);
  const samples = imageIds.map((id) => {
    const image = knownImage(project.db, id);
    const size = { width: image.width_px, height: image.height_px };
    return { id, path: imageFile(project.folder, image), size, objects: [] };
  });
  const found = foundObjects(await scoredInChild(objectJudging.job(project, kept, samples, threads), { signal }));
  const { classes, params } = kept.run;
  const byImage = Map.groupBy(objectsOf(found, classes, params as Hyperparameters), ({ image }) => image);
  return new Map(imageIds.map((id, i) => [id, (byImage.get(i) ?? []).map(({ object }) => object)]));
}

function objectsOf(
  { images, boxes, labels, scores, masks }: FoundObjects,
  classes: readonly string[],
  params: Hyperparameters,
) {
  return Array.from(images, (image, i): { image: number; object: DetectedObject } => {
    const known = { class_name: classes[labels[i]!]!, score: scores[i]! };
    const mask = masks?.[i];
    if (mask === undefined) {
      const xyxy = boxNumbers(boxes, 4 * i);
      return { image, object: { ...known, shape: { kind: 'box', xyxy }, polygon: null } };
    }
    const rings = ringsOfMask(mask, numberOf(params, 'max_number_of_polygon_points'));
    const polygon = rings.length === 0 ? null : nestRings(rings);
    return { image, object: { ...known, shape: { kind: 'mask', mask }, polygon } };
  });
}

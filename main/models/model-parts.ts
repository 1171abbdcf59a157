/** The files of a model from elsewhere, wherever they lie, and the job of a child that has it look at images. */

import { dirname, join } from 'node:path';
import { assert } from '../../native-models/core/assert.ts';
import { toPixels } from '../../native-models/geometry/box.ts';
import { MAX_POINTS } from '../../native-models/geometry/contours.ts';
import { nestRings } from '../../native-models/geometry/polygon.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { ClassMapping, ImportedModel, ModelMapping } from '../../preload/contract/imported-models.ts';
import { isClassification, type Task } from '../../preload/contract/tasks.ts';
import { openAnyBundle } from '../bundle/any-bundle.ts';
import { fromErrorRecord } from '../images/error-record.ts';
import { ringsOfMask } from '../images/objects/mask-polygon.ts';
import type { ImageRow } from '../store/images.ts';
import type { Found } from '../store/predictions.ts';
import type { ImageScore, ImportedScoreJob, ObjectScoreJob, ScoreJob } from '../train/protocol.ts';
import { modelFolder } from './model-store.ts';

/** A mapping of a model that looks at whole pictures, as opposed to one that is clicked. */
export type LookMapping = Exclude<ModelMapping, { kind: 'clicks' }>;

export const looksAtPictures = (mapping: ModelMapping): mapping is LookMapping => mapping.kind !== 'clicks';

/** The file that is run, of a model that the project keeps. */
export function modelFile(project: string, { id, files }: ImportedModel): string {
  const file = files.find(({ role }) => role === 'model');
  assert(file !== undefined, `the model ${id} has no file that is a model`);
  return join(modelFolder(project, id), file.name);
}

/** `file`: an ONNX file; of a bundle, one that lies in it. Errors: those of opening a bundle. */
export function scoringJob(
  file: string,
  mapping: LookMapping,
  threads: number,
): ScoreJob | ObjectScoreJob | ImportedScoreJob {
  if (mapping.kind === 'bundle') return openAnyBundle(dirname(file), { set: {}, threshold: [] }, threads).job;
  const { input, output, classes } = mapping;
  return { kind: 'score-imported', modelFile: file, input, output, classCount: classes.length, device: 'cpu', threads };
}

/** What a model finds, whether classes of pictures or objects in them, has to be what the project is about. Errors: model-invalid. */
export function checkTask(mapping: ModelMapping, task: Task): void {
  const isOfImages = isClassification(task);
  const tellsClasses =
    mapping.kind === 'bundle'
      ? mapping.finds === 'classes'
      : mapping.kind === 'mapped' && mapping.output.kind === 'classes';
  if (tellsClasses === isOfImages) return;
  const does = tellsClasses ? 'tells classes of whole images' : 'finds objects in images';
  throw new AppError('model-invalid', `this model ${does}, and the project is for ${task}`, { task });
}

/** In the classes of the project. Errors: those of the image that could not be scored. */
export function foundBy(score: ImageScore, classes: readonly ClassMapping[], image: ImageRow): Found {
  if ('error' in score) throw fromErrorRecord(score.error);
  return 'objects' in score ? objectsOf(score, classes, image) : classesOf(score, classes);
}

type Objects = Extract<ImageScore, { objects: unknown }>;
type Probabilities = Extract<ImageScore, { probabilities: unknown }>;

function objectsOf({ objects }: Objects, classes: readonly ClassMapping[], image: ImageRow): Found {
  const size = { width: image.width_px, height: image.height_px };
  const found = objects.flatMap(({ label, score, fractions, mask }) => {
    const class_name = classes[label]?.to ?? null;
    if (class_name === null) return [];
    const rings = mask === null ? [] : ringsOfMask(mask, MAX_POINTS);
    const polygon = rings.length === 0 ? null : nestRings(rings);
    return [{ class_name, score: Math.min(1, score), xyxy: toPixels(fractions, size), polygon }];
  });
  return { kind: 'objects', objects: found };
}

/** Classes that are one in the project are taken together. Of those that are left out nothing is known, so the others share all. */
function classesOf({ probabilities }: Probabilities, classes: readonly ClassMapping[]): Found {
  const sums = new Map<string, number>();
  for (const [i, { to }] of classes.entries()) {
    if (to !== null) sums.set(to, (sums.get(to) ?? 0) + probabilities[i]!);
  }
  const isDistribution = Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-3;
  const total = [...sums.values()].reduce((sum, p) => sum + p, 0);
  const whole = isDistribution && total > 0 ? total : 1;
  return {
    kind: 'classes',
    classes: [...sums].map(([class_name, p]) => ({ class_name, probability: Math.min(1, Math.max(0, p / whole)) })),
  };
}

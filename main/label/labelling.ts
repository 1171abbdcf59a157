/** Labelling as windows do it: what is drawn on an image, changed one gesture at a time, checked before it is kept. */

import { clipBox, type Xyxy } from '../../native-models/geometry/box.ts';
import { shapeArea, shapeXyxy } from '../../native-models/geometry/shape.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type {
  Annotation,
  Change,
  Edit,
  ImageChange,
  ImageDocument,
  NewAnnotation,
} from '../../preload/contract/labelling.ts';
import { isClassification, type Task } from '../../preload/contract/tasks.ts';
import type { Author } from '../author.ts';
import { annotationsOf, type Annotation as StoredAnnotation } from '../store/annotations.ts';
import type { ReadDb, WriteDb } from '../store/db.ts';
import { gesturesAtHand, makeGesture, redoGesture, undoGesture } from '../store/gestures.ts';
import { type ImageRow, knownImage } from '../store/images.ts';
import { SAY_LABELLED } from '../store/labelled.ts';
import { labelsOf } from '../store/labels.ts';
import type { MadeChange } from '../store/made-change.ts';
import { frameOf, sequenceOfTrack } from '../store/sequences.ts';
import { proposalsOf } from './proposals.ts';

/** What has become of an image, without its place in the order of changes. */
export type Made = Omit<ImageChange, 'sequence'>;

/** The image with all that is drawn on it. Errors: image-unknown. */
export function imageDocument(db: ReadDb, imageId: number, sequence: number): ImageDocument {
  return db.snapshot(() => {
    const { width_px, height_px, labelling_ms } = knownImage(db, imageId);
    const annotations = annotationsOf(db, imageId).map(toldObject);
    return { ...factsOf(db, imageId), sequence, width_px, height_px, labelling_ms, annotations };
  });
}

/**
 * Makes the changes of one gesture.
 * Errors: image-unknown, edit-conflict, bad-annotation, which says what does not suit the task or the image.
 */
export function applyChecked(db: WriteDb, task: Task, edit: Edit, author: Author): Made {
  return db.transaction(() => {
    const image = knownImage(db, edit.image_id);
    for (const change of edit.changes) check(db, task, image, change);
    const changes = makeGesture(db, edit, author);
    checkDone(db, task, image.id);
    return told(db, image.id, changes);
  });
}

/** Takes back the last edit of an image. Errors: image-unknown, edit-conflict; bad-annotation where one that is done needs it. */
export const undo = (db: WriteDb, task: Task, imageId: number): Made => turned(db, task, imageId, undoGesture);

/** Does again what was taken back last. Errors: as `undo`. */
export const redo = (db: WriteDb, task: Task, imageId: number): Made => turned(db, task, imageId, redoGesture);

const turned = (db: WriteDb, task: Task, imageId: number, turn: typeof undoGesture): Made =>
  db.transaction(() => {
    const changes = turn(db, imageId);
    checkDone(db, task, imageId);
    return told(db, imageId, changes);
  });

/** Of an object that changed several times, what it is in the end. */
function told(db: ReadDb, imageId: number, changes: readonly MadeChange[]): Made {
  const last = new Map<number, StoredAnnotation | null>();
  for (const change of changes) {
    if (change.type === 'object') last.set((change.after ?? change.before)!.id, change.after);
  }
  return {
    ...factsOf(db, imageId),
    put: [...last.values()].flatMap((object) => (object === null ? [] : [toldObject(object)])),
    gone: [...last].filter(([, object]) => object === null).map(([id]) => id),
  };
}

/** What there is to say of an image besides its objects. */
export function factsOf(db: ReadDb, imageId: number): Omit<Made, 'put' | 'gone'> {
  const { is_labelled, review } = knownImage(db, imageId);
  const [labels, proposals] = [labelsOf(db, imageId), proposalsOf(db, imageId)];
  return { image_id: imageId, labels, is_labelled, review, proposals, ...gesturesAtHand(db, imageId) };
}

const toldObject = ({ area_px2: _, xyxy: __, ...object }: StoredAnnotation): Annotation => object;

function check(db: ReadDb, task: Task, image: ImageRow, change: Change): void {
  if (change.type === 'labels') {
    checkLabels(task, change.after);
  } else if (change.type === 'review' || change.type === 'settle') {
    return;
  } else if (isClassification(task)) {
    throw new AppError('bad-annotation', `a project for ${task} has classes of whole images, not objects`);
  } else if (change.type === 'add') {
    checkObject(image, change.annotation);
    checkTrack(db, image, change.annotation, null);
  } else if (change.type === 'replace') {
    checkObject(image, change.after);
    checkTrack(db, image, change.after, change.before.id);
  }
}

/** Where each image has one class, one without a class is not done, whatever is said of it. */
function checkDone(db: ReadDb, task: Task, imageId: number): void {
  const { review } = knownImage(db, imageId);
  if (task !== 'image-classification' || !SAY_LABELLED.has(review.state)) return;
  if (labelsOf(db, imageId).length > 0) return;
  throw new AppError(
    'bad-annotation',
    `an image that is ${review.state} has a class here, and this one would have none`,
  );
}

function checkLabels(task: Task, after: readonly string[]): void {
  if (!isClassification(task)) {
    throw new AppError('bad-annotation', `in a project for ${task} the classes of an image are those of its objects`);
  }
  if (task === 'image-classification' && after.length > 1) {
    throw new AppError('bad-annotation', `an image has one class here, and ${after.length} were given`);
  }
}

function checkObject({ width_px: width, height_px: height }: ImageRow, object: NewAnnotation | Annotation): void {
  const refuse = (why: string) =>
    new AppError('bad-annotation', `a ${object.shape.kind} of "${object.class_name}" ${why}`);
  if (object.class_name.trim() !== object.class_name) throw refuse('has a class with spaces around its name');
  if (object.shape.kind === 'mask') {
    const { mask } = object.shape;
    const pixels = mask.counts.reduce((sum, count) => sum + count, 0);
    if (mask.width !== width || mask.height !== height || pixels !== width * height) {
      throw refuse(`has ${pixels} pixels, ${mask.width} x ${mask.height}; the image has ${width} x ${height}`);
    }
  }
  if (shapeArea(object.shape) <= 0) throw refuse('encloses nothing');
  const box = shapeXyxy(object.shape);
  if (!sameBox(clipBox(box, { width, height }), box)) {
    throw refuse(`reaches beyond the image of ${width} x ${height} pixels: ${box.join(', ')}`);
  }
}

/** `id`: of the object that has the track's place on this frame already; null for an object that comes. */
function checkTrack(db: ReadDb, image: ImageRow, { track, shape }: NewAnnotation, id: number | null): void {
  if (track === undefined || track === null) return;
  if (shape.kind !== 'box') {
    if (id !== null) return; // it leaves its track
    throw new AppError('bad-annotation', `a track has boxes alone, and this is a ${shape.kind}`);
  }
  const frame = frameOf(db, image.id);
  if (frame === null || sequenceOfTrack(db, track.id) !== frame.sequenceId) {
    throw new AppError('bad-annotation', `track ${track.id} is not of the sequence of image ${image.id}`);
  }
  const other = annotationsOf(db, image.id).find((object) => object.track?.id === track.id && object.id !== id);
  if (other === undefined) return;
  throw new AppError('bad-annotation', `track ${track.id} has a box on this frame already: ${other.class_name}`);
}

const sameBox = (a: Xyxy, b: Xyxy): boolean => a.every((value, i) => value === b[i]);

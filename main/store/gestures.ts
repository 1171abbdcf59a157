/**
 * Changing what is drawn on an image, one gesture at a time: each is one transaction together with its entry in the
 * journal, and can be taken back and done again in order, whatever process did it.
 */

import { shapeArea, shapeXyxy } from '../../native-models/geometry/shape.ts';
import { ANNOTATION_FLAGS, type AnnotationFlags } from '../../preload/contract/annotation-flags.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Change, Edit, HistoryEntry } from '../../preload/contract/labelling.ts';
import type { Review } from '../../preload/contract/review.ts';
import type { Author } from '../author.ts';
import { geometryText } from './annotation-geometry.ts';
import {
  type Annotation,
  addAnnotations,
  annotationOf,
  changeAnnotation,
  removeAnnotation,
  restoreAnnotation,
} from './annotations.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { knownImage, setReview } from './images.ts';
import { isLabelledAtFirst, SAY_LABELLED, settleLabelled } from './labelled.ts';
import { labelsOf, setLabels } from './labels.ts';
import type { MadeChange } from './made-change.ts';
import { idsOfNamed, withPresentNames } from './named-classes.ts';
import { predictionOf, settle } from './predictions.ts';

interface StoredGesture {
  readonly id: number;
  readonly name: string;
  readonly changes_json: string;
  readonly classes_json: string;
}

/**
 * Makes all changes of an edit, or none.
 * Errors: image-unknown; edit-conflict when something is no longer as the edit found it.
 */
export function makeGesture(db: WriteDb, edit: Edit, { made_by, made_at_ms }: Author): readonly MadeChange[] {
  return db.transaction(() => {
    const image = knownImage(db, edit.image_id);
    const wasLabelled = isLabelledAtFirst(db, image.id);
    const changes = edit.changes.map((change) => make(db, image.id, change));
    if (changes.some(saysLabelled)) markLabelled(db, image.id);
    db.prepare("UPDATE gestures SET state = 'dropped' WHERE image_id = ? AND state = 'undone'").run(image.id);
    db.prepare(`
      INSERT INTO gestures (image_id, name, changes_json, classes_json, was_labelled, made_by, made_at_ms, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, 'done')`).run(
      image.id,
      edit.name,
      JSON.stringify(changes),
      JSON.stringify(idsOfNamed(db, changes)),
      Number(wasLabelled),
      made_by,
      made_at_ms,
    );
    return changes;
  });
}

/**
 * Takes back the last edit of an image that is not taken back yet; without one, nothing changes.
 * Errors: image-unknown; edit-conflict when something else has changed what the edit left.
 */
export function undoGesture(db: WriteDb, imageId: number): readonly MadeChange[] {
  return db.transaction(() => {
    knownImage(db, imageId);
    const edit = nextUndo(db, imageId);
    if (edit === null) return [];
    const changes = changesOf(db, edit).toReversed().map(reversed);
    for (const change of changes) turn(db, imageId, change);
    db.prepare("UPDATE gestures SET state = 'undone' WHERE id = ?").run(edit.id);
    settleLabelled(db, [imageId]);
    return changes;
  });
}

/**
 * Does again what was taken back last; without anything, nothing changes.
 * Errors: as `undoGesture`.
 */
export function redoGesture(db: WriteDb, imageId: number): readonly MadeChange[] {
  return db.transaction(() => {
    knownImage(db, imageId);
    const edit = nextRedo(db, imageId);
    if (edit === null) return [];
    const changes = changesOf(db, edit);
    for (const change of changes) turn(db, imageId, change);
    db.prepare("UPDATE gestures SET state = 'done' WHERE id = ?").run(edit.id);
    settleLabelled(db, [imageId]);
    return changes;
  });
}

export const NEXT_UNDO = "SELECT * FROM gestures WHERE image_id = ? AND state = 'done' ORDER BY id DESC LIMIT 1";
export const NEXT_REDO = "SELECT * FROM gestures WHERE image_id = ? AND state = 'undone' ORDER BY id LIMIT 1";

/** Names of what undo and redo would do next; the changes themselves, which may be large, are not read. */
export function gesturesAtHand(db: ReadDb, imageId: number): { undo: string | null; redo: string | null } {
  const name = (which: string) =>
    (db.prepare(`SELECT name FROM (${which})`).get(imageId) as { name: string } | undefined)?.name ?? null;
  return { undo: name(NEXT_UNDO), redo: name(NEXT_REDO) };
}

/** What was done to the image itself, and what of edits of many images concerns it. */
export const HISTORY = `
  SELECT 'image' AS scope, id, name, made_by, made_at_ms, state FROM gestures WHERE image_id = ?
  UNION ALL
  SELECT 'many', id, title, made_by, created_at_ms, iif(is_undone, 'undone', 'done') FROM edits
  WHERE id IN (SELECT edit_id FROM edit_changes WHERE image_id = ?)
  ORDER BY made_at_ms DESC, id DESC LIMIT ?`;

/** Everything that was done to an image, the newest first. */
export function historyOf(db: ReadDb, imageId: number, limit: number): HistoryEntry[] {
  return db.prepare(HISTORY).all(imageId, imageId, limit) as HistoryEntry[];
}

const nextUndo = (db: ReadDb, imageId: number) =>
  (db.prepare(NEXT_UNDO).get(imageId) as StoredGesture | undefined) ?? null;
const nextRedo = (db: ReadDb, imageId: number) =>
  (db.prepare(NEXT_REDO).get(imageId) as StoredGesture | undefined) ?? null;
const reversed = <C extends MadeChange>(change: C): C => ({ ...change, before: change.after, after: change.before });
const changesOf = (db: ReadDb, { changes_json, classes_json }: StoredGesture): readonly MadeChange[] =>
  withPresentNames(db, JSON.parse(changes_json) as MadeChange[], JSON.parse(classes_json) as Record<string, number>);

/** Whoever draws or names something has looked at the image, and so has who says that it is done. */
function saysLabelled(change: MadeChange): boolean {
  if (change.type === 'settle') return false;
  return change.type !== 'review' || SAY_LABELLED.has(change.after.state);
}

function markLabelled(db: WriteDb, imageId: number): void {
  db.prepare('UPDATE images SET is_labelled = 1 WHERE id = ?').run(imageId);
}

/** Makes a change that a window asked for; returns it with whole objects. */
function make(db: WriteDb, imageId: number, change: Change): MadeChange {
  switch (change.type) {
    case 'add': {
      const [id] = addAnnotations(db, imageId, [change.annotation]);
      return { type: 'object', before: null, after: annotationOf(db, imageId, id!)! };
    }
    case 'remove': {
      const before = found(db, imageId, change.before);
      removeAnnotation(db, before.id);
      return { type: 'object', before, after: null };
    }
    case 'replace': {
      const before = found(db, imageId, change.before);
      const { shape } = change.after;
      const hasSameShape = JSON.stringify(shape) === JSON.stringify(before.shape);
      const area_px2 = hasSameShape ? before.area_px2 : shapeArea(shape);
      const drawn = { ...change.after, id: before.id, area_px2, xyxy: shapeXyxy(shape) };
      const after = hasSameShape && drawn.class_name === before.class_name ? drawn : byHand(drawn);
      changeAnnotation(db, after);
      return { type: 'object', before, after };
    }
    case 'labels': {
      const { before, after } = change;
      turnLabels(db, imageId, before, after);
      return { type: 'labels', before, after };
    }
    case 'review':
      turnReview(db, imageId, change.before, change.after);
      return change;
    case 'settle':
      if (!turnSettled(db, imageId, change)) throw conflict(imageId, 'the model has been asked again');
      return change;
  }
}

/**
 * Who draws an object otherwise, or names it, has made it theirs; of a track it is a key frame then, and what is no box any
 * more is of none.
 */
function byHand({ source: _, track, ...annotation }: Annotation): Annotation {
  if (track === undefined || track === null || annotation.shape.kind !== 'box') return annotation;
  return { ...annotation, track: { id: track.id, role: track.role === 'between' ? 'key' : track.role } };
}

/** Makes what is as `before` be as `after`. Errors: edit-conflict when it is not as `before`. */
function turn(db: WriteDb, imageId: number, change: MadeChange): void {
  if (change.type === 'labels') turnLabels(db, imageId, change.before, change.after);
  else if (change.type === 'review') turnReview(db, imageId, change.before, change.after);
  else if (change.type === 'settle')
    turnSettled(db, imageId, change); // proposals that have gone are not decided about any more
  else turnObject(db, imageId, change.before, change.after);
}

function turnLabels(db: WriteDb, imageId: number, before: readonly string[], after: readonly string[]): void {
  const present = labelsOf(db, imageId);
  if (JSON.stringify(present) !== JSON.stringify(before)) {
    throw conflict(imageId, `its classes are ${told(present)}, not ${told(before)}`);
  }
  setLabels(db, imageId, after);
}

function turnReview(db: WriteDb, imageId: number, before: Review, after: Review): void {
  const { review: present } = knownImage(db, imageId);
  if (present.state !== before.state || present.note !== before.note) {
    throw conflict(imageId, `its review is "${present.state}", not "${before.state}"`);
  }
  setReview(db, imageId, after);
}

/** False where the proposals are no longer those that were decided about. Errors: edit-conflict. */
function turnSettled(db: WriteDb, imageId: number, change: Extract<Change, { type: 'settle' }>): boolean {
  const { run_id, made_at_ms, before, after } = change;
  const present = predictionOf(db, imageId, run_id);
  if (present === null || present.made_at_ms !== made_at_ms) return false;
  if (JSON.stringify(present.settled) !== JSON.stringify(before)) {
    throw conflict(imageId, 'proposals were decided about otherwise');
  }
  settle(db, imageId, run_id, after);
  return true;
}

function turnObject(db: WriteDb, imageId: number, before: Annotation | null, after: Annotation | null): void {
  if (before !== null) found(db, imageId, before);
  if (before !== null && after !== null) changeAnnotation(db, after);
  else if (after !== null) restore(db, imageId, after);
  else if (before !== null) removeAnnotation(db, before.id);
}

/** An edit of many images may have brought it back already. Errors: edit-conflict when it did so otherwise. */
function restore(db: WriteDb, imageId: number, annotation: Annotation): void {
  const present = annotationOf(db, imageId, annotation.id);
  if (present === null) restoreAnnotation(db, imageId, annotation);
  else found(db, imageId, annotation);
}

type Seen = Pick<Annotation, 'id' | 'class_name' | 'shape' | 'track'> & AnnotationFlags;

/** The object as it is now. Errors: edit-conflict when it has gone, or is not as it was seen. */
function found(db: ReadDb, imageId: number, seen: Seen): Annotation {
  const present = annotationOf(db, imageId, seen.id);
  if (present === null) throw conflict(imageId, `object ${seen.id} (${seen.class_name}) has gone`);
  if (fingerprint(present) !== fingerprint(seen)) {
    throw conflict(imageId, `object ${seen.id} (${seen.class_name}) has been changed`);
  }
  return present;
}

/** What a person sees of an object, in one order. */
function fingerprint({ class_name, shape, track, ...flags }: Seen): string {
  const geometry = shape.kind === 'box' ? shape.xyxy : geometryText(shape);
  const marks = ANNOTATION_FLAGS.map((flag) => flags[flag]);
  return JSON.stringify([class_name, shape.kind, geometry, ...marks, track?.id ?? null, track?.role ?? null]);
}

const told = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ');

function conflict(imageId: number, how: string): AppError {
  const message = `image ${imageId} was changed meanwhile: ${how}; nothing was done, look again`;
  return new AppError('edit-conflict', message, { image: imageId });
}

/** What a window asks to be changed of images and classes, made as one step that can be taken back. */

import type { DataEdit, MadeEdit } from '../../preload/contract/data.ts';
import { AppError } from '../../preload/contract/errors.ts';
import type { Task } from '../../preload/contract/tasks.ts';
import { authorNow } from '../author.ts';
import { fillTracks } from '../label/fill-tracks.ts';
import { addClass, deleteClass, mergeClass, recolourClass, renameClass } from '../store/classes.ts';
import type { WriteDb } from '../store/db.ts';
import { recordEdit } from '../store/edits.ts';
import {
  addClasses,
  addTag,
  classlessCount,
  removeClasses,
  removeTag,
  setReviews,
  setSplit,
  unlabel,
} from '../store/image-edits.ts';
import { SAY_LABELLED } from '../store/labelled.ts';
import type { WriteProject } from '../store/project.ts';

/**
 * Makes an edit.
 * Errors: bad-label where the task has no such labels; class-not-found, duplicate-name.
 */
export function editData({ db, info, clock }: WriteProject, edit: DataEdit): MadeEdit {
  // One entry for each kind of edit: the type checker knows the two belong together, but cannot follow the look-up.
  const { title, apply } = EDITS[edit.kind] as Kind<DataEdit>;
  const words = title(edit);
  const id = recordEdit(db, words, authorNow(clock), () => apply(db, edit, info.task));
  return { title: words, id };
}

interface Kind<E> {
  readonly title: (edit: E) => string;
  readonly apply: (db: WriteDb, edit: E, task: Task) => void;
}

const EDITS: { readonly [K in DataEdit['kind']]: Kind<Extract<DataEdit, { kind: K }>> } = {
  'fill-tracks': {
    title: ({ track_ids }) => `fill in ${track_ids?.length === 1 ? 'a track' : 'tracks'} between key frames`,
    apply: (db, { sequence_id, track_ids }) => fillTracks(db, sequence_id, track_ids),
  },
  split: {
    title: ({ ids, split }) => `put ${images(ids)} in ${split ?? 'no part of the data'}`,
    apply: (db, { ids, split }) => setSplit(db, ids, split),
  },
  classes: {
    title: labelTitle,
    apply: (db, edit, task) => {
      refuseUnfit(task, edit);
      if (edit.change === 'remove') removeClasses(db, edit.ids, edit.classes);
      else addClasses(db, edit.ids, edit.classes, edit.change === 'set');
    },
  },
  unlabel: {
    title: ({ ids }) => `remove the labels of ${images(ids)}`,
    apply: (db, { ids }) => unlabel(db, ids),
  },
  review: {
    title: ({ ids, review }) => `mark ${images(ids)} ${review.state}`,
    apply: (db, { ids, review }, task) => {
      const saysLabelled = SAY_LABELLED.has(review.state);
      if (saysLabelled && task === 'image-classification') refuseClassless(db, ids, review.state);
      setReviews(db, ids, review, saysLabelled);
    },
  },
  tag: {
    title: ({ ids, change, tag }) =>
      change === 'add' ? `tag ${images(ids)} ${quoted(tag)}` : `take the tag ${quoted(tag)} off ${images(ids)}`,
    apply: (db, { ids, change, tag }) => (change === 'add' ? addTag : removeTag)(db, ids, tag),
  },
  'class-add': {
    title: ({ name }) => `add class ${quoted(name)}`,
    apply: (db, { name }) => addClass(db, name),
  },
  'class-rename': {
    title: ({ name, to }) => `rename class ${quoted(name)} ${quoted(to)}`,
    apply: (db, { name, to }) => renameClass(db, name, to),
  },
  'class-recolour': {
    title: ({ name }) => `recolour class ${quoted(name)}`,
    apply: (db, { name, color }) => recolourClass(db, name, color),
  },
  'class-merge': {
    title: ({ name, into }) => `merge class ${quoted(name)} into ${quoted(into)}`,
    apply: (db, { name, into }) => mergeClass(db, name, into),
  },
  'class-delete': {
    title: ({ name }) => `delete class ${quoted(name)}`,
    apply: (db, { name }, task) => deleteClass(db, name, task === 'image-classification'),
  },
};

/** Where each image has one class, one without a class is not done, whatever is said of it. */
function refuseClassless(db: WriteDb, ids: readonly number[], state: string): void {
  const count = classlessCount(db, ids);
  if (count === 0) return;
  throw new AppError('bad-label', `${count} of ${images(ids)} have no class and cannot be ${state}`, { count });
}

type LabelEdit = Extract<DataEdit, { kind: 'classes' }>;

function labelTitle({ ids, change, classes }: LabelEdit): string {
  const names = classes.length === 0 ? 'no class' : classes.map(quoted).join(', ');
  if (change === 'set') return `label ${images(ids)} ${names}`;
  return change === 'add' ? `add ${names} to ${images(ids)}` : `take ${names} off ${images(ids)}`;
}

/** Whole images have labels in the two tasks of classification; with one each in the first. */
function refuseUnfit(task: Task, { change, classes }: LabelEdit): void {
  if (task === 'image-classification-multilabel') return;
  if (task !== 'image-classification') {
    throw new AppError('bad-label', `for ${task} classes belong to objects, not to whole images`, { task });
  }
  if (change === 'set' && classes.length === 1) return;
  const message = `for ${task} an image has exactly one class: expected one to set, got ${classes.length} to ${change}`;
  throw new AppError('bad-label', message, { task, change, classes });
}

const images = ({ length }: readonly number[]): string => (length === 1 ? '1 image' : `${length} images`);
const quoted = (name: string): string => `"${name}"`;

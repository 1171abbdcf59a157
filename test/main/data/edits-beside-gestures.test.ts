/** Edits of many images and edits of one on the canvas, in either order, taken back in either order. */

import { describe, expect, test } from 'vitest';
import { editData } from '../../../main/data/edit-data.ts';
import { applyChecked, imageDocument, redo, undo } from '../../../main/label/labelling.ts';
import { addAnnotations } from '../../../main/store/annotations.ts';
import { addClass } from '../../../main/store/classes.ts';
import type { ReadDb } from '../../../main/store/db.ts';
import { redoEdit, undoEdit } from '../../../main/store/edits.ts';
import { openProject, type WriteProject } from '../../../main/store/project.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { LeftAlone } from '../../../preload/contract/data.ts';
import type { Change } from '../../../preload/contract/labelling.ts';
import type { Review } from '../../../preload/contract/review.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import { FakeClock } from '../../kit/clock.ts';
import { newProject } from '../../kit/projects.ts';
import { storeImage } from '../../kit/stored-images.ts';

const BOX = { kind: 'box', xyxy: [10, 10, 60, 50] } as const;
const MOVED = { kind: 'box', xyxy: [20, 10, 70, 50] } as const;
const ann = { made_by: 'ann', made_at_ms: 9 };

/** Two images: a nut and a bolt on the first, nothing on the second. */
function parts(task: Task = 'image-object-detection') {
  const project = newProject(undefined, task);
  const [a, b] = [storeImage(project.db, 'a'), storeImage(project.db, 'b')];
  if (task === 'image-object-detection') {
    addAnnotations(project.db, a, [
      { ...NO_FLAGS, class_name: 'nut', shape: BOX },
      { ...NO_FLAGS, class_name: 'bolt', shape: BOX },
    ]);
  }
  return { project, a, b, hand: new Hand(project, a) };
}

/** Somebody at the canvas, in front of one image. */
class Hand {
  readonly project: WriteProject;
  readonly image: number;

  constructor(project: WriteProject, image: number) {
    this.project = project;
    this.image = image;
  }

  get seen() {
    return imageDocument(this.project.db, this.image, 0);
  }

  do(name: string, ...changes: Change[]): void {
    applyChecked(this.project.db, this.project.info.task, { image_id: this.image, name, changes }, ann);
  }

  draw(class_name: string): void {
    this.do('draw box', { type: 'add', annotation: { ...NO_FLAGS, class_name, shape: MOVED } });
  }

  move(at: number): void {
    const before = this.seen.annotations[at]!;
    this.do('move', { type: 'replace', before, after: { ...before, shape: MOVED } });
  }

  label(...after: string[]): void {
    this.do('set classes', { type: 'labels', before: this.seen.labels, after });
  }

  review(state: Review['state']): void {
    this.do(`mark ${state}`, { type: 'review', before: this.seen.review, after: { state, note: '' } });
  }

  undo(): void {
    undo(this.project.db, this.project.info.task, this.image);
  }

  redo(): void {
    redo(this.project.db, this.project.info.task, this.image);
  }

  /** Class and left side of each object. */
  get objects() {
    return this.seen.annotations.map(({ class_name, shape }) => [
      class_name,
      shape.kind === 'box' ? shape.xyxy[0] : Number.NaN,
    ]);
  }
}

const told = (left: readonly LeftAlone[] | undefined) => left?.map(({ what, count }) => `${count} ${what}`);
const classesOf = (db: ReadDb) =>
  (db.prepare('SELECT name FROM classes ORDER BY name').all() as { name: string }[]).map(({ name }) => name);
/** Classes of images follow those of their objects. */
const labelRows = (db: ReadDb) => db.prepare('SELECT image_id, class_id FROM labels ORDER BY 1, 2').all();
const labelRowsOfObjects = (db: ReadDb) =>
  db.prepare('SELECT DISTINCT image_id, class_id FROM annotations ORDER BY 1, 2').all();

describe('a merge of classes, then edits on the canvas', () => {
  test('taken back it leaves what was moved and drawn since where it is, after a restart too', () => {
    const { project, hand } = parts();
    editData(project, { kind: 'class-merge', name: 'nut', into: 'bolt' });
    hand.move(0);
    hand.draw('bolt');
    project.close();
    const again = openProject(project.folder, { clock: new FakeClock(), owner: 'test', access: 'write' });
    const later = new Hand(again, hand.image);

    expect(undoEdit(again.db)).toEqual({ title: 'merge class "nut" into "bolt"', left: [] });

    const split = [
      ['nut', 20],
      ['bolt', 10],
      ['bolt', 20],
    ];
    expect(later.objects).toEqual(split);
    expect(labelRows(again.db)).toEqual(labelRowsOfObjects(again.db));
    redoEdit(again.db);
    expect(later.objects).toEqual([
      ['bolt', 20],
      ['bolt', 10],
      ['bolt', 20],
    ]);
    undoEdit(again.db);
    expect(later.objects).toEqual(split);
    again.close();
  });

  test('what was given another class since keeps it, and that is told', () => {
    const { project, hand } = parts();
    editData(project, { kind: 'class-merge', name: 'nut', into: 'bolt' });
    const before = hand.seen.annotations[0]!;
    hand.do('change class', { type: 'replace', before, after: { ...before, class_name: 'pin' } });

    const turned = undoEdit(project.db);

    expect(turned?.left).toEqual([{ what: 'object', count: 1, image_count: 1, image_names: ['a'] }]);
    expect(hand.objects.map(([name]) => name)).toEqual(['pin', 'bolt']);
    hand.undo();
    expect(hand.objects.map(([name]) => name)).toEqual(['bolt', 'bolt']);
  });

  test('edits of the canvas from before it are taken back and brought again all the same', () => {
    const { project, hand } = parts();
    hand.move(0);
    hand.draw('nut');
    editData(project, { kind: 'class-merge', name: 'nut', into: 'bolt' });
    editData(project, { kind: 'class-rename', name: 'bolt', to: 'screw' });

    hand.undo();
    hand.undo();
    expect(hand.objects).toEqual([
      ['screw', 10],
      ['screw', 10],
    ]);
    hand.redo();
    hand.redo();
    expect(hand.objects.map(([name]) => name)).toEqual(['screw', 'screw', 'screw']);
    undoEdit(project.db);
    undoEdit(project.db);
    // Drawn again while the classes were one, the third is no longer the object that was merged.
    expect(hand.objects.map(([name]) => name)).toEqual(['nut', 'bolt', 'nut']);
    expect(classesOf(project.db)).toEqual(['bolt', 'nut']);
  });
});

describe('labels of whole images', () => {
  test('where each has one, an image that was given another since keeps that one alone', () => {
    const { project, a, b, hand } = parts('image-classification');
    hand.label('fig');
    editData(project, { kind: 'classes', ids: [a, b], change: 'set', classes: ['pear'] });
    hand.label('quince');

    const turned = undoEdit(project.db);

    expect(told(turned?.left)).toEqual(['1 label']);
    expect(hand.seen.labels).toEqual(['quince']);
    expect(new Hand(project, b).seen).toMatchObject({ labels: [], is_labelled: false });
    hand.undo(); // back to pear, which the edit of many had set, and whose class came back with it
    expect(hand.seen.labels).toEqual(['pear']);
  });

  test('where each has one, an image that is done keeps it, whichever journal would take it', () => {
    const { project, a, b, hand } = parts('image-classification');
    hand.label('fig');
    editData(project, { kind: 'review', ids: [a], review: { state: 'done', note: '' } });
    expect(() => hand.undo()).toThrow('an image that is done has a class here, and this one would have none');
    expect(hand.seen).toMatchObject({ labels: ['fig'], is_labelled: true });
    undoEdit(project.db);
    hand.undo();
    expect(hand.seen).toMatchObject({ labels: [], is_labelled: false });

    editData(project, { kind: 'classes', ids: [a, b], change: 'set', classes: ['pear'] });
    hand.review('done');
    expect(told(undoEdit(project.db)?.left)).toEqual(['1 label', '1 class']);
    expect(hand.seen).toMatchObject({ labels: ['pear'], review: { state: 'done' }, is_labelled: true });
    expect(new Hand(project, b).seen).toMatchObject({ labels: [], is_labelled: false });
  });

  test('where each may have several, only those of the edit go', () => {
    const { project, a, hand } = parts('image-classification-multilabel');
    editData(project, { kind: 'classes', ids: [a], change: 'add', classes: ['sea'] });
    hand.label('sea', 'sun');

    expect(undoEdit(project.db)?.left).toEqual([]);

    expect(hand.seen).toMatchObject({ labels: ['sun'], is_labelled: true });
  });
});

describe('how far an image is', () => {
  test('an image that was rejected since stays rejected, the others go back', () => {
    const { project, a, b, hand } = parts();
    editData(project, { kind: 'review', ids: [a, b], review: { state: 'done', note: '' } });
    hand.review('rejected');

    expect(undoEdit(project.db)?.left).toEqual([{ what: 'review', count: 1, image_count: 1, image_names: ['a'] }]);

    expect(hand.seen.review.state).toBe('rejected');
    expect(new Hand(project, b).seen).toMatchObject({ review: { state: 'to-do' }, is_labelled: false });
    hand.undo();
    redoEdit(project.db);
    expect(undoEdit(project.db)?.left).toEqual([]);
    expect(hand.seen.review.state).toBe('to-do');
  });

  test('an image counts as labelled as long as something on it says so, whatever is taken back first', () => {
    const { project, b } = parts();
    const hand = new Hand(project, b);
    editData(project, { kind: 'review', ids: [b], review: { state: 'done', note: '' } });
    hand.draw('nut');
    undoEdit(project.db);
    expect(hand.seen).toMatchObject({ is_labelled: true, review: { state: 'to-do' } });
    hand.undo();
    expect(hand.seen.is_labelled).toBe(false);

    const other = parts();
    const second = new Hand(other.project, other.b);
    second.draw('nut');
    editData(other.project, { kind: 'review', ids: [other.b], review: { state: 'done', note: '' } });
    second.undo();
    expect(second.seen).toMatchObject({ annotations: [], is_labelled: true });
    undoEdit(other.project.db);
    expect(second.seen.is_labelled).toBe(false);
  });

  test('labels that were removed come back beside what was drawn since, and go again without it', () => {
    const { project, a, hand } = parts();
    hand.review('accepted');
    editData(project, { kind: 'unlabel', ids: [a] });
    expect(hand.seen).toMatchObject({ annotations: [], is_labelled: false, review: { state: 'to-do' } });
    hand.draw('pin');

    expect(undoEdit(project.db)?.left).toEqual([]);
    expect(hand.objects.map(([name]) => name)).toEqual(['nut', 'bolt', 'pin']);
    hand.move(1);
    expect(told(redoEdit(project.db)?.left)).toEqual(['1 object']);
    expect(hand.objects).toEqual([
      ['bolt', 20],
      ['pin', 20],
    ]);
    expect(hand.seen.is_labelled).toBe(true);
  });
});

test('an object that an edit of many has brought back already is not drawn a second time', () => {
  const { project, a, hand } = parts();
  hand.draw('pin');
  editData(project, { kind: 'unlabel', ids: [a] });
  undoEdit(project.db);
  hand.undo();
  redoEdit(project.db);
  undoEdit(project.db); // and with it the pin, which it had found
  const seen = hand.objects;

  hand.redo();

  expect(hand.objects).toEqual(seen);
  hand.undo();
  expect(hand.objects.map(([name]) => name)).toEqual(['nut', 'bolt']);
});

test('a class that came with an edit of many and is needed by now stays', () => {
  const { project, hand } = parts();
  editData(project, { kind: 'class-add', name: 'pin' });
  hand.draw('pin');

  expect(told(undoEdit(project.db)?.left)).toEqual(['1 class']);

  expect(hand.objects.at(-1)).toEqual(['pin', 20]);
  expect(classesOf(project.db)).toEqual(['bolt', 'nut', 'pin']);
});

test('a class never gets the id of one that is gone, so nothing is taken for another', () => {
  const { project, hand } = parts();
  hand.draw('pin');
  hand.undo();
  editData(project, { kind: 'class-delete', name: 'pin' });
  addClass(project.db, 'washer');

  hand.redo();

  expect(hand.objects.at(-1)).toEqual(['pin', 20]);
});

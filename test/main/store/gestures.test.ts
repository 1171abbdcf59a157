import { expect, test } from 'vitest';
import { applyChecked, imageDocument } from '../../../main/label/labelling.ts';
import { addAnnotations, annotationsOf } from '../../../main/store/annotations.ts';
import { Connection, type WriteDb } from '../../../main/store/db.ts';
import {
  HISTORY,
  historyOf,
  makeGesture,
  NEXT_REDO,
  NEXT_UNDO,
  redoGesture,
  undoGesture,
} from '../../../main/store/gestures.ts';
import { addImage, imageById } from '../../../main/store/images.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import type { Xyxy } from '../../../native-models/geometry/box.ts';
import type { Shape } from '../../../native-models/geometry/shape.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { Annotation, Change, ImageDocument } from '../../../preload/contract/labelling.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';

const SIZE = { width: 100, height: 80 };
const POLYGON: Shape = { kind: 'polygon', polygon: [{ outline: [10, 10, 40, 10, 40, 1 / 3 + 30], holes: [] }] };
const ann = { made_by: 'ann', made_at_ms: 5 };

const box = (...xyxy: Xyxy): Shape => ({ kind: 'box', xyxy });
const add = (class_name: string, shape: Shape): Change => ({
  type: 'add',
  annotation: { ...NO_FLAGS, class_name, shape },
});
const replace = (before: Annotation, change: Partial<Annotation>): Change => ({
  type: 'replace',
  before,
  after: { ...before, ...change },
});

function project(task: Parameters<typeof newProject>[1] = 'image-object-detection') {
  const { db, folder } = newProject(undefined, task);
  const image = addImage(db, {
    path: 'images/a.png',
    storage: 'copied',
    source_url: 'a.png',
    sha256: '0'.repeat(64),
    size_bytes: 1,
    width_px: SIZE.width,
    height_px: SIZE.height,
    format: 'png',
    split: null,
    created_at_ms: 1,
  });
  const edit = (name: string, ...changes: Change[]) => makeGesture(db, { image_id: image, name, changes }, ann);
  return { db, folder, image, edit };
}

const drawing = ({ annotations, labels, is_labelled }: ImageDocument) => ({ annotations, labels, is_labelled });
const drawn = (db: WriteDb, image: number) => drawing(imageDocument(db, image, 0));

test('what is drawn, bent and removed comes back step by step, and again, under its own ids', () => {
  const { db, image, edit } = project();
  const states = [drawn(db, image)];
  const step = (name: string, ...changes: Change[]) => {
    edit(name, ...changes);
    states.push(drawn(db, image));
  };
  const present = () => imageDocument(db, image, 0).annotations;

  step('draw box', add('cell', box(1, 2, 30, 40)));
  step('draw polygon', add('nut', POLYGON));
  step('resize', replace(present()[0]!, { shape: box(1, 2, 50.125, 40) }));
  step('change class', replace(present()[1]!, { class_name: 'cell', is_crowd: true }));
  step('remove', ...present().map((before): Change => ({ type: 'remove', before })));

  for (const state of states.slice(0, -1).toReversed()) {
    expect(undoGesture(db, image)).not.toEqual([]);
    expect(drawn(db, image)).toEqual(state);
  }
  expect(undoGesture(db, image)).toEqual([]);
  for (const state of states.slice(1)) {
    expect(redoGesture(db, image)).not.toEqual([]);
    expect(drawn(db, image)).toEqual(state);
  }
  expect(redoGesture(db, image)).toEqual([]);
});

test('undo survives the end of the process, and the history tells who did what', () => {
  const { db, folder, image, edit } = project();
  edit('draw box', add('cell', box(1, 2, 30, 40)));
  makeGesture(
    db,
    { image_id: image, name: 'draw box', changes: [add('cell', box(5, 5, 9, 9))] },
    { made_by: 'bob', made_at_ms: 9 },
  );

  const later = new Connection(`${folder}/project.sqlite`, folder, 'write');
  undoGesture(later, image);

  expect(annotationsOf(later, image)).toHaveLength(1);
  expect(historyOf(later, image, 10)).toEqual([
    { scope: 'image', id: 2, name: 'draw box', made_by: 'bob', made_at_ms: 9, state: 'undone' },
    { scope: 'image', id: 1, name: 'draw box', made_by: 'ann', made_at_ms: 5, state: 'done' },
  ]);
  later.close();
});

test('something new ends what could be done again', () => {
  const { db, image, edit } = project();
  edit('draw box', add('cell', box(1, 2, 30, 40)));
  undoGesture(db, image);
  edit('draw polygon', add('nut', POLYGON));

  expect(redoGesture(db, image)).toEqual([]);
  expect(historyOf(db, image, 10).map(({ state }) => state)).toEqual(['done', 'dropped']);
  expect(imageDocument(db, image, 0).undo).toBe('draw polygon');
});

test('an image nobody had labelled is unlabelled again when all is taken back', () => {
  const { db, image, edit } = project();

  edit('draw box', add('cell', box(1, 2, 30, 40)));
  expect(imageById(db, image)!.is_labelled).toBe(true);
  undoGesture(db, image);

  expect(imageById(db, image)!.is_labelled).toBe(false);
});

test('two hands on one object: the second is told, and nothing of its edit is done', async () => {
  const { db, image, edit } = project();
  edit('draw box', add('cell', box(1, 2, 30, 40)));
  const [seen] = imageDocument(db, image, 0).annotations;
  edit('resize', replace(seen!, { shape: box(1, 2, 31, 40) }));
  const before = drawn(db, image);

  const error = await appErrorOf(() => edit('move', add('nut', POLYGON), replace(seen!, { shape: box(9, 9, 20, 20) })));

  expect(error.code).toBe('edit-conflict');
  expect(error.message).toBe(
    `image ${image} was changed meanwhile: object ${seen!.id} (cell) has been changed; nothing was done, look again`,
  );
  expect(drawn(db, image)).toEqual(before);
  const gone = await appErrorOf(() => edit('remove', { type: 'remove', before: { ...seen!, id: 77 } }));
  expect(gone.message).toContain('object 77 (cell) has gone');
});

test('an undo that would undo somebody else’s work is refused', async () => {
  const { db, image, edit } = project();
  edit('draw box', add('cell', box(1, 2, 30, 40)));
  db.prepare('UPDATE annotations SET x1 = 60').run();

  const error = await appErrorOf(() => undoGesture(db, image));

  expect(error.code).toBe('edit-conflict');
  expect(annotationsOf(db, image)).toHaveLength(1);
});

test('an area that came with an import stays with the shape it belongs to', () => {
  const { db, image, edit } = project();
  addAnnotations(db, image, [{ ...NO_FLAGS, class_name: 'cell', shape: POLYGON, area_px2: 123 }]);
  const area = () => annotationsOf(db, image)[0]!.area_px2;
  const present = () => imageDocument(db, image, 0).annotations[0]!;

  edit('change class', replace(present(), { class_name: 'nut' }));
  expect(area()).toBe(123);
  edit('resize', replace(present(), { shape: box(0, 0, 10, 10) }));
  expect(area()).toBe(100);
  undoGesture(db, image);
  expect(area()).toBe(123);
});

test('an object of a model is a person’s once they draw it otherwise or name it, and a model’s again when that is undone', () => {
  const { db, image, edit } = project();
  const source = () => annotationsOf(db, image)[0]!.source;
  const present = () => imageDocument(db, image, 0).annotations[0]!;
  edit('accept a proposal', {
    type: 'add',
    annotation: { ...NO_FLAGS, class_name: 'cell', shape: POLYGON, source: 'model' },
  });

  edit('set mark', replace(present(), { is_occluded: true }));
  expect(source()).toBe('model');
  edit('change class', replace(present(), { class_name: 'nut' }));
  expect(source()).toBeUndefined();
  undoGesture(db, image);
  expect(source()).toBe('model');
  edit('resize', replace(present(), { shape: box(0, 0, 10, 10) }));
  expect(present().source).toBeUndefined();
  undoGesture(db, image);
  undoGesture(db, image);
  undoGesture(db, image);
  redoGesture(db, image);
  expect(present().source).toBe('model');
});

test('classes of a whole image are changed and taken back like everything else', async () => {
  const { db, image } = project('image-classification-multilabel');
  const change: Change = { type: 'labels', before: [], after: ['sea', 'sunset'] };
  applyChecked(db, 'image-classification-multilabel', { image_id: image, name: 'set classes', changes: [change] }, ann);

  expect(drawn(db, image)).toEqual({ annotations: [], labels: ['sea', 'sunset'], is_labelled: true });
  const stale = await appErrorOf(() => makeGesture(db, { image_id: image, name: 'again', changes: [change] }, ann));
  expect(stale.message).toContain('its classes are "sea", "sunset", not none');
  undoGesture(db, image);
  expect(drawn(db, image)).toEqual({ annotations: [], labels: [], is_labelled: false });
});

test.each<[string, Change, RegExp]>([
  [
    'a box beyond the border',
    add('cell', box(90, 2, 101, 40)),
    /reaches beyond the image of 100 x 80 pixels: 90, 2, 101, 40/,
  ],
  ['a box without an area', add('cell', box(5, 5, 5, 9)), /a box of "cell" encloses nothing/],
  [
    'a bitmap of another size',
    add('cell', { kind: 'mask', mask: { width: 10, height: 8, counts: [0, 80] } }),
    /a mask of "cell" has 80 pixels, 10 x 8; the image has 100 x 80/,
  ],
  ['a class with spaces around it', add(' cell', box(1, 1, 9, 9)), /spaces around its name/],
  ['classes of the image', { type: 'labels', before: [], after: ['cell'] }, /are those of its objects/],
])('%s is refused before anything is kept', async (_, change, message) => {
  const { db, image } = project();

  const edit = { image_id: image, name: 'draw', changes: [add('cell', box(1, 1, 9, 9)), change] };
  const error = await appErrorOf(() => applyChecked(db, 'image-object-detection', edit, ann));

  expect(error.code).toBe('bad-annotation');
  expect(error.message).toMatch(message);
  expect(annotationsOf(db, image)).toEqual([]);
});

test('any sequence of edits, undos and redos leaves what a list of whole states would', () => {
  const { db, image, edit } = project();
  const rng = rngFrom(3, 'edits');
  const states = [drawn(db, image)];
  let at = 0;
  for (let round = 0; round < 300; round++) {
    const choice = rng.uniform();
    const present = imageDocument(db, image, 0).annotations;
    const one = present[Math.floor(rng.uniform() * present.length)];
    if (choice < 0.25) {
      if (undoGesture(db, image).length > 0) at--;
    } else if (choice < 0.45) {
      if (redoGesture(db, image).length > 0) at++;
    } else {
      const [x, y] = [rng.uniform() * 50, rng.uniform() * 50];
      const shape = box(x, y, x + 5 + rng.uniform() * 20, y + 5 + rng.uniform() * 20);
      if (choice < 0.7 || one === undefined) edit('draw', add(choice < 0.6 ? 'cell' : 'nut', shape));
      else if (choice < 0.9) edit('move', replace(one, { shape }));
      else edit('remove', { type: 'remove', before: one });
      states.splice(++at, Infinity, drawn(db, image));
    }
    expect(drawn(db, image)).toEqual(states[at]);
  }
  expect(states.length).toBeGreaterThan(20);
});

test('a review is a step like any other: taken back, brought again, and refused where somebody else said otherwise', async () => {
  const { db, image, edit } = project();
  const todo = { state: 'to-do', note: '' } as const;
  const done = { state: 'done', note: '' } as const;
  const rejected = { state: 'rejected', note: 'too wide' } as const;
  const facts = () => {
    const { review, is_labelled, undo, redo } = imageDocument(db, image, 0);
    return { review, is_labelled, undo, redo };
  };

  edit('mark rejected', { type: 'review', before: todo, after: rejected });
  expect(facts()).toEqual({ review: rejected, is_labelled: false, undo: 'mark rejected', redo: null });
  edit('mark done', { type: 'review', before: rejected, after: done });
  expect(facts()).toEqual({ review: done, is_labelled: true, undo: 'mark done', redo: null });
  undoGesture(db, image);
  expect(facts()).toEqual({ review: rejected, is_labelled: false, undo: 'mark rejected', redo: 'mark done' });
  redoGesture(db, image);
  expect(facts().is_labelled).toBe(true);
  const error = await appErrorOf(() => edit('mark done', { type: 'review', before: todo, after: done }));

  expect(error.code).toBe('edit-conflict');
  expect(facts().review).toEqual(done);
});

test('where each image has one class, one without a class cannot be done', async () => {
  const { db, image } = project('image-classification');
  const review = { type: 'review', before: { state: 'to-do', note: '' }, after: { state: 'done', note: '' } } as const;
  const apply = (...changes: Change[]) =>
    applyChecked(db, 'image-classification', { image_id: image, name: 'mark done', changes }, ann);

  const error = await appErrorOf(() => apply(review));
  const made = apply({ type: 'labels', before: [], after: ['cell'] }, review);

  expect(error).toMatchObject({ code: 'bad-annotation', message: expect.stringContaining('this one would have none') });
  expect(made.review.state).toBe('done');
});

test('the history is found by index', () => {
  const { db } = project();
  const plan = (db.prepare(`EXPLAIN QUERY PLAN ${HISTORY}`).all(1, 1, 10) as { detail: string }[]).map(
    ({ detail }) => detail,
  );

  expect(plan.filter((step) => step.startsWith('SCAN'))).toEqual([]);
});

test('undo and redo are found by index', () => {
  const { db } = project();
  const plan = (sql: string) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(1) as { detail: string }[]).map(({ detail }) => detail);

  for (const sql of [NEXT_UNDO, NEXT_REDO]) {
    expect(plan(sql)).toEqual(['SEARCH gestures USING INDEX gestures_by_image (image_id=? AND state=?)']);
  }
});

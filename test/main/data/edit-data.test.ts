import { describe, expect, test } from 'vitest';
import { editData } from '../../../main/data/edit-data.ts';
import { addAnnotations } from '../../../main/store/annotations.ts';
import { addClass } from '../../../main/store/classes.ts';
import type { ReadDb } from '../../../main/store/db.ts';
import { editHistory, redoEdit, undoEdit } from '../../../main/store/edits.ts';
import { historyOf, makeGesture } from '../../../main/store/gestures.ts';
import { imageCards } from '../../../main/store/image-search.ts';
import { openProject, type WriteProject } from '../../../main/store/project.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import type { DataEdit } from '../../../preload/contract/data.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { newProject } from '../../kit/projects.ts';
import { storeImage } from '../../kit/stored-images.ts';

/** Three images: an apple, a pear, and one that nobody has looked at. */
function fruit(task: Task = 'image-classification'): { project: WriteProject; ids: [number, number, number] } {
  const project = newProject(undefined, task);
  const { db } = project;
  const ids: [number, number, number] = [
    storeImage(db, 'a', ['apple'], { split: 'train' }),
    storeImage(db, 'b', ['pear']),
    storeImage(db, 'c'),
  ];
  return { project, ids };
}

/** Everything an edit may change. */
function contents(db: ReadDb): unknown {
  const all = (sql: string) => db.prepare(sql).all();
  return {
    images: all('SELECT id, split, is_labelled, review, review_note FROM images ORDER BY id'),
    classes: all('SELECT * FROM classes ORDER BY id'),
    labels: all('SELECT * FROM labels ORDER BY image_id, class_id'),
    tags: all('SELECT * FROM tags ORDER BY id'),
    image_tags: all('SELECT * FROM image_tags ORDER BY image_id, tag_id'),
    annotations: all('SELECT * FROM annotations ORDER BY id'),
  };
}

const labelsOf = (project: WriteProject, ids: readonly number[]) =>
  imageCards(project.db, ids).map(({ is_labelled, classes }) => (is_labelled ? classes : null));

describe('every kind of edit is taken back and brought again, row for row', () => {
  const edits: [string, Task, (ids: [number, number, number]) => DataEdit][] = [
    ['split', 'image-classification', (ids) => ({ kind: 'split', ids, split: 'test' })],
    ['set', 'image-classification', (ids) => ({ kind: 'classes', ids, change: 'set', classes: ['fig'] })],
    ['add', 'image-classification-multilabel', (ids) => ({ kind: 'classes', ids, change: 'add', classes: ['pear'] })],
    [
      'remove',
      'image-classification-multilabel',
      (ids) => ({ kind: 'classes', ids, change: 'remove', classes: ['pear'] }),
    ],
    ['unlabel', 'image-classification', (ids) => ({ kind: 'unlabel', ids })],
    ['review', 'image-object-detection', (ids) => ({ kind: 'review', ids, review: { state: 'done', note: '' } })],
    [
      'reject',
      'image-classification',
      (ids) => ({ kind: 'review', ids, review: { state: 'rejected', note: 'two classes' } }),
    ],
    ['tag', 'image-classification', (ids) => ({ kind: 'tag', ids, change: 'add', tag: 'odd' })],
    ['new class', 'image-classification', () => ({ kind: 'class-add', name: 'fig' })],
    ['rename', 'image-classification', () => ({ kind: 'class-rename', name: 'pear', to: 'quince' })],
    ['recolour', 'image-classification', () => ({ kind: 'class-recolour', name: 'pear', color: '#00ff00' })],
    ['merge', 'image-classification', () => ({ kind: 'class-merge', name: 'pear', into: 'apple' })],
    ['delete', 'image-classification', () => ({ kind: 'class-delete', name: 'pear' })],
    ['merge of objects', 'image-object-detection', () => ({ kind: 'class-merge', name: 'pear', into: 'apple' })],
    ['delete of objects', 'image-object-detection', () => ({ kind: 'class-delete', name: 'pear' })],
  ];

  test.each(edits)('%s', (_, task, make) => {
    const { project, ids } = fruit(task);
    const { db } = project;
    if (task === 'image-object-detection') {
      const shape = { kind: 'box', xyxy: [0.1 + 0.2, 1 / 3, 20, 30] } as const;
      addAnnotations(db, ids[0], [
        { ...NO_FLAGS, class_name: 'pear', shape },
        { ...NO_FLAGS, class_name: 'apple', shape },
      ]);
    }
    const before = contents(db);

    const { title } = editData(project, make(ids));
    const after = contents(db);

    expect(after).not.toEqual(before);
    expect(editHistory(db)).toEqual({ undo: title, redo: null });
    expect(undoEdit(db)).toEqual({ title, left: [] });
    expect(contents(db)).toEqual(before);
    expect(editHistory(db)).toEqual({ undo: null, redo: title });
    expect(redoEdit(db)).toEqual({ title, left: [] });
    expect(contents(db)).toEqual(after);
    expect(undoEdit(db)).toEqual({ title, left: [] });
    expect(contents(db)).toEqual(before);
  });
});

test('edits are taken back one by one in reverse, after a restart too, and a new one ends what could be redone', () => {
  const { project, ids } = fruit();
  const start = contents(project.db);
  editData(project, { kind: 'split', ids, split: 'test' });
  editData(project, { kind: 'class-rename', name: 'pear', to: 'quince' });
  editData(project, { kind: 'classes', ids, change: 'set', classes: ['quince'] });
  project.close();

  const again = openProject(project.folder, { clock: new FakeClock(), owner: 'test', access: 'write' });
  expect(undoEdit(again.db)?.title).toBe('label 3 images "quince"');
  expect(undoEdit(again.db)?.title).toBe('rename class "pear" "quince"');
  editData(again, { kind: 'tag', ids: [ids[0]], change: 'add', tag: 'odd' });
  expect(editHistory(again.db).redo).toBeNull();
  undoEdit(again.db);
  undoEdit(again.db);
  expect(contents(again.db)).toEqual(start);
  expect(undoEdit(again.db)).toBeNull();
  again.close();
});

test('an edit that changes nothing is no step, and one that fails leaves nothing', async () => {
  const { project, ids } = fruit();
  const before = contents(project.db);

  editData(project, { kind: 'split', ids: [ids[0]], split: 'train' });
  const refused = [
    await appErrorOf(() => editData(project, { kind: 'class-rename', name: 'pear', to: 'apple' })),
    await appErrorOf(() => editData(project, { kind: 'class-delete', name: 'fig' })),
    await appErrorOf(() => editData(project, { kind: 'classes', ids, change: 'add', classes: ['fig'] })),
    await appErrorOf(() => editData(project, { kind: 'classes', ids, change: 'set', classes: [] })),
  ];

  expect(refused.map(({ code }) => code)).toEqual(['duplicate-name', 'class-not-found', 'bad-label', 'bad-label']);
  expect(contents(project.db)).toEqual(before);
  expect(editHistory(project.db)).toEqual({ undo: null, redo: null });
});

test('what others changed since is not overwritten: the step is refused and stays', async () => {
  const { project } = fruit();
  editData(project, { kind: 'class-rename', name: 'pear', to: 'quince' });
  addClass(project.db, 'pear'); // as an import would

  const error = await appErrorOf(() => undoEdit(project.db));

  expect(error.code).toBe('edit-conflict');
  expect(editHistory(project.db).undo).toBe('rename class "pear" "quince"');
});

test('a class that goes leaves its images unlabelled where each has one class, and negative where it may have any', () => {
  const [single, multi] = [fruit(), fruit('image-classification-multilabel')];
  editData(single.project, { kind: 'class-delete', name: 'pear' });
  editData(multi.project, { kind: 'class-delete', name: 'pear' });

  expect(labelsOf(single.project, single.ids)).toEqual([['apple'], null, null]);
  expect(labelsOf(multi.project, multi.ids)).toEqual([['apple'], [], null]);
});

test('images without a class are not done where each has one, and none of them is marked', async () => {
  const { project, ids } = fruit();
  const error = await appErrorOf(() =>
    editData(project, { kind: 'review', ids, review: { state: 'accepted', note: '' } }),
  );

  expect(error).toMatchObject({ code: 'bad-label', message: '1 of 3 images have no class and cannot be accepted' });
  expect(imageCards(project.db, ids).map(({ review }) => review.state)).toEqual(['to-do', 'to-do', 'to-do']);
});

test('taking an edit back leaves a review that was made since, and the history of an image tells of both', () => {
  const { project, ids } = fruit();
  const { db } = project;
  editData(project, { kind: 'split', ids, split: 'test' });
  const change = { type: 'review', before: { state: 'to-do', note: '' }, after: { state: 'done', note: '' } } as const;
  const later = { made_by: 'ann', made_at_ms: project.clock.nowMs() + 1 };
  makeGesture(db, { image_id: ids[0], name: 'mark done', changes: [change] }, later);

  undoEdit(db);

  expect(imageCards(db, [ids[0]])).toMatchObject([{ split: 'train', review: { state: 'done' } }]);
  expect(historyOf(db, ids[0], 9).map(({ scope, name, state }) => [scope, name, state])).toEqual([
    ['image', 'mark done', 'done'],
    ['many', 'put 3 images in test', 'undone'],
  ]);
  expect(historyOf(db, ids[0], 9).every(({ made_by }) => made_by !== '')).toBe(true);
});

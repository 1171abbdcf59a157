import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addAnnotations, annotationsOf } from '../../../main/store/annotations.ts';
import { changesSince, latestRevision } from '../../../main/store/changes.ts';
import { addClass } from '../../../main/store/classes.ts';
import { Connection } from '../../../main/store/db.ts';
import { editHistory, undoEdit } from '../../../main/store/edits.ts';
import { epochsOf } from '../../../main/store/epochs.ts';
import { historyOf, makeGesture, undoGesture } from '../../../main/store/gestures.ts';
import { imageCards } from '../../../main/store/image-search.ts';
import { labelledImages } from '../../../main/store/images.ts';
import { migrate, schemaVersion } from '../../../main/store/migrate.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../main/store/migrations/migrations.ts';
import { newestPrediction, putPrediction } from '../../../main/store/predictions.ts';
import { createProject, openProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { addRunNotes, runById } from '../../../main/store/runs.ts';
import { addTrack, ensureTrack, frameOf } from '../../../main/store/sequences.ts';
import { sweepSummaries } from '../../../main/store/sweep-summaries.ts';
import { NO_FLAGS } from '../../../preload/contract/annotation-flags.ts';
import { FakeClock } from '../../kit/clock.ts';
import { tempFolder } from '../../kit/folders.ts';

const me = { clock: new FakeClock(), owner: 'lightbench test' };
const next = { name: '9999-next', sql: 'CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (5);' };
const broken = { name: '9998-broken', sql: 'CREATE TABLE half (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);' };

function madeProject() {
  const folder = join(tempFolder(), 'p');
  createProject(folder, { ...me, task: 'image-classification' }).close();
  return { folder, connection: new Connection(join(folder, 'project.sqlite'), folder, 'write') };
}

function tables(connection: Connection): string[] {
  const rows = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all();
  return (rows as { name: string }[]).map((row) => row.name);
}

test('a new project has exactly the documented tables', () => {
  const { connection } = madeProject();

  expect(tables(connection).filter((name) => !name.startsWith('sqlite_'))).toEqual([
    'annotations',
    'classes',
    'edit_changes',
    'edits',
    'epochs',
    'fingerprints',
    'frames',
    'gestures',
    'image_tags',
    'images',
    'imports',
    'labels',
    'last_class',
    'merged_classes',
    'predictions',
    'project',
    'revisions',
    'runs',
    'sequences',
    'sweeps',
    'tags',
    'tracks',
    'trials',
  ]);
  expect(schemaVersion(connection)).toBe(SCHEMA_VERSION);
  connection.close();
});

/** A database of an earlier version. */
function oldDatabase(version: number): Connection {
  const file = join(tempFolder(), 'old.sqlite');
  writeFileSync(file, ''); // an empty database
  const connection = new Connection(file, 'old', 'write');
  migrate(connection, MIGRATIONS.slice(0, version));
  return connection;
}

test('the second migration keeps epochs of before, of which the wait for images is unknown', () => {
  const connection = oldDatabase(1);
  connection.execute(`
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'resnet18', 'cpu', '{}', '[]', 'accuracy', 0, '[]', '{}', 1);
    INSERT INTO epochs VALUES ('r0001', 1, 0.5, 0.25, 0.01, '{"accuracy":0.75}', 3, 12);`);

  migrate(connection);

  expect(epochsOf(connection, 'r0001')).toEqual([
    {
      epoch: 1,
      train_loss: 0.5,
      metrics: { accuracy: 0.75, valid_loss: 0.25 },
      learning_rate: 0.01,
      seconds: 3,
      images_per_second: 12,
      data_wait_seconds: null,
      per_label_metrics: null,
    },
  ]);
  connection.close();
});

test('the third migration takes images of before as labelled where they have a label, and runs without thresholds', () => {
  const connection = oldDatabase(2);
  connection.execute(`
    INSERT INTO classes VALUES (1, 'nut');
    INSERT INTO images (id, path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES (1, 'images/a.jpg', 'copied', 'a.jpg', '${'a'.repeat(64)}', 1, 4, 3, 'jpeg', 1),
           (2, 'images/b.jpg', 'copied', 'b.jpg', '${'b'.repeat(64)}', 1, 4, 3, 'jpeg', 1);
    INSERT INTO labels VALUES (2, 1);
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'resnet18', 'cpu', '{}', '[]', 'accuracy', 0, '[]', '{}', 1);`);

  migrate(connection);

  expect(labelledImages(connection)).toMatchObject([{ id: 2, path: 'images/b.jpg', class_names: ['nut'] }]);
  expect(connection.prepare('SELECT id, is_labelled FROM images').all()).toEqual([
    { id: 1, is_labelled: 0 },
    { id: 2, is_labelled: 1 },
  ]);
  expect(runById(connection, 'r0001').thresholds).toBeNull();
  connection.close();
});

test('the fourth migration keeps the labels of before, which no object stands behind, and takes objects', () => {
  const connection = oldDatabase(3);
  connection.execute(`
    INSERT INTO classes VALUES (1, 'nut'), (2, 'fig');
    INSERT INTO images (id, path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms,
      is_labelled)
    VALUES (7, 'images/a.jpg', 'copied', 'a.jpg', '${'a'.repeat(64)}', 1, 4, 3, 'jpeg', 1, 1);
    INSERT INTO labels VALUES (7, 1);`);

  migrate(connection);
  const object = { ...NO_FLAGS, class_name: 'fig', shape: { kind: 'box', xyxy: [0, 0, 2, 1] } } as const;
  const [id] = addAnnotations(connection, 7, [object]);

  expect(labelledImages(connection)).toMatchObject([{ id: 7, class_names: ['fig', 'nut'] }]);
  expect(annotationsOf(connection, 7)).toEqual([{ ...object, id, xyxy: [0, 0, 2, 1], area_px2: 2 }]);
  connection.close();
});

test('the seventh migration leaves runs of before as they were, trials of no sweep', () => {
  const connection = oldDatabase(6);
  connection.execute(`
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'resnet18', 'cpu', '{}', '[]', 'accuracy', 0, '[]', '{}', 1);`);

  migrate(connection);

  expect(runSummary(connection, 'r0001')).toMatchObject({ id: 'r0001', state: 'completed', trial: null });
  expect(sweepSummaries(connection)).toEqual([]);
  connection.close();
});

test('a later migration runs once, on top of the data that is there', () => {
  const { connection } = madeProject();

  migrate(connection, [...MIGRATIONS, next]);
  migrate(connection, [...MIGRATIONS, next]);

  expect(connection.prepare('SELECT x FROM later').all()).toEqual([{ x: 5 }]);
  expect(connection.prepare('SELECT name FROM project').get()).toEqual({ name: 'p' });
  expect(schemaVersion(connection)).toBe(SCHEMA_VERSION + 1);
  connection.close();
});

test('a migration that fails leaves the version before it, whole', () => {
  const { folder, connection } = madeProject();
  const before = tables(connection);

  expect(() => migrate(connection, [...MIGRATIONS, broken])).toThrow(/nowhere/);

  expect(tables(connection)).toEqual(before);
  expect(schemaVersion(connection)).toBe(SCHEMA_VERSION);
  connection.close();
  openProject(folder, { ...me, access: 'write' }).close();
});

test('the fifth migration gives classes and images of before no colour, no tag and nothing to take back', () => {
  const connection = oldDatabase(4);
  connection.execute(`
    INSERT INTO classes VALUES (1, 'nut');
    INSERT INTO images (id, path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms,
      is_labelled)
    VALUES (7, 'images/a.jpg', 'copied', 'a.jpg', '${'a'.repeat(64)}', 1, 4, 3, 'jpeg', 1, 1);
    INSERT INTO labels VALUES (7, 1);`);

  migrate(connection);

  expect(imageCards(connection, [7])).toMatchObject([{ id: 7, classes: ['nut'], tags: [], object_count: 0 }]);
  expect(connection.prepare('SELECT name, color FROM classes').all()).toEqual([{ name: 'nut', color: null }]);
  expect(editHistory(connection)).toEqual({ undo: null, redo: null });
  connection.close();
});

test('the eighth migration keeps epochs of before, of whose classes nothing is known', () => {
  const connection = oldDatabase(7);
  connection.execute(`
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'yolov5', 'cpu', '{}', '[]', 'mean_average_precision', 0, '[]', '{}', 1);
    INSERT INTO epochs VALUES ('r0001', 1, 0.5, NULL, 0.01, '{"mean_average_precision":0.75}', 3, 12, 1);`);

  migrate(connection);

  expect(epochsOf(connection, 'r0001')).toMatchObject([
    { metrics: { mean_average_precision: 0.75 }, data_wait_seconds: 1, per_label_metrics: null },
  ]);
  connection.close();
});

test('the tenth migration numbers changes from then on, of runs that were there as well', () => {
  const connection = oldDatabase(9);
  connection.execute(`
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
                      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'resnet18', 'cpu', '{}', '[]', 'accuracy', 0, '[]', '{}', 1);`);

  migrate(connection);

  expect(latestRevision(connection)).toBe(0);
  addRunNotes(connection, 'r0001', ['looked at']);
  expect([...changesSince(connection, 0).runs]).toEqual(['r0001']);
  connection.close();
});

test('the sixth migration gives images of before a journal that begins empty', () => {
  const connection = oldDatabase(5);
  connection.execute(`
    INSERT INTO images (id, path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms,
      is_labelled)
    VALUES (7, 'images/a.jpg', 'copied', 'a.jpg', '${'a'.repeat(64)}', 1, 4, 3, 'jpeg', 1, 1);`);
  connection.execute(`
    INSERT INTO classes VALUES (1, 'fig', NULL);
    INSERT INTO annotations VALUES (5, 7, 1, 'box', 0, 0, 2, 1, 2, NULL, 0, 0, 0, 0);`);

  migrate(connection);

  const object = { ...NO_FLAGS, class_name: 'fig', shape: { kind: 'box', xyxy: [0, 0, 2, 1] } } as const;

  expect(historyOf(connection, 7, 9)).toEqual([]);
  const edit = { image_id: 7, name: 'remove', changes: [{ type: 'remove', before: { ...object, id: 5 } }] } as const;
  makeGesture(connection, edit, { made_by: 'ann', made_at_ms: 3 });
  undoGesture(connection, 7);
  expect(annotationsOf(connection, 7)).toEqual([{ ...object, id: 5, xyxy: [0, 0, 2, 1], area_px2: 2 }]);
  connection.close();
});

test('the ninth migration gives images of before a review that is to do, and their history no edits of which no image is known', () => {
  const connection = oldDatabase(8);
  connection.execute(`
    INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES ('images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 4, 3, 'png', 1);
    INSERT INTO edits (title, created_at_ms) VALUES ('put 1 image in test', 5);
    INSERT INTO edit_changes (edit_id, table_name, change, row_json) VALUES (1, 'images', 'update', '[1,null,0]');
    UPDATE images SET split = 'test';`);

  migrate(connection);

  expect(imageCards(connection, [1])).toMatchObject([
    { review: { state: 'to-do', note: '' }, labelling_ms: 0, split: 'test' },
  ]);
  expect(historyOf(connection, 1, 9)).toEqual([]);
  connection.close();
});

test('the twelfth migration keeps edits of before for the history alone, and gives no class an id that there was', () => {
  const connection = oldDatabase(11);
  connection.execute(`
    INSERT INTO classes VALUES (1, 'nut', NULL), (6, 'fig', NULL);
    INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES ('images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 4, 3, 'png', 1);
    INSERT INTO edits (title, created_at_ms, made_by) VALUES ('put 1 image in test', 5, 'ann');
    INSERT INTO edit_changes (edit_id, table_name, change, row_json, image_id)
    VALUES (1, 'images', 'update', '[1,null,0]', 1);
    INSERT INTO gestures (image_id, name, changes_json, was_labelled, made_by, made_at_ms, state)
    VALUES (1, 'set classes', '[{"type":"labels","before":[],"after":["nut"]}]', 0, 'ann', 6, 'done');
    INSERT INTO labels VALUES (1, 1);
    UPDATE images SET is_labelled = 1;`);

  migrate(connection);

  expect(editHistory(connection)).toEqual({ undo: null, redo: null });
  expect(historyOf(connection, 1, 9).map(({ scope, made_by }) => [scope, made_by])).toEqual([
    ['image', 'ann'],
    ['many', 'ann'],
  ]);
  undoGesture(connection, 1);
  expect(imageCards(connection, [1])).toMatchObject([{ classes: [], is_labelled: false }]);
  connection.prepare('DELETE FROM classes WHERE id = 6').run();
  addClass(connection, 'pear');
  expect(connection.prepare("SELECT id FROM classes WHERE name = 'pear'").get()).toEqual({ id: 7 });
  connection.close();
});

test('the fourteenth migration leaves objects of before to people', () => {
  const connection = oldDatabase(13);
  connection.execute(`
    INSERT INTO classes (id, name) VALUES (1, 'fig');
    INSERT INTO images (id, path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES (7, 'images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 4, 3, 'png', 1);
    INSERT INTO annotations VALUES (5, 7, 1, 'box', 0, 0, 2, 1, 2, NULL, 0, 0, 0, 0);`);

  migrate(connection);

  expect(annotationsOf(connection, 7)).toEqual([
    {
      ...NO_FLAGS,
      id: 5,
      class_name: 'fig',
      shape: { kind: 'box', xyxy: [0, 0, 2, 1] },
      xyxy: [0, 0, 2, 1],
      area_px2: 2,
    },
  ]);
  connection.close();
});

test('the eleventh migration leaves images of before without a model’s word', () => {
  const connection = oldDatabase(10);
  connection.execute(`
    INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES ('images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 4, 3, 'png', 1);`);

  migrate(connection);

  expect(newestPrediction(connection, 1)).toBeNull();
  connection.close();
});

test('the thirteenth migration keeps what runs have said, and lets models that are no runs say something', () => {
  const connection = oldDatabase(12);
  connection.execute(`
    INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES ('images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 4, 3, 'png', 1);
    INSERT INTO runs (id, number, state, model, device, params_json, notes_json, primary_metric, seed, classes_json,
      split_json, created_at_ms)
    VALUES ('r0001', 1, 'completed', 'yolov5', 'cpu', '{}', '[]', 'accuracy', 0, '[]', '{}', 1);
    INSERT INTO predictions (id, run_id, image_id, made_at_ms, kind, found_json, settled_json, entropy01, closeness01)
    VALUES (7, 'r0001', 1, 5, 'classes', '[["fig",0.5]]', '[0]', 1, 1);`);

  migrate(connection);

  const found = { kind: 'classes', classes: [{ class_name: 'fig', probability: 0.5 }] } as const;
  expect(newestPrediction(connection, 1)).toEqual({ run_id: 'r0001', image_id: 1, made_at_ms: 5, found, settled: [0] });
  const said = { image_id: 1, made_at_ms: 6, found, entropy01: 1, closeness01: 1, disagreement01: 0 };
  putPrediction(connection, { run_id: 'm0001', ...said });
  expect(newestPrediction(connection, 1)!.run_id).toBe('m0001');
  connection.execute('DELETE FROM images');
  expect(newestPrediction(connection, 1)).toBeNull();
  connection.close();
});

test('the fifteenth migration leaves objects without a track, and those that an edit removed before come back', () => {
  const connection = oldDatabase(14);
  connection.execute(`
    INSERT INTO project (id, name, task, created_at_ms) VALUES (1, 'p', 'image-object-detection', 1);
    INSERT INTO classes (id, name) VALUES (1, 'nut');
    INSERT INTO images (path, storage, source_url, sha256, size_bytes, width_px, height_px, format, created_at_ms)
    VALUES ('images/a.png', 'copied', 'a.png', '${'0'.repeat(64)}', 1, 40, 30, 'png', 1);
    INSERT INTO edits (title, created_at_ms, made_by) VALUES ('remove the labels of 1 image', 5, 'ann');
    INSERT INTO edit_changes (edit_id, part, key_json, before_json, after_json, image_id)
    VALUES (1, 'annotations', '[3]', '[1,1,"box",2,3,10,9,48,null,0,0,1,0,null]', NULL, 1);`);

  migrate(connection);
  undoEdit(connection);

  expect(annotationsOf(connection, 1)).toEqual([
    {
      ...{ ...NO_FLAGS, is_occluded: true, id: 3, class_name: 'nut', area_px2: 48 },
      ...{ shape: { kind: 'box', xyxy: [2, 3, 10, 9] }, xyxy: [2, 3, 10, 9] },
    },
  ]);
  expect(frameOf(connection, 1)).toBeNull();
  connection.close();
});

test('the sixteenth migration leaves tracks without a name', () => {
  const connection = oldDatabase(15);
  connection.execute(`
    INSERT INTO sequences (id, name, source) VALUES (1, 'walk', 'walk every 1');
    INSERT INTO tracks (sequence_id) VALUES (1), (1);`);

  migrate(connection);

  const named = ensureTrack(connection, 1, 'walk.xml#0');
  expect([named, ensureTrack(connection, 1, 'walk.xml#0'), addTrack(connection, 1)]).toEqual([3, 3, 4]);
  connection.close();
});

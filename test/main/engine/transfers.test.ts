import { existsSync, mkdirSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type EngineOptions, openEngine, type Workbench } from '../../../main/engine.ts';
import { createProject } from '../../../main/store/project.ts';
import type { Task } from '../../../preload/contract/tasks.ts';
import type { ImportRequest, TransferState } from '../../../preload/contract/transfers.ts';
import { zipOf } from '../../kit/archives.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeFolderSet, writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { eventually } from '../../kit/eventually.ts';
import { stuckFfmpeg } from '../../kit/ffmpeg.ts';
import { tempFolder } from '../../kit/folders.ts';

interface Opened {
  readonly root: string;
  readonly engine: Workbench;
}

function opened(task: Task = 'image-classification', options: Partial<EngineOptions> = {}): Opened {
  const root = tempFolder();
  const folder = join(root, 'project');
  createProject(folder, { clock: new FakeClock(), owner: 'test', task }).close();
  const logBug = (error: unknown) => {
    throw error;
  };
  const parts = { clock: new FakeClock(), logBug, home: tempFolder(), threads: 2, roots: [root] };
  const engine = openEngine(folder, { ...parts, ...options });
  onTestFinished(() => engine.close());
  return { root, engine };
}

const requestFor = (path: string, change: Partial<ImportRequest> = {}): ImportRequest => ({
  ...{
    path,
    format: 'auto',
    images_folder: null,
    frames: null,
    split: null,
    copy: true,
    classes: [],
    splits: [],
    expected: null,
  },
  ...change,
});

async function last<E extends { readonly type: string }>(events: AsyncIterable<E>): Promise<E> {
  let seen: E | null = null;
  for await (const event of events) seen = event;
  return seen!;
}

const ended = (engine: Workbench): Promise<TransferState> =>
  new Promise((resolve) => {
    const stop = engine.onTransferChanged((state) => {
      if (state.active !== null) return;
      stop();
      resolve(state);
    });
  });

/** Two classes in the folders of two parts, and a picture that is none. */
async function writeParts(root: string): Promise<string> {
  const set = join(root, 'set');
  await writeFolderSet(join(set, 'train'), { kat: 2, dog: 1 });
  await writePhoto(join(set, 'dev', 'kat', 'z.png'), 99);
  writeFileSync(join(set, 'train', 'dog', 'broken.png'), 'no picture');
  return set;
}

test('a source is surveyed, tried without a trace, and imported as it was mapped', async () => {
  const { root, engine } = opened();
  const set = await writeParts(root);
  const desk = engine.transfers();

  const surveyed = await last(desk.survey({ path: set, format: 'auto', images_folder: null, frames: null }, undefined));
  expect(surveyed).toMatchObject({
    survey: {
      ...{ format: 'folder', formats: ['folder'], images: 5, problem_count: 0 },
      classes: [
        { name: 'dog', images: 2, objects: 0 },
        { name: 'kat', images: 3, objects: 0 },
      ],
      splits: [
        { name: 'dev', images: 1, becomes: 'validation' },
        { name: 'train', images: 4, becomes: 'train' },
      ],
    },
  });
  const request = requestFor(set, {
    classes: [{ from: 'kat', to: 'cat' }],
    splits: [{ from: 'dev', to: 'test' }],
  });
  const tried = await last(desk.check(request, undefined));
  expect(tried).toMatchObject({ report: { dry_run: true, added: 4, classes: { cat: 3, dog: 1 } } });
  expect(engine.projectOverview()?.image_count).toBe(0);

  const end = ended(engine);
  desk.startImport(request);
  const { last: outcome, unfinished } = await end;

  expect(outcome).toMatchObject({ kind: 'imported', report: { dry_run: false, added: 4, cancelled: false } });
  expect(outcome?.kind === 'imported' && outcome.report.skipped.map(({ where }) => where)).toEqual([
    expect.stringContaining('broken.png'),
  ]);
  expect(unfinished).toBeNull();
  expect(engine.projectOverview()).toMatchObject({ image_count: 4, splits: { train: 3, validation: 0, test: 1 } });
});

test('an archive that is surveyed, tried and imported is unpacked once', async () => {
  const { root, engine } = opened();
  const path = join(root, 'set.zip');
  const picture = readFileSync(await writePhoto(join(tempFolder(), 'a.png'), 1));
  const broken = { path: 'set/bolt/b.png', bytes: Buffer.from('no picture') };
  writeFileSync(path, zipOf([{ path: 'set/nut/a.png', bytes: picture }, broken]));
  const { atimeMs, mtimeMs } = statSync(path);
  const desk = engine.transfers();
  await last(desk.survey({ path, format: 'auto', images_folder: null, frames: null }, undefined));
  // The same file by all that is known of it, from which nothing could be unpacked any more.
  writeFileSync(path, Buffer.alloc(statSync(path).size));
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);

  const tried = await last(desk.check(requestFor(path), undefined));
  const end = ended(engine);
  desk.startImport(requestFor(path));
  const { last: outcome } = await end;

  expect(tried).toMatchObject({ report: { added: 1 } });
  expect(outcome).toMatchObject({ kind: 'imported', report: { added: 1, classes: { nut: 1 } } });
});

test('what is drawn while an import is tried is kept', async () => {
  const { root, engine } = opened();
  const set = await writeParts(root);
  const checking = last(engine.transfers().check(requestFor(set), undefined));

  await engine.data().edit({ kind: 'class-add', name: 'quince' });

  await checking;
  expect(engine.data().facts().classes).toMatchObject([{ name: 'quince' }]);
});

test('an import that was stopped is offered again, with an engine started anew too, and goes on', async () => {
  const { root, engine } = opened();
  const set = await writeFolderSet(join(root, 'set'), { apple: 40, pear: 40 });
  const request = requestFor(set, { classes: [{ from: 'pear', to: 'fruit' }] });
  const stopped = ended(engine);
  engine.transfers().startImport(request);
  expect((await appErrorOf(() => engine.transfers().startImport(request))).code).toBe('transfer-under-way');
  engine.transfers().stop();
  const state = await stopped;
  expect(state).toMatchObject({ last: { kind: 'imported', report: { cancelled: true } }, unfinished: request });
  const had = engine.projectOverview()!.image_count;
  await engine.close();

  const again = openEngine(join(root, 'project'), {
    ...{ clock: new FakeClock(), logBug: () => {}, home: tempFolder(), threads: 2, roots: [root] },
  });
  onTestFinished(() => again.close());
  expect(again.transfers().state().unfinished).toEqual(request);
  const done = ended(again);
  again.transfers().startImport(again.transfers().state().unfinished!);
  const { last: outcome } = await done;

  expect(outcome).toMatchObject({ report: { added: 80 - had, already_present: had } });
  expect(again.transfers().state().unfinished).toBeNull();
  expect(
    again
      .data()
      .facts()
      .classes.map(({ name }) => name),
  ).toEqual(['apple', 'fruit']);
});

test('a project is left while its import goes on, and the import comes to its end', async () => {
  const { root, engine } = opened();
  const set = await writeFolderSet(join(root, 'set'), { apple: 12 });
  engine.transfers().startImport(requestFor(set));

  engine.projects.close();

  await eventually(() => expect(existsSync(join(root, 'project', 'import-under-way.json'))).toBe(false));
  engine.projects.open(join(root, 'project'));
  expect(engine.projectOverview()?.image_count).toBe(12);
});

test('nothing outside the folders given is read: no source, no picture that a record names, no folder written', async () => {
  const { root, engine } = opened();
  const outside = tempFolder();
  const secret = await writePhoto(join(outside, 'secret.png'), 3);
  const own = await writePhoto(join(root, 'own.png'), 4);
  const list = join(root, 'list.jsonl');
  writeFileSync(list, [secret, own].map((path) => JSON.stringify({ image_url: path, label: 'a' })).join('\n'));
  const desk = engine.transfers();

  for (const refused of [
    () => last(desk.survey({ path: outside, format: 'auto', images_folder: null, frames: null }, undefined)),
    () => last(desk.check(requestFor(root, { images_folder: outside }), undefined)),
    () => desk.startImport(requestFor(outside)),
    () => desk.startExport({ format: 'jsonl', parent: outside, name: 'out', split: null, with_images: true }),
  ]) {
    expect((await appErrorOf(refused)).code).toBe('folder-not-allowed');
  }
  const checked = await last(desk.check(requestFor(list), undefined));
  expect(checked).toMatchObject({ report: { added: 1, skipped: [{ code: 'image-missing' }] } });
});

test('an export is tried with its losses told, written, and refused where something is already', async () => {
  const { root, engine } = opened('image-object-detection');
  mkdirSync(join(root, 'set'));
  await writePhoto(join(root, 'set', 'a.png'), 1);
  const truth = {
    images: [{ id: 1, file_name: 'a.png', width: 24, height: 18 }],
    categories: [{ id: 1, name: 'leaf' }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, bbox: [2, 2, 8, 8], area: 64, iscrowd: 1 }],
  };
  writeFileSync(join(root, 'set', 'coco.json'), JSON.stringify(truth));
  const imported = ended(engine);
  engine.transfers().startImport(requestFor(join(root, 'set', 'coco.json')));
  await imported;
  const desk = engine.transfers();
  const request = { format: 'yolo', parent: root, name: 'out', split: null, with_images: true } as const;

  expect(desk.exportFormats()).toContain('coco');
  const tried = await last(desk.checkExport(request, undefined));
  expect(tried).toMatchObject({ report: { images: 1, objects: 1, not_kept: [expect.stringContaining('crowd')] } });
  expect(existsSync(join(root, 'out'))).toBe(false);

  const written = ended(engine);
  desk.startExport(request);
  expect(await written).toMatchObject({ last: { kind: 'exported', report: { images: 1, folder: join(root, 'out') } } });
  expect((await appErrorOf(() => last(desk.checkExport(request, undefined)))).code).toBe('folder-exists');
  renameSync(join(root, 'project', 'images'), join(root, 'elsewhere'));
  const without = await last(desk.checkExport({ ...request, name: 'again' }, undefined));
  expect(without).toMatchObject({ report: { missing: [expect.stringContaining('is not there')] } });
});

test('frames are surveyed, tried and imported at the chosen step, which the report tells; what has none refuses it', async () => {
  const { root, engine } = opened('image-object-detection');
  const walk = join(root, 'walk');
  mkdirSync(walk);
  for (let i = 0; i < 5; i++) await writePhoto(join(walk, `frame${i}.png`), i);
  const request = requestFor(walk, { format: 'sequence', frames: { every: 2 } });
  const desk = engine.transfers();

  const surveyed = await last(desk.survey(request, undefined));
  const tried = await last(desk.check(request, undefined));
  const done = ended(engine);
  desk.startImport(request);

  expect(surveyed).toMatchObject({ survey: { format: 'sequence', images: 3 } });
  expect(tried).toMatchObject({ report: { dry_run: true, added: 3, frames: { every: 2 } } });
  expect(await done).toMatchObject({ last: { kind: 'imported', report: { added: 3, frames: { every: 2 } } } });
  const set = await writeParts(root);
  const refused = await appErrorOf(() => last(desk.survey({ ...request, path: set, format: 'folder' }, undefined)));
  expect([refused.code, refused.message]).toEqual([
    ...['bad-argument', expect.stringContaining('is read as folder, which has no frames to choose from (every 2)')],
  ]);
});

test('an import that is stopped while frames are taken out of its video is cancelled, and can be gone on with', async () => {
  const { root, engine } = opened('image-object-detection');
  await stuckFfmpeg(50);
  const clip = join(root, 'clip.mp4');
  writeFileSync(clip, 'x');

  engine.transfers().startImport(requestFor(clip, { frames: { per_second: 2 } }));
  const progress = () => engine.transfers().state().active?.progress;
  await eventually(() => expect(progress()).toMatchObject({ of: 'frames', done: 1, total: 100 }));
  engine.transfers().stop();
  await eventually(() => expect(engine.transfers().state().active).toBeNull());

  const { last, unfinished } = engine.transfers().state();
  expect(last).toMatchObject({ kind: 'imported', report: { cancelled: true, read: 0 } });
  expect(unfinished).toMatchObject({ path: clip });
});

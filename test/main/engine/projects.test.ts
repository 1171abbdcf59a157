import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { type EngineOptions, openEngine, type Workbench } from '../../../main/engine.ts';
import { AllowedFolders } from '../../../main/projects/allowed-folders.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import { createProject, openProject } from '../../../main/store/project.ts';
import type { HealthReport } from '../../../preload/contract/projects.ts';
import { allOf } from '../../kit/all-of.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeFolderSet } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { eventually } from '../../kit/eventually.ts';
import { tempFolder } from '../../kit/folders.ts';
import { SMALL, writeShades } from '../../kit/training.ts';

const identity = { clock: new FakeClock(), owner: 'test' };
const bugs: unknown[] = [];

function engineOn(folder: string | null, options: Partial<EngineOptions> = {}): Workbench {
  const parts = {
    clock: new FakeClock(),
    logBug: (error: unknown) => bugs.push(error),
    home: tempFolder(),
    threads: 2,
  };
  const engine = openEngine(folder, { ...parts, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

/** A project of four pictures below `root`, closed. */
async function fruitIn(root: string, name = 'fruit'): Promise<string> {
  const folder = join(root, name);
  const project = createProject(folder, { ...identity, task: 'image-classification' });
  await importDataset(project, await writeFolderSet(join(root, `${name} pictures`), { apple: 2, pear: 2 }));
  project.close();
  return folder;
}

async function verified(engine: Workbench): Promise<HealthReport> {
  for await (const event of engine.projects.verify(undefined)) if (event.type === 'done') return event.report;
  throw new Error('it ended without a report');
}

test('projects are made and opened below the folders given, watched anew, and remembered', async () => {
  const root = tempFolder();
  const engine = engineOn(null, { roots: [root] });
  const names: (string | null)[] = [];
  engine.onProjectChanged((project) => names.push(project?.name ?? null));

  expect(engine.projects.home()).toEqual({ recent: [], roots: [root] });
  engine.projects.create({ parent: root, name: 'Nuts & bolts', task: 'image-classification' });
  const other = await fruitIn(root);
  engine.projects.open(other);
  await engine.projects.rename('Fruit of the day');
  engine.projects.close();

  expect(names).toEqual(['Nuts & bolts', 'fruit', 'Fruit of the day', null]);
  expect(engine.projects.home().recent.map(({ name, is_there }) => [name, is_there])).toEqual([
    ['fruit', true],
    ['Nuts & bolts', true],
  ]);
  expect(engine.projects.folders(null).folders.map(({ name, is_project }) => [name, is_project])).toEqual([
    ['fruit', true],
    ['fruit pictures', false],
    ['Nuts & bolts', true],
  ]);
  expect(engine.projects.folders(null).parent).toBeNull();
});

test('nothing is opened, made, listed or searched outside the folders given, by dots or links either', async () => {
  const [root, outside] = [tempFolder(), tempFolder()];
  await fruitIn(outside);
  const own = await fruitIn(root);
  symlinkSync(outside, join(root, 'way out'));
  const engine = engineOn(own, { roots: [] });
  const { projects } = engineOn(null, { roots: [root] });
  const refused = [
    () => projects.open(join(outside, 'fruit')),
    () => projects.open(join(root, '..', outside, 'fruit')),
    () => projects.open(join(root, 'way out', 'fruit')),
    () => projects.create({ parent: outside, name: 'a', task: 'image-classification' }),
    () => projects.folders(outside),
    () => projects.folders(join(root, '..')),
    () => engine.projects.folders(root),
    () => engine.projects.repair({ search: outside, forget_missing: false }),
  ];

  for (const attempt of refused) expect((await appErrorOf(attempt)).code).toBe('folder-not-allowed');
  expect(
    (await appErrorOf(() => projects.create({ parent: root, name: '../a', task: 'image-classification' }))).code,
  ).toBe('bad-argument');
  expect(engine.projects.folders(own).folders.map(({ name }) => name)).toContain('images');
  expect(new AllowedFolders(null).check('/anywhere')).toBe('/anywhere');
});

test('a run goes on when its project is left, and is there again when one comes back', async () => {
  const root = tempFolder();
  const [first, second] = [join(root, 'shades'), await fruitIn(root)];
  const project = createProject(first, { ...identity, task: 'image-classification' });
  await importDataset(project, await writeShades(join(root, 'pictures'), 6));
  project.close();
  const engine = engineOn(first, { roots: [root] });
  const params = { ...SMALL, number_of_epochs: 200 };
  const run = await engine.training().start({ model: 'resnet18', params, device: 'cpu', weights: null });

  engine.projects.open(second);
  expect(engine.runHeads()).toEqual([]);
  const reader = openProject(first, { ...identity, access: 'read' });
  onTestFinished(reader.close);
  await eventually(() => expect(reader.db.prepare('SELECT count(*) AS n FROM epochs').get()).not.toEqual({ n: 0 }));
  engine.projects.open(first);

  expect(engine.runSummary(run)?.state).toBe('running');
  await engine.training().stop(run);
  await eventually(() => expect(engine.runSummary(run)?.state).toBe('cancelled'));
});

test('a copy has everything under its own name, and the first stays as it was', async () => {
  const root = tempFolder();
  const engine = engineOn(await fruitIn(root), { roots: [root] });
  const events = await allOf(engine.projects.duplicate(root, 'second', undefined));
  const copy = join(root, 'second');

  expect(events.at(-1)).toEqual({ type: 'done', folder: copy });
  engine.projects.open(copy);
  expect(engine.projectOverview()).toMatchObject({ name: 'second', image_count: 4 });
  expect(await verified(engine)).toMatchObject({ images: 4, missing_count: 0, changed_count: 0, is_kept: true });
  expect((await appErrorOf(() => allOf(engine.projects.duplicate(root, 'second', undefined)))).code).toBe(
    'folder-exists',
  );
});

test('what is missing, changed or strange is named; missing images come back by content or are let go', async () => {
  const root = tempFolder();
  const folder = await fruitIn(root);
  const engine = engineOn(folder, { roots: [root] });
  const reader = openProject(folder, { ...identity, access: 'read' });
  const files = labelledImages(reader.db).map((image) => imageFile(folder, image));
  reader.close();
  const elsewhere = join(root, 'elsewhere');
  mkdirSync(elsewhere);
  renameSync(files[0]!, join(elsewhere, 'under another name.png'));
  rmSync(files[1]!);
  writeFileSync(files[2]!, 'not what was imported');
  writeFileSync(join(folder, 'images', 'stray.png'), 'nobody knows me');

  const before = await verified(engine);
  const found = await engine.projects.repair({ search: elsewhere, forget_missing: false });
  const forgotten = await engine.projects.repair({ search: null, forget_missing: true });
  const compacted = await engine.projects.compact();
  const after = await verified(engine);

  expect(before).toMatchObject({ images: 4, missing_count: 2, changed_count: 1, database: [], is_kept: false });
  expect(before.strays).toEqual(['images/stray.png']);
  expect([found, forgotten]).toEqual([
    { found: 1, forgotten: 0 },
    { found: 0, forgotten: 1 },
  ]);
  expect(compacted.removed_files).toBe(1);
  expect(after).toMatchObject({ images: 3, missing_count: 0, changed_count: 1, strays: [] });
});

test('a damaged database is refused with the time of the last good state, which takes its place on demand', async () => {
  const root = tempFolder();
  const folder = await fruitIn(root);
  const engine = engineOn(folder, { roots: [root] });
  await verified(engine);
  engine.projects.close();
  for (const suffix of ['-wal', '-shm']) rmSync(join(folder, `project.sqlite${suffix}`), { force: true });
  writeFileSync(join(folder, 'project.sqlite'), 'a disk has written this over the database'.repeat(100));

  const error = await appErrorOf(() => engine.projects.open(folder));
  expect(error).toMatchObject({ code: 'project-damaged', details: { kept_at_ms: expect.any(Number) } });
  engine.projects.restore(folder);

  expect(engine.projectOverview()).toMatchObject({ name: 'fruit', image_count: 4 });
  expect((await appErrorOf(() => engine.projects.restore(folder))).code).toBe('file-missing');
});

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { addImage, imageCount } from '../../../main/store/images.ts';
import { createProject, openProject } from '../../../main/store/project.ts';
import { createRun, runById } from '../../../main/store/runs.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { makeReadOnly, noMountReason, smallDisk, tempFolder } from '../../kit/folders.ts';
import { killHard, nextMessage, startProcess } from '../../kit/processes.ts';
import { newRun } from '../../kit/runs.ts';

const me = { clock: new FakeClock(), owner: 'lightbench test' };
const task = 'image-classification';
const holdProject = join(import.meta.dirname, 'hold-project.ts');

function image(n: number) {
  return {
    path: `images/${n}.jpg`,
    storage: 'copied' as const,
    source_url: `photos/${n}.jpg`,
    sha256: String(n).padStart(64, '0'),
    size_bytes: 10,
    width_px: 4,
    height_px: 3,
    format: 'jpeg',
    split: null,
    created_at_ms: 1,
  };
}

test('a created project opens again with its name and task', () => {
  const folder = join(tempFolder(), 'parts');

  createProject(folder, { ...me, task }).close();

  expect(readdirSync(folder).sort()).toEqual(['bundles', 'images', 'project.lock', 'project.sqlite', 'runs', 'sweeps']);
  const project = openProject(folder, { ...me, access: 'read' });
  expect(project.info).toEqual({ name: 'parts', task, created_at_ms: me.clock.nowMs() });
  project.close();
});

test('a moved project folder opens at its new place', () => {
  const parent = tempFolder();
  createProject(join(parent, 'a'), { ...me, task, name: 'named' }).close();

  renameSync(join(parent, 'a'), join(parent, 'b'));

  const project = openProject(join(parent, 'b'), { ...me, access: 'write' });
  expect(project.info.name).toBe('named');
  project.close();
});

test('the database is in WAL mode, full synchronous, with foreign keys on', () => {
  const project = createProject(join(tempFolder(), 'p'), { ...me, task });

  const pragma = (name: string) => Object.values(project.db.prepare(`PRAGMA ${name}`).get() as object)[0];

  expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
  project.close();
});

describe('create refuses', () => {
  test('a folder with something in it, and leaves that alone', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'thesis.txt'), 'years of work');

    const error = await appErrorOf(() => createProject(folder, { ...me, task }));

    expect(error.code).toBe('folder-exists');
    expect(error.message).toContain('thesis.txt');
    expect(readdirSync(folder)).toEqual(['thesis.txt']);
  });

  test('a folder that is a project already', async () => {
    const folder = join(tempFolder(), 'p');
    createProject(folder, { ...me, task }).close();

    const error = await appErrorOf(() => createProject(folder, { ...me, task }));

    expect([error.code, error.message]).toEqual(['folder-exists', `create project: ${folder} is a project already`]);
  });

  test('a path below a file', async () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');

    const error = await appErrorOf(() => createProject(join(file, 'p'), { ...me, task }));

    expect([error.code, error.message]).toEqual([
      'folder-unwritable',
      `create project: cannot write in ${join(file, 'p')} (ENOTDIR)`,
    ]);
  });

  test.skipIf(noMountReason !== null)(`a read-only disk${noMountReason ? ` (${noMountReason})` : ''}`, async () => {
    const disk = smallDisk(1 << 20);
    makeReadOnly(disk);

    const error = await appErrorOf(() => createProject(join(disk, 'p'), { ...me, task }));

    expect([error.code, error.message]).toEqual([
      'folder-unwritable',
      `create project: cannot write in ${join(disk, 'p')} (EROFS)`,
    ]);
  });

  test.skipIf(noMountReason !== null)(`a full disk${noMountReason ? ` (${noMountReason})` : ''}`, async () => {
    const disk = smallDisk(32 * 1024);

    const error = await appErrorOf(() => createProject(join(disk, 'p'), { ...me, task }));

    expect(error.code).toBe('disk-full');
    expect(error.message).toMatch(new RegExp(`the disk of ${join(disk, 'p')} is full \\(free: \\d+ bytes\\)`));
  });
});

test('what a crash leaves of a half-made project does not stand in the way of the next attempt', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'project.sqlite.partial'), 'torn');

  createProject(folder, { ...me, task }).close();

  expect(existsSync(join(folder, 'project.sqlite.partial'))).toBe(false);
});

describe('open refuses', () => {
  test('a folder that is no project', async () => {
    const folder = tempFolder();

    const missing = await appErrorOf(() => openProject(join(folder, 'x'), { ...me, access: 'read' }));
    const empty = await appErrorOf(() => openProject(folder, { ...me, access: 'write' }));

    expect([missing.code, missing.message]).toEqual([
      'not-a-project',
      `open project ${join(folder, 'x')}: it does not exist`,
    ]);
    expect([empty.code, empty.message]).toEqual(['not-a-project', `open project ${folder}: it has no project.sqlite`]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("another program's database, without touching it", async () => {
    const folder = tempFolder();
    const foreign = new Database(join(folder, 'project.sqlite'));
    foreign.exec('CREATE TABLE theirs (x)');
    foreign.close();
    const before = readFileSync(join(folder, 'project.sqlite'));

    const error = await appErrorOf(() => openProject(folder, { ...me, access: 'write' }));

    expect(error.code).toBe('not-a-project');
    expect(readFileSync(join(folder, 'project.sqlite'))).toEqual(before);
  });

  test('a file that is no database', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'project.sqlite'), 'x'.repeat(5000));

    const error = await appErrorOf(() => openProject(folder, { ...me, access: 'read' }));

    expect(error.code).toBe('project-damaged');
    expect(error.message).toContain(folder);
  });

  test.each(['read', 'write'] as const)('a database newer than the program (%s)', async (access) => {
    const folder = join(tempFolder(), 'p');
    createProject(folder, { ...me, task }).close();
    const later = new Database(join(folder, 'project.sqlite'));
    later.pragma('user_version = 999');
    later.close();

    const error = await appErrorOf(() =>
      access === 'read' ? openProject(folder, { ...me, access }) : openProject(folder, { ...me, access }),
    );

    expect(error.code).toBe('project-too-new');
    expect(error.details).toMatchObject({ folder, got: 999 });
  });
});

describe('two processes', () => {
  test('the second writer is told who holds the project, and readers still read', async () => {
    const folder = join(tempFolder(), 'p');
    createProject(folder, { ...me, task }).close();
    const holder = startProcess(holdProject, [folder]);
    await nextMessage(holder);

    const error = await appErrorOf(() => openProject(folder, { ...me, access: 'write' }));
    const reader = openProject(folder, { ...me, access: 'read' });

    expect(error.code).toBe('project-in-use');
    expect(error.message).toContain(`"lightbench train" (process ${holder.pid})`);
    expect(error.details).toEqual({ project: folder, pid: holder.pid, command: 'lightbench train' });
    expect(runById(reader.db, 'r0001').state).toBe('running');
    reader.close();
  });

  test('kill -9 of the writer frees the project, keeps what it committed and fails its run', async () => {
    const folder = join(tempFolder(), 'p');
    createProject(folder, { ...me, task }).close();
    const holder = startProcess(holdProject, [folder]);
    await nextMessage(holder);

    await killHard(holder);

    const project = openProject(folder, { ...me, access: 'write' });
    expect(project.abandonedRuns).toEqual(['r0001']);
    expect(runById(project.db, 'r0001')).toMatchObject({ state: 'failed', finished_at_ms: me.clock.nowMs() });
    project.close();
  });

  test('within one process too there is one writer', async () => {
    const folder = join(tempFolder(), 'p');
    const first = createProject(folder, { ...me, task });

    const error = await appErrorOf(() => openProject(folder, { ...me, access: 'write' }));

    expect(error.code).toBe('project-in-use');
    first.close();
    openProject(folder, { ...me, access: 'write' }).close();
  });
});

test.skipIf(noMountReason !== null)(
  `a disk that fills up loses the failing transaction and nothing before it${noMountReason ? ` (${noMountReason})` : ''}`,
  async () => {
    const disk = smallDisk(600 * 1024);
    const project = createProject(join(disk, 'p'), { ...me, task });
    let kept = 0;

    const error = await appErrorOf(() => {
      for (;;) {
        project.db.transaction(() => {
          for (let i = 0; i < 10; i++) addImage(project.db, image(kept + i));
        });
        kept += 10;
      }
    });

    expect(error.code).toBe('disk-full');
    expect(error.details).toMatchObject({ folder: project.folder });
    expect(kept).toBeGreaterThan(0);
    expect(imageCount(project.db)).toBe(kept);
    project.close();
  },
);

test('a reader cannot write', () => {
  const folder = join(tempFolder(), 'p');
  createProject(folder, { ...me, task }).close();
  mkdirSync(join(folder, 'images'), { recursive: true });
  const project = openProject(folder, { ...me, access: 'read' });

  // @ts-expect-error a ReadDb is no WriteDb
  expect(() => createRun(project.db, newRun())).toThrow(/cannot write/);
  project.close();
});

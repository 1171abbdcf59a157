import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { imageCount, imageFile, labelledImages } from '../../../main/store/images.ts';
import { imports } from '../../../main/store/imports.ts';
import { openProject, type ReadProject } from '../../../main/store/project.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeFolderSet, writeJsonl, writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { makeReadOnly, noMountReason, smallDisk, tempFolder } from '../../kit/folders.ts';
import { killHard, nextMessage, startProcess } from '../../kit/processes.ts';
import { newProject } from '../../kit/projects.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

const noMount = noMountReason === null ? '' : ` (${noMountReason})`;

/** Images of a project whose file is not exactly what was recorded. */
function damaged({ db, folder }: ReadProject): string[] {
  return labelledImages(db)
    .filter((image) => {
      const bytes = readFileSync(imageFile(folder, image));
      return bytes.length !== image.size_bytes || createHash('sha256').update(bytes).digest('hex') !== image.sha256;
    })
    .map((image) => image.path);
}

test('a folder per class becomes labelled images, copied into the project', async () => {
  const source = await writeFolderSet(tempFolder(), { bolt: 3, nut: 2 });
  const project = newProject();

  const report = await importDataset(project, source);

  expect(report).toMatchObject({
    format: 'folder',
    read: 5,
    added: 5,
    already_present: 0,
    skipped: [],
    classes: { bolt: 3, nut: 2 },
    cancelled: false,
  });
  expect(
    labelledImages(project.db).map(({ class_names, width_px, height_px }) => [...class_names, width_px, height_px]),
  ).toEqual([...Array(3).fill(['bolt', 24, 18]), ...Array(2).fill(['nut', 24, 18])]);
  expect(damaged(project)).toEqual([]);
  expect(imports(project.db)).toEqual([
    { source_path: source, format: 'folder', report, finished_at_ms: project.clock.nowMs() },
  ]);
});

test('too few images are a warning, for the project and per class', async () => {
  const source = await writeFolderSet(tempFolder(), { bolt: 10, nut: 2 });

  const { warnings } = await importDataset(newProject(), source);

  expect(warnings).toEqual(['class "nut" has 2 images; at least 10 are advised']);
});

test('split folders give their images a split', async () => {
  const source = tempFolder();
  await writePhoto(join(source, 'train/nut/a.png'), 1);
  await writePhoto(join(source, 'val/nut/b.png'), 2);
  await writePhoto(join(source, 'test/bolt/c.png'), 3);
  const project = newProject();

  await importDataset(project, source);

  expect(
    labelledImages(project.db)
      .map(({ class_names, split }) => [...class_names, split])
      .sort(),
  ).toEqual([
    ['bolt', 'test'],
    ['nut', 'train'],
    ['nut', 'validation'],
  ]);
});

test('what lies in a tree but is no labelled image is reported', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 1, empty: 0 });
  await writePhoto(join(source, 'stray.png'), 7);
  await writePhoto(join(source, 'nut/deeper/x.png'), 8);
  writeFileSync(join(source, 'nut', 'notes.txt'), 'rusty');
  symlinkSync(join(source, 'gone.png'), join(source, 'nut', 'link.png'));
  symlinkSync(source, join(source, 'nut', 'round'));
  const elsewhere = await writeFolderSet(tempFolder(), { washer: 1 });
  symlinkSync(join(elsewhere, 'washer'), join(source, 'washer'));

  const report = await importDataset(newProject(), source);

  expect(report).toMatchObject({ read: 5, added: 2, classes: { nut: 2 } });
  const lost = 'is a link to nothing, or out of the folder';
  expect(report.skipped.map(({ where, code, reason }) => [where, code, reason])).toEqual([
    [join(source, 'washer'), 'bad-label', lost],
    [join(source, 'stray.png'), 'bad-label', 'lies outside every class folder, so it has no label'],
    [join(source, 'nut/link.png'), 'bad-label', lost],
  ]);
  expect(report.warnings.join('\n')).toContain(`${join(source, 'empty')}: holds no image`);
  expect(report.warnings.join('\n')).toContain(`${join(source, 'nut/round')}: links to a folder that was read already`);
  expect(report.warnings.join('\n')).toContain('1 files are no images by name');
});

test('a folder without class folders, a path that is not there and a lone picture end in an error', async () => {
  const folder = tempFolder();
  await writePhoto(join(folder, 'a.png'), 1);

  const flat = await appErrorOf(() => importDataset(newProject(), folder));
  const gone = await appErrorOf(() => importDataset(newProject(), join(folder, 'gone')));
  const picture = await appErrorOf(() => importDataset(newProject(), join(folder, 'a.png')));

  expect([flat.code, gone.code, picture.code]).toEqual(['bad-argument', 'file-missing', 'bad-argument']);
  expect(picture.message).toContain(`${join(folder, 'a.png')} is none of the formats that are read`);
  expect(flat.message).toContain(`${folder}: expected one sub-folder per class`);
});

describe('bad images are skipped by name and stop nothing:', () => {
  test.each([
    ['a zero-byte file', '', 'image-empty', 'the file is empty (0 bytes)'],
    ['a text file named .jpg', 'just a note', 'image-unreadable', 'got text that begins "just a note"'],
  ] as const)('%s', async (_, content, code, reason) => {
    const source = await writeFolderSet(tempFolder(), { nut: 2 });
    const bad = join(source, 'nut', '1bad.jpg');
    writeFileSync(bad, content);

    const report = await importDataset(newProject(), source);

    expect(report).toMatchObject({ read: 3, added: 2, skipped: [{ where: bad, code }] });
    expect(report.skipped[0]!.reason).toContain(`${bad}: `);
    expect(report.skipped[0]!.reason).toContain(reason);
  });

  test('a truncated photo', async () => {
    const source = await writeFolderSet(tempFolder(), { nut: 2 });
    const cut = join(source, 'nut', '0.png');
    writeFileSync(cut, readFileSync(cut).subarray(0, 300));

    const report = await importDataset(newProject(), source);

    expect(report).toMatchObject({ read: 2, added: 1, skipped: [{ where: cut, code: 'image-truncated' }] });
  });

  test('a missing image', async () => {
    const folder = tempFolder();
    await writePhoto(join(folder, 'a.png'), 1);
    const file = writeJsonl(join(folder, 'x.jsonl'), [
      { image_url: 'gone.png', label: 'nut' },
      { image_url: 'a.png', label: 'nut' },
    ]);

    const report = await importDataset(newProject(), file);

    expect(report).toMatchObject({ read: 2, added: 1 });
    expect(report.skipped).toEqual([
      {
        where: `${file}:1`,
        code: 'image-missing',
        reason: `image "gone.png": there is no ${join(folder, 'gone.png')}`,
      },
    ]);
  });
});

describe('the same picture', () => {
  test('imported twice is recognised and not doubled', async () => {
    const source = await writeFolderSet(tempFolder(), { bolt: 3 });
    const project = newProject();
    await importDataset(project, source);
    const files = readdirSync(join(project.folder, 'images'));

    const again = await importDataset(project, source);

    expect(again).toMatchObject({ read: 3, added: 0, already_present: 3, skipped: [], classes: { bolt: 3 } });
    expect(readdirSync(join(project.folder, 'images'))).toEqual(files);
  });

  test('with two labels keeps the first and names both', async () => {
    const source = await writeFolderSet(tempFolder(), { bolt: 1, nut: 1 });
    const [first, second] = [join(source, 'bolt/0.png'), join(source, 'nut/copy.png')];
    copyFileSync(first, second);

    const report = await importDataset(newProject(), source);

    expect(report).toMatchObject({ added: 2, already_present: 0, classes: { bolt: 1, nut: 1 } });
    expect(report.skipped).toEqual([
      {
        where: second,
        code: 'bad-label',
        reason: `label "nut": the same picture as ${first}, which is labelled "bolt"`,
      },
    ]);
  });

  test('of one name but other content survives beside its namesake', async () => {
    const source = tempFolder();
    await writePhoto(join(source, 'bolt/same name?.png'), 1);
    await writePhoto(join(source, 'nut/same name?.png'), 2);
    const project = newProject();

    const report = await importDataset(project, source);

    expect(report).toMatchObject({ added: 2, skipped: [] });
    expect(readdirSync(join(project.folder, 'images'))).toHaveLength(2);
    expect(labelledImages(project.db).every(({ path }) => /^images\/[0-9a-f]{16}-same_name_\.png$/.test(path))).toBe(
      true,
    );
    expect(damaged(project)).toEqual([]);
  });
});

test('linked images stay where they are', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 2 });
  const project = newProject();

  await importDataset(project, source, { copy: false });

  expect(readdirSync(join(project.folder, 'images'))).toEqual([]);
  expect(labelledImages(project.db).map((image) => imageFile(project.folder, image))).toEqual([
    join(source, 'nut/0.png'),
    join(source, 'nut/1.png'),
  ]);
});

test('a linked image that has changed is reported, not replaced', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 1 });
  const project = newProject();
  await importDataset(project, source, { copy: false });
  await writePhoto(join(source, 'nut/0.png'), 99);

  const report = await importDataset(project, source, { copy: false });

  expect(report).toMatchObject({ added: 0, skipped: [{ where: join(source, 'nut/0.png'), code: 'duplicate-name' }] });
});

test('progress counts up to the whole', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 3 });
  const seen: unknown[] = [];

  await importDataset(newProject(), source, { onProgress: (progress) => seen.push(progress) });

  expect(seen.map((progress) => (progress as { read: number }).read)).toEqual([1, 2, 3, 3]);
  expect(seen.at(-1)).toEqual({ read: 3, added: 3, already_present: 0, skipped: 0, total: 3 });
});

test('a cancelled import keeps what it has, says so, and can be repeated', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 20 });
  const project = newProject();
  const abort = new AbortController();
  const onProgress = ({ read }: { read: number }) => {
    if (read === 5) abort.abort();
  };

  const report = await importDataset(project, source, { signal: abort.signal, onProgress });
  const rest = await importDataset(project, source);

  expect(report).toMatchObject({ cancelled: true, read: 5, added: 5, skipped: [] });
  expect(rest).toMatchObject({ cancelled: false, read: 20, added: 15, already_present: 5 });
});

test('kill -9 in the middle loses nothing that was in, and the import can be repeated', async () => {
  const source = await writeFolderSet(tempFolder(), { bolt: 100, nut: 100 });
  const folder = join(tempFolder(), 'project');
  newProject(folder).close();
  const importer = startProcess(join(import.meta.dirname, 'import-steadily.ts'), [folder, source]);
  const added = await nextMessage(importer);

  await killHard(importer);

  const project = openProject(folder, { access: 'write', clock: new FakeClock(), owner: 'lightbench test' });
  expect([added, imageCount(project.db), damaged(project)]).toEqual([64, 64, []]);
  expect(await importDataset(project, source)).toMatchObject({ added: 136, already_present: 64, skipped: [] });
  expect(damaged(project)).toEqual([]);
  expect(readdirSync(join(folder, 'images'))).toHaveLength(200);
  project.close();
});

test('half-copied files of a killed import are cleared away by the next one', async () => {
  const source = await writeFolderSet(tempFolder(), { nut: 1 });
  const project = newProject();
  writeFileSync(join(project.folder, 'images', '.partial-0123-a.png'), 'torn');

  await importDataset(project, source);

  expect(readdirSync(join(project.folder, 'images'))).toHaveLength(1);
});

describe('a disk that refuses', () => {
  test.skipIf(noMountReason !== null)(`full: ends the import, keeps what was in${noMount}`, async () => {
    const source = tempFolder();
    for (let i = 0; i < 150; i++) await writePhoto(join(source, `nut/${i}.png`), i, { width: 60, height: 60 });
    const project = newProject(join(smallDisk(960 * 1024), 'project'));

    const error = await appErrorOf(() => importDataset(project, source));

    expect(error.code).toBe('disk-full');
    expect(error.message).toContain(`the disk of ${join(project.folder, 'images')} is full (free: `);
    expect(imageCount(project.db)).toBe(64);
    expect(damaged(project)).toEqual([]);
    expect(readdirSync(join(project.folder, 'images'))).toHaveLength(64);
  });

  test.skipIf(noMountReason !== null)(`read-only: ends the import with the folder's name${noMount}`, async () => {
    const source = await writeFolderSet(tempFolder(), { nut: 2 });
    const disk = smallDisk(1 << 20);
    const project = newProject(join(tempFolder(), 'project'));
    rmSync(join(project.folder, 'images'), { recursive: true });
    mkdirSync(join(disk, 'images'));
    symlinkSync(join(disk, 'images'), join(project.folder, 'images'));
    makeReadOnly(disk);

    const error = await appErrorOf(() => importDataset(project, source));

    expect(error.code).toBe('folder-unwritable');
    expect(error.message).toContain(`cannot write in ${join(project.folder, 'images')} (EROFS)`);
    expect(imageCount(project.db)).toBe(0);
  });
});

test('a folder of images is refused where objects are needed, with the task named', async () => {
  const folder = tempFolder();
  const project = newProject(undefined, 'image-object-detection');

  const error = await appErrorOf(() => importDataset(project, folder));

  expect(error.code).toBe('bad-argument');
  expect(error.message).toContain(`${folder} holds no objects as image-object-detection needs`);
});

describeWithShared('real data sets', ['data/sign-digits', 'data/cifar10-mini'], () => {
  test('sign-digits comes in whole, its rotated photo included', async () => {
    const project = newProject();

    const report = await importDataset(project, sharedPath('data/sign-digits'));

    expect(report).toMatchObject({ read: 500, added: 500, skipped: [], repaired: [] });
    expect(Object.values(report.classes)).toEqual(Array(10).fill(50));
    expect(labelledImages(project.db).filter(({ width_px }) => width_px === 3024)).toHaveLength(1);
  });

  test('cifar10-mini comes in whole', async () => {
    const report = await importDataset(newProject(), sharedPath('data/cifar10-mini'));

    expect(report).toMatchObject({ read: 1200, added: 1200, skipped: [] });
    expect(Object.values(report.classes)).toEqual(Array(10).fill(120));
  });
});

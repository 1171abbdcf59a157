import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { unpackZip } from '../../../main/data/unpack-zip.ts';
import { labelledImages } from '../../../main/store/images.ts';
import { zipOf } from '../../kit/archives.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const text = (path: string, content = 'x') => ({ path, bytes: Buffer.from(content) });

function archive(...files: Parameters<typeof zipOf>[0]): string {
  const path = join(tempFolder(), 'set.zip');
  writeFileSync(path, zipOf(files));
  return path;
}

test('a data set comes in from an archive, named as in it, and nothing of it stays behind', async () => {
  const picture = readFileSync(await writePhoto(join(tempFolder(), 'a.png'), 1));
  const path = archive(
    { path: 'parts/nut/a.png', bytes: picture },
    { path: 'parts/bolt/b.png', bytes: Buffer.from('no picture') },
  );
  const project = newProject();

  const report = await importDataset(project, path, { workers: 1 });

  expect(report).toMatchObject({ format: 'folder', read: 2, added: 1 });
  expect(report.skipped[0]!.where).toBe(`${path}/bolt/b.png`);
  expect(labelledImages(project.db)).toMatchObject([{ class_names: ['nut'], source_url: 'nut/a.png' }]);
  expect(JSON.stringify(report)).not.toContain('lightbench-import-');
});

test('what is wrong with the data set in an archive is told in names of the archive', async () => {
  const foreign = archive(text('set/train.tfrecord'), text('set/a.txt'));
  const empty = archive(text('set/nothing.md'), text('set/a.md'));

  const messages = [
    (await appErrorOf(() => importDataset(newProject(), foreign))).message,
    (await appErrorOf(() => importDataset(newProject(), empty))).message,
  ];

  expect(messages).toEqual([
    expect.stringContaining(`import: ${foreign}/train.tfrecord is of TFRecord`),
    `${empty}: expected one sub-folder per class with its images inside, found no sub-folder`,
  ]);
});

test.each(['../escaped.txt', '/escaped.txt', 'a/../../escaped.txt', 'C:\\escaped.txt'])(
  'an archive with the name %s is refused, and nothing is written',
  async (name) => {
    const folder = tempFolder();

    const error = await appErrorOf(() => unpackZip(archive(text('good.txt'), text(name)), folder));

    expect(error.code).toBe('file-unreadable');
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('an archive of more files or bytes than the limits is refused before anything is written', async () => {
  const folder = tempFolder();
  const path = archive(text('a.txt', 'x'.repeat(100)), text('b.txt'));

  const many = await appErrorOf(() => unpackZip(path, folder, { limits: { maxFiles: 1, maxBytes: 1000 } }));
  const large = await appErrorOf(() => unpackZip(path, folder, { limits: { maxFiles: 9, maxBytes: 100 } }));

  expect([many.message, large.message].map((message) => message.slice(-40))).toEqual([
    expect.stringContaining('more than 1 entries'),
    expect.stringContaining('more than 100 bytes'),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that is no archive, and pictures that are to be linked, end in an error that says so', async () => {
  const path = join(tempFolder(), 'x.zip');
  writeFileSync(path, 'no archive');

  const broken = await appErrorOf(() => importDataset(newProject(), path));
  const linked = await appErrorOf(() => importDataset(newProject(), path, { copy: false }));

  expect([broken.code, linked.code]).toEqual(['file-unreadable', 'bad-argument']);
  expect(linked.message).toContain('cannot be linked');
});

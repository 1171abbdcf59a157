import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UnpackedArchives } from '../../../main/data/unpacked-archives.ts';
import { zipOf } from '../../kit/archives.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

function archive(path: string, content: string): string {
  writeFileSync(path, zipOf([{ path: 'set/a.txt', bytes: Buffer.from(content) }]));
  return path;
}

const contentOf = (folder: string) => readFileSync(join(folder, 'a.txt'), 'utf8');

test('an archive is unpacked once for all who open it, at once or one after another', async () => {
  const place = tempFolder();
  const path = archive(join(tempFolder(), 'a.zip'), 'one');
  const archives = new UnpackedArchives(place);

  const [first, second] = await Promise.all([archives.open(path), archives.open(path)]);
  await Promise.all([first.release(), second.release()]);
  const third = await archives.open(path);

  expect([second.folder, third.folder]).toEqual([first.folder, first.folder]);
  expect(contentOf(third.folder)).toBe('one');
  expect(readdirSync(place)).toHaveLength(1);
  await third.release();
  await archives.close();
  expect(readdirSync(place)).toEqual([]);
});

test('an archive that has changed, or another one, is unpacked in its place, once nobody reads the one before', async () => {
  const place = tempFolder();
  const path = archive(join(tempFolder(), 'a.zip'), 'one');
  const archives = new UnpackedArchives(place);
  const before = await archives.open(path);
  archive(path, 'another');

  const after = await archives.open(path);
  const read = [contentOf(before.folder), contentOf(after.folder)];
  await before.release();

  expect(read).toEqual(['one', 'another']);
  expect(readdirSync(place)).toHaveLength(1);
  const other = await archives.open(archive(join(tempFolder(), 'b.zip'), 'other'));
  await after.release();
  expect(contentOf(other.folder)).toBe('other');
  expect(readdirSync(place)).toHaveLength(1);
});

test('what is closed while it is read is removed once it is released', async () => {
  const place = tempFolder();
  const archives = new UnpackedArchives(place);
  const opened = await archives.open(archive(join(tempFolder(), 'a.zip'), 'one'));

  await archives.close();
  const read = contentOf(opened.folder);
  await opened.release();

  expect([read, readdirSync(place)]).toEqual(['one', []]);
});

test('one who gives up takes the archive from no other, and leaves nothing behind', async () => {
  const place = tempFolder();
  const path = archive(join(tempFolder(), 'a.zip'), 'one');
  const archives = new UnpackedArchives(place);

  const [gone, stays] = await Promise.all([
    appErrorOf(() => archives.open(path, AbortSignal.abort())),
    archives.open(path, new AbortController().signal),
  ]);

  expect([gone.code, contentOf(stays.folder)]).toEqual(['cancelled', 'one']);
  expect(readdirSync(place)).toHaveLength(1);
});

test('what is no archive leaves nothing behind', async () => {
  const place = tempFolder();
  const path = join(tempFolder(), 'a.zip');
  writeFileSync(path, 'no archive');
  const archives = new UnpackedArchives(place);

  const error = await appErrorOf(() => archives.open(path));

  expect([error.code, readdirSync(place)]).toEqual(['file-unreadable', []]);
});

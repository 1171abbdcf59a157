import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, refuseOccupied } from '../../main/new-folder.ts';
import { tempFolder } from '../kit/folders.ts';

test('a folder is made with those above it, and one that is there is left alone', () => {
  const folder = join(tempFolder(), 'a', 'b', 'c');

  makeFolder(folder);
  makeFolder(folder);

  expect(statSync(folder).isDirectory()).toBe(true);
});

test('below a file none is made, and nothing beside it', () => {
  const root = tempFolder();
  const file = join(root, 'file');
  writeFileSync(file, '');

  expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(/ENOTDIR/);
});

test('a folder with something in it is refused, and a file in its place; an empty one is not', () => {
  const root = tempFolder();
  const file = join(root, 'file');
  refuseOccupied('export', root);
  writeFileSync(file, '');

  expect(() => refuseOccupied('export', root)).toThrow(`export: ${root} is not empty (it holds file)`);
  expect(() => refuseOccupied('export', file)).toThrow(`export: ${file} is a file, a folder is needed`);
  refuseOccupied('export', root, (name) => name === 'file');
});

test.skipIf(!existsSync('/proc/self'))('a file system that makes none is told, instead of asked for ever', () => {
  expect(() => makeFolder('/proc/lightbench/project')).toThrow(/lightbench cannot be made|EACCES/);
});

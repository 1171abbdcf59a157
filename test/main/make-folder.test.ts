import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../main/make-folder.ts';
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

test.skipIf(!existsSync('/proc/self'))('a file system that makes none is told, instead of asked for ever', () => {
  expect(() => makeFolder('/proc/lightbench/project')).toThrow(/lightbench cannot be made|EACCES/);
});

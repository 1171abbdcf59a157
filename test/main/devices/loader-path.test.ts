import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  dependenciesOf,
  findLibrary,
  type LoaderPath,
  parseLoaderCache,
  systemLoaderPath,
} from '../../../main/devices/loader-path.ts';
import { writeElf } from '../../kit/elf-file.ts';
import { tempFolder } from '../../kit/folders.ts';

const EMPTY: LoaderPath = { environmentFolders: [], cache: new Map(), systemFolders: [] };

describe('a library is looked for', () => {
  test('in rpath, then LD_LIBRARY_PATH, then runpath, then the cache, then the system folders', () => {
    const root = tempFolder();
    const at = (folder: string) => join(root, folder);
    const places = ['rpath', 'environment', 'cached', 'system'].map((place) => writeElf(join(at(place), 'liba.so')));
    const path: LoaderPath = {
      environmentFolders: [at('environment')],
      cache: new Map([['liba.so', join(at('cached'), 'liba.so')]]),
      systemFolders: [at('system')],
    };
    const withRpath = writeElf(at('asker.so'), { rpath: at('rpath') });
    const plain = writeElf(at('plain.so'));

    expect(findLibrary('liba.so', withRpath, path)).toBe(places[0]);
    expect(findLibrary('liba.so', plain, path)).toBe(places[1]);
    expect(findLibrary('liba.so', plain, { ...path, environmentFolders: [] })).toBe(places[2]);
    expect(findLibrary('liba.so', plain, { ...path, environmentFolders: [], cache: new Map() })).toBe(places[3]);
  });

  test('after LD_LIBRARY_PATH in a runpath, which replaces the rpath', () => {
    const root = tempFolder();
    const inRunpath = writeElf(join(root, 'run', 'liba.so'));
    writeElf(join(root, 'r', 'liba.so'));
    const asker = writeElf(join(root, 'asker.so'), { rpath: join(root, 'r'), runpath: join(root, 'run') });

    expect(findLibrary('liba.so', asker, EMPTY)).toBe(inRunpath);
  });

  test('beside the asking file, where $ORIGIN follows links', () => {
    const root = tempFolder();
    const asker = writeElf(join(root, 'real', 'asker.so'), { runpath: '$ORIGIN/more' });
    const library = writeElf(join(root, 'real', 'more', 'liba.so'));
    mkdirSync(join(root, 'link'));
    symlinkSync(asker, join(root, 'link', 'asker.so'));

    expect(findLibrary('liba.so', join(root, 'link', 'asker.so'), EMPTY)).toBe(library);
  });
});

test('dependencies of dependencies are named with who needs them, missing and damaged ones too', () => {
  const root = tempFolder();
  const provider = writeElf(join(root, 'provider.so'), { needed: ['liba.so', 'libgone.so'], runpath: '$ORIGIN' });
  const liba = writeElf(join(root, 'liba.so'), { needed: ['libbad.so', 'liba.so'], runpath: '$ORIGIN' });
  const bad = join(root, 'libbad.so');
  writeFileSync(bad, 'not a library');

  expect(dependenciesOf(provider, EMPTY)).toEqual([
    { name: 'liba.so', neededBy: 'provider.so', path: liba, problem: null },
    { name: 'libgone.so', neededBy: 'provider.so', path: null, problem: null },
    { name: 'libbad.so', neededBy: 'liba.so', path: bad, problem: expect.stringContaining(bad) },
  ]);
});

test("the loader's cache lists paths by name, the first of a name counts", () => {
  const strings = ['liba.so', '/x/liba.so', 'liba.so', '/y/liba.so'];
  const offsets: number[] = [];
  const entries = 2;
  let at = 48 + 24 * entries;
  for (const text of strings) {
    offsets.push(at);
    at += text.length + 1;
  }
  const bytes = new Uint8Array(at);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('glibc-ld.so.cache1.1'));
  view.setUint32(20, entries, true);
  offsets.forEach((offset, i) => {
    view.setUint32(48 + 24 * (i >> 1) + 4 + 4 * (i & 1), offset, true);
  });
  bytes.set(new TextEncoder().encode(`${strings.join('\0')}\0`), offsets[0]);

  expect(parseLoaderCache(bytes)).toEqual(new Map([['liba.so', '/x/liba.so']]));
  expect(parseLoaderCache(bytes.slice(0, 30))).toEqual(new Map());
  expect(parseLoaderCache(new TextEncoder().encode('another format'.padEnd(200)))).toEqual(new Map());
});

test('separators of LD_LIBRARY_PATH are those of the loader', () => {
  expect(systemLoaderPath({ LD_LIBRARY_PATH: '/a:/b;/c::' }).environmentFolders).toEqual(['/a', '/b', '/c']);
});

test.skipIf(!existsSync('/etc/ld.so.cache'))("this machine's cache is understood", () => {
  expect(systemLoaderPath({}).cache.get('libc.so.6')).toMatch(/libc\.so\.6$/);
});

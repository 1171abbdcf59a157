import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ElfError, readElf } from '../../../main/devices/elf.ts';
import { elfBytes, writeElf } from '../../kit/elf-file.ts';
import { tempFolder } from '../../kit/folders.ts';

test('a library tells what it needs and where to look for it', () => {
  const made = { needed: ['liba.so.1', 'libb.so'], rpath: '/opt/a:$ORIGIN', runpath: '/opt/b' };

  expect(readElf(writeElf(join(tempFolder(), 'lib.so'), made))).toEqual({
    needed: ['liba.so.1', 'libb.so'],
    rpath: ['/opt/a', '$ORIGIN'],
    runpath: ['/opt/b'],
  });
});

test.each([
  ['text', new TextEncoder().encode('GROUP ( libm.so.6 )'.padEnd(100))],
  ['an empty file', new Uint8Array()],
  ['32 bits', elfBytes().with(4, 1)],
  ['cut inside the dynamic section', elfBytes({ needed: ['liba.so.1'] }).slice(0, 190)],
  ['cut inside the strings', elfBytes({ needed: ['liba.so.1'] }).slice(0, -4)],
])('%s is refused by name', (_, bytes) => {
  const file = join(tempFolder(), 'lib.so');
  writeFileSync(file, bytes);

  expect(() => readElf(file)).toThrow(ElfError);
  expect(() => readElf(file)).toThrow(file);
});

test('the runtime that this program stands on can be read', () => {
  expect(readElf(process.execPath).needed).toContain('libc.so.6');
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCsv } from '../../../main/data/csv.ts';
import { tempFolder } from '../../kit/folders.ts';

async function records(content: string | Buffer): Promise<unknown[]> {
  const file = join(tempFolder(), 'x.csv');
  writeFileSync(file, content);
  const found: unknown[] = [];
  for await (const record of readCsv(file)) {
    found.push('problem' in record ? [record.number, record.problem] : [record.number, ...record.fields]);
  }
  return found;
}

test('fields may hold delimiters, quotes and line ends when they are quoted', async () => {
  expect(await records('a,b\n"1,5","say ""hi"""\n"two\nlines",x\n\nlast,\n')).toEqual([
    [1, 'a', 'b'],
    [2, '1,5', 'say "hi"'],
    [3, 'two\nlines', 'x'],
    [6, 'last', ''],
  ]);
});

test('a byte order mark and Windows line ends are no part of a field', async () => {
  expect(await records('\ufeffa,b\r\n"c","d"\r\n')).toEqual([
    [1, 'a', 'b'],
    [2, 'c', 'd'],
  ]);
});

test('semicolons or tabs part the fields where the first line has no comma', async () => {
  expect(await records('a;b\n1,5;2\n')).toEqual([
    [1, 'a', 'b'],
    [2, '1,5', '2'],
  ]);
  expect(await records('a\tb\n1\t"2\t3"\n')).toEqual([
    [1, 'a', 'b'],
    [2, '1', '2\t3'],
  ]);
});

test('wrong quotes cost their own line alone, also one that never closes', async () => {
  const wrong = 'expected quotes around a whole field, and doubled inside it, got others';

  expect(await records('a,b\n"x"y,1\nplain,2\n"open,3\nnext,4\n"5"" disk",5\n')).toEqual([
    [1, 'a', 'b'],
    [2, wrong],
    [3, 'plain', '2'],
    [4, wrong],
    [5, 'next', '4'],
    [6, '5" disk', '5'],
  ]);
  expect(await records(`a,b\n"open,3\n${'next,4\n'.repeat(30)}`)).toHaveLength(32);
});

test('a line that is no UTF-8 is told by its number', async () => {
  const bytes = Buffer.concat([Buffer.from('a,b\n'), Buffer.from([0xff, 0x2c, 0x0a]), Buffer.from('c,d\n')]);

  expect(await records(bytes)).toEqual([
    [1, 'a', 'b'],
    [2, 'expected UTF-8 text, got bytes that are none'],
    [3, 'c', 'd'],
  ]);
});

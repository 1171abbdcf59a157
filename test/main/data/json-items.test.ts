import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type JsonItem, readJsonItems } from '../../../main/data/json-items.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';

async function itemsOf(text: string | Buffer, maxItemBytes?: number): Promise<JsonItem[]> {
  const file = join(tempFolder(), 'items.json');
  writeFileSync(file, text);
  const items: JsonItem[] = [];
  const keys = ['wanted', 'other'];
  await readJsonItems(file, maxItemBytes === undefined ? { keys } : { keys, maxItemBytes }, (item) => items.push(item));
  return items;
}

describe('items of lists', () => {
  test('of a document that is a list', async () => {
    expect(await itemsOf(' [ {"a": [1, {"b": "],}"}]} , 2,"x" ]\n')).toEqual([
      { key: null, index: 0, value: { a: [1, { b: '],}' }] } },
      { key: null, index: 1, value: 2 },
      { key: null, index: 2, value: 'x' },
    ]);
  });

  test('of the wanted keys of an object alone, in any order, with empty lists and escapes', async () => {
    const text = '{"info": {"wanted": [9]}, "other": [], "no": [1,[2]], "want\\u0065d": [[1], "\\"]"], "n": null}';

    expect(await itemsOf(text)).toEqual([
      { key: 'wanted', index: 0, value: [1] },
      { key: 'wanted', index: 1, value: '"]' },
    ]);
  });

  test('a file many times as long as what is read at once comes back whole', async () => {
    const list = Array.from({ length: 60_000 }, (_, i) => ({ id: i, text: `ä"\\${i}`, numbers: [i, [i]] }));
    const text = JSON.stringify({ wanted: list, other: list.slice(0, 3) });

    const items = await itemsOf(`\uFEFF${text}`);

    expect(Buffer.byteLength(text)).toBeGreaterThan(3 * 2 ** 20);
    expect(items.filter(({ key }) => key === 'wanted').map(({ value }) => value)).toEqual(list);
    expect(items.filter(({ key }) => key === 'other')).toHaveLength(3);
  });
});

describe('what is no JSON is refused by file and place', () => {
  test.each([
    ['[1, 2', 'entry 2: expected more, the file ends here'],
    ['{"wanted": [{"a": 1}, {"a" 2}]}', 'wanted, entry 1 or one soon after it'],
    ['[1,]', 'entry 1 or one soon after it'],
    ['[,1]', 'entry 1 or one soon after it'],
    ['[1}', 'expected a list to end with "]", got "}"'],
    ['[1] [2]', 'expected the end of the file, got "["'],
    ['hello', 'expected a JSON list or object, got "h"'],
    ['', 'the document: expected more, the file ends here'],
    ['{"wanted": [1], "x', 'the document: expected more'],
    ['[NaN]', 'entry 1 or one soon after it'],
  ])('%s', async (text, problem) => {
    const error = await appErrorOf(() => itemsOf(text));

    expect(error.code).toBe('bad-json');
    expect(error.message).toContain(problem);
  });

  test('an item without end is refused before it fills the memory', async () => {
    const error = await appErrorOf(() => itemsOf(`[1, [${'1,'.repeat(2_000_000)}`, 1_000_000));

    expect(error.message).toContain('expected at most 1000000 bytes');
  });

  test('a file that is not there', async () => {
    const error = await appErrorOf(() => readJsonItems('/nowhere/x.json', { keys: [] }, () => {}));

    expect(error.code).toBe('file-missing');
  });
});

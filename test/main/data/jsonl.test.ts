import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Labelling } from '../../../main/data/class-names.ts';
import { importDataset } from '../../../main/data/import.ts';
import { readJsonl } from '../../../main/data/jsonl.ts';
import { readLines } from '../../../main/data/lines.ts';
import { labelledImages } from '../../../main/store/images.ts';
import { writeJsonl, writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

/** The reasons for which the lines of a file are skipped, by line number. */
async function problems(records: readonly unknown[], labelling: Labelling = 'one'): Promise<Record<string, string>> {
  const file = writeJsonl(join(tempFolder(), 'x.jsonl'), records);
  const reasons: Record<string, string> = {};
  for await (const item of readJsonl({ file, root: '/root', labelling })) {
    if (item.kind === 'problem') reasons[item.where.slice(file.length + 1)] = `${item.code}: ${item.reason}`;
  }
  return reasons;
}

test("the specification's example line imports", async () => {
  const folder = tempFolder();
  await writePhoto(join(folder, 'image_data/Image_01.png'), 1, { width: 40, height: 25 });
  const file = writeJsonl(join(folder, 'train.jsonl'), [
    {
      image_url: 'AmlDatastore://image_data/Image_01.png',
      image_details: { format: 'png', width: '40px', height: '25px' },
      label: 'can',
    },
  ]);
  const project = newProject();

  const report = await importDataset(project, file, { split: 'test' });

  expect(report).toMatchObject({ format: 'jsonl', read: 1, added: 1, skipped: [], repaired: [], classes: { can: 1 } });
  expect(labelledImages(project.db)).toMatchObject([
    { class_names: ['can'], split: 'test', source_url: 'AmlDatastore://image_data/Image_01.png' },
  ]);
});

test.each([
  ['AmlDatastore with the name of a datastore first', 'AmlDatastore://workspaceblobstore/sub/a.png'],
  ['AmlDatastore with a folder first', 'AmlDatastore://sub/a.png'],
  ['azureml', 'azureml://subscriptions/s/resourcegroups/g/workspaces/w/datastores/workspaceblobstore/paths/sub/a.png'],
  ['a relative path', 'sub/a.png'],
  ['a relative path with a dot', './sub/a.png'],
  ['Windows separators', 'sub\\a.png'],
  ['percent escapes', 'sub/%61.png'],
])('an image is found by %s', async (_, url) => {
  const folder = tempFolder();
  await writePhoto(join(folder, 'images/sub/a.png'), 1);
  const file = writeJsonl(join(folder, 'x.jsonl'), [{ image_url: url, label: 'can' }]);

  const report = await importDataset(newProject(), file, { imagesFolder: join(folder, 'images') });

  expect(report).toMatchObject({ added: 1, skipped: [] });
});

test('an absolute path and a file address are taken as they are', async () => {
  const folder = tempFolder();
  const [a, b] = [await writePhoto(join(folder, 'a.png'), 1), await writePhoto(join(folder, 'b.png'), 2)];
  const file = writeJsonl(join(tempFolder(), 'x.jsonl'), [
    { image_url: a, label: 'can' },
    { image_url: `file://${b}`, label: 'can' },
  ]);

  expect(await importDataset(newProject(), file)).toMatchObject({ added: 2, skipped: [] });
});

describe('a bad line is skipped with line, field, expected and got:', () => {
  test('a broken line between good ones', async () => {
    const folder = tempFolder();
    for (const n of [1, 3]) await writePhoto(join(folder, `${n}.png`), n);
    const file = writeJsonl(join(folder, 'x.jsonl'), [
      { image_url: '1.png', label: 'can' },
      '{"image_url": "2.png", "label": "can"',
      '',
      { image_url: '3.png', label: 'can' },
    ]);

    const report = await importDataset(newProject(), file);

    expect(report).toMatchObject({ read: 3, added: 2, skipped: [{ where: `${file}:2`, code: 'bad-json' }] });
    expect(report.skipped[0]!.reason).toContain(
      'expected one JSON object, got {"image_url": "2.png", "label": "can" (',
    );
  });

  test('a label that is not a string', async () => {
    const image_url = 'a.png';

    expect(
      await problems([
        { image_url, label: 3 },
        { image_url, label: ['can'] },
        { image_url, label: null },
        { image_url },
        { image_url, label: ' ' },
        { image_url, label: { name: 'can' } },
      ]),
    ).toEqual({
      1: 'bad-label: label: expected one class name as text, got a number (3)',
      2: 'bad-label: label: expected one class name as text, got a list (["can"]); lists of classes are for image-classification-multilabel',
      3: 'bad-label: label: expected one class name as text, got null',
      4: 'bad-label: label: expected one class name as text, got nothing',
      5: 'bad-label: label: expected one class name as text, got a string (" ")',
      6: 'bad-label: label: expected one class name as text, got an object ({"name":"can"})',
    });
  });

  test('anything else of the wrong kind', async () => {
    const label = 'can';

    expect(
      await problems([
        '[1, 2]',
        { label },
        { image_url: 7, label },
        { image_url: 'a.png', label, image_details: 'big' },
        { image_url: 'a.png', label, image_details: { width: '40cm' } },
        { image_url: 'https://example.org/a.png', label },
        { image_url: 'azureml://subscriptions/s/a.png', label },
        { image_url: 'AmlDatastore://store/../../etc/a.png', label },
      ]),
    ).toEqual({
      1: 'bad-json: expected one JSON object, got a list ([1,2])',
      2: 'bad-json: image_url: expected the address of an image as text, got nothing',
      3: 'bad-json: image_url: expected the address of an image as text, got a number (7)',
      4: 'bad-json: image_details: expected an object, got a string ("big")',
      5: 'bad-json: image_details.width: expected pixels such as "400px" or 400, got a string ("40cm")',
      6: 'image-missing: image_url "https://example.org/a.png": https:// addresses are not fetched; download the image and give its path',
      7: 'image-missing: image_url "azureml://subscriptions/s/a.png": an azureml:// address needs "/paths/" before the path of the image',
      8: 'image-missing: image_url "AmlDatastore://store/../../etc/a.png": the path leaves the data root',
    });
  });
});

test('spaces around a label are put right, other fields and wrong sizes are warned of', async () => {
  const folder = tempFolder();
  await writePhoto(join(folder, 'a.png'), 1, { width: 24, height: 18 });
  const file = writeJsonl(join(folder, 'x.jsonl'), [
    { image_url: 'a.png', label: ' can ', rating: 5, image_details: { width: 40, height: '18px' } },
  ]);

  const report = await importDataset(newProject(), file);

  expect(report.repaired).toEqual([`${file}:1: label " can ": spaces around the name left out`]);
  expect(report.warnings.slice(0, 2)).toEqual([
    `${file}:1: the size given is 40 x 18, the image is 24 x 18; the image counts`,
    `${file}: the field "rating" was not used (1 lines)`,
  ]);
});

describe('encodings:', () => {
  const record = '{"image_url": "a.png", "label": "Kän"}';

  test('a byte order mark and Windows line ends are put right', async () => {
    const folder = tempFolder();
    await writePhoto(join(folder, 'a.png'), 1);
    const file = join(folder, 'x.jsonl');
    writeFileSync(file, `\uFEFF${record}\r\n\r\n`);

    const report = await importDataset(newProject(), file);

    expect(report).toMatchObject({ read: 1, added: 1, classes: { Kän: 1 } });
    expect(report.repaired).toEqual([`${file}: left out the byte order mark at its start`]);
  });

  test('a line that is no UTF-8 is skipped', async () => {
    const folder = tempFolder();
    await writePhoto(join(folder, 'a.png'), 1);
    const file = join(folder, 'x.jsonl');
    writeFileSync(file, Buffer.concat([Buffer.from(record, 'latin1'), Buffer.from(`\n${record}`)]));

    const report = await importDataset(newProject(), file);

    expect(report).toMatchObject({ read: 2, added: 1 });
    expect(report.skipped).toEqual([
      { where: `${file}:1`, code: 'bad-json', reason: 'expected UTF-8 text, got bytes that are none' },
    ]);
  });

  test('a UTF-16 file is refused by name', async () => {
    const file = join(tempFolder(), 'x.jsonl');
    writeFileSync(file, Buffer.from(`\uFEFF${record}`, 'utf16le'));

    const error = await appErrorOf(() => importDataset(newProject(), file));

    expect([error.code, error.message]).toEqual([
      'file-unreadable',
      `${file}: expected UTF-8 text, got UTF-16; save it as UTF-8`,
    ]);
  });
});

test('a line over the limit is left out without being held, and the next one is read', async () => {
  const file = join(tempFolder(), 'x.jsonl');
  writeFileSync(file, `short\n${'x'.repeat(300_000)}\nlast`);

  const lines = [];
  for await (const line of readLines(file, { maxLineBytes: 1000 })) lines.push(line);

  expect(lines).toEqual([
    { number: 1, text: 'short' },
    { number: 2, problem: 'expected a line of at most 1000 bytes, this one is longer' },
    { number: 3, text: 'last' },
  ]);
});

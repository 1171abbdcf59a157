import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Labelling } from '../../../main/data/class-names.ts';
import { type CsvSource, readCsvLabels } from '../../../main/data/csv-labels.ts';
import { importDataset } from '../../../main/data/import.ts';
import type { ImageItem } from '../../../main/data/import-items.ts';
import { labelledImages } from '../../../main/store/images.ts';
import { writePhoto } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

function csvFile(text: string): string {
  const file = join(tempFolder(), 'labels.csv');
  writeFileSync(file, text);
  return file;
}

/** Labels by image, and what was wrong by line; remarks without the file's name. */
async function read(text: string, labelling: Labelling = 'any', given: Partial<CsvSource> = {}) {
  const file = csvFile(text);
  const labels: Record<string, readonly string[]> = {};
  const problems: string[] = [];
  const remarks: string[] = [];
  for await (const item of readCsvLabels({ file, root: '/root', labelling, ...given })) {
    if (item.kind === 'image') {
      labels[item.url] = item.labels;
      remarks.push(...item.repairs.map((repair) => `${item.where.slice(file.length)}: ${repair}`));
    } else if (item.kind === 'problem') problems.push(`${item.where.slice(file.length)} ${item.code}: ${item.reason}`);
    else remarks.push(item.text.slice(file.length));
  }
  return { labels, problems, remarks };
}

describe('a CSV file with a column of names', () => {
  test('has them between commas, in quotes', async () => {
    expect(await read('filename,labels\n1.jpg,desert\n4.jpg,"desert,mountain range"\n5.jpg,\n')).toEqual({
      labels: { '1.jpg': ['desert'], '4.jpg': ['desert', 'mountain range'], '5.jpg': [] },
      problems: [],
      remarks: [],
    });
  });

  test('has them between single spaces, as the samples of the specification, and says so', async () => {
    expect(await read('image,labels\n1.jpg,can carton\n2.jpg,milk_bottle\n')).toEqual({
      labels: { '1.jpg': ['can', 'carton'], '2.jpg': ['milk_bottle'] },
      problems: [],
      remarks: [': labels were taken apart at spaces, since no cell has another separator'],
    });
  });

  test('has them between what is said to stand there', async () => {
    const { labels } = await read('image,labels\n1.jpg,milk bottle\n', 'any', { separator: ',' });

    expect(labels).toEqual({ '1.jpg': ['milk bottle'] });
  });

  test('needs no known names in a header of two columns, and finds them among others', async () => {
    expect((await read('picture,what\n1.jpg,a;b\n')).labels).toEqual({ '1.jpg': ['a', 'b'] });
    expect(await read('width,Labels,File\n3,a|b,1.jpg\n')).toEqual({
      labels: { '1.jpg': ['a', 'b'] },
      problems: [],
      remarks: [':1: the column "width" was not used'],
    });
  });

  test('gives names that are doubled, spaced or empty once, trimmed and not at all, and says so', async () => {
    expect(await read('filename,labels\n1.jpg,"a, b,a,,"\n')).toEqual({
      labels: { '1.jpg': ['a', 'b'] },
      problems: [],
      remarks: [':2: label "a": given more than once, counted once', ':2: column "labels": 2 empty names left out'],
    });
  });

  test('has one name a cell, spaces and all, where an image has one class', async () => {
    expect(await read('filename,label\n1.jpg,milk bottle\n2.jpg,\n', 'one')).toEqual({
      labels: { '1.jpg': ['milk bottle'] },
      problems: [':3 bad-label: column "label": expected a class name, got nothing'],
      remarks: [],
    });
  });
});

describe('a CSV file with a column for each class', () => {
  test('has 1 where an image has the class; other columns are named and not used', async () => {
    expect(await read(',image_name,dog,cat,note\n0,1.jpg,1,0,x\n1,2.jpg,0,0,y\n2,3.jpg,True,1.0,\n')).toEqual({
      labels: { '1.jpg': ['dog'], '2.jpg': [], '3.jpg': ['dog', 'cat'] },
      problems: [],
      remarks: [':1: the column "" was not used', ':1: the column "note" was not used'],
    });
  });

  test('has exactly one 1 where an image has one class', async () => {
    expect(await read('image_name,dog,cat\n1.jpg,1,0\n2.jpg,1,1\n3.jpg,0,0\n', 'one')).toMatchObject({
      labels: { '1.jpg': ['dog'] },
      problems: [
        ':3 bad-label: expected a 1 in one class column, got 2',
        ':4 bad-label: expected a 1 in one class column, got 0',
      ],
    });
  });

  test('names line and column of a cell that is neither 0 nor 1', async () => {
    expect(await read('image_name,dog,cat\n1.jpg,1,0\n2.jpg,2,0\n3.jpg,0,\n')).toMatchObject({
      labels: { '1.jpg': ['dog'] },
      problems: [
        ':3 bad-label: column "dog": expected 0 or 1, got "2"',
        ':4 bad-label: column "cat": expected 0 or 1, got ""',
      ],
    });
  });
});

test('a record with more or fewer columns, without an image, or with a list is skipped by line', async () => {
  expect(await read('filename,labels\n1.jpg,a,b\n2.jpg\n,a\n4.jpg,"[\'a\', \'b\']"\n"5".jpg,a\n6.jpg,a\n')).toEqual({
    labels: { '6.jpg': ['a'] },
    problems: [
      ':2 bad-csv: expected 2 columns as in the header, got 3',
      ':3 bad-csv: expected 2 columns as in the header, got 1',
      ':4 bad-csv: column "filename": expected an image, got nothing',
      `:5 bad-label: column "labels": expected names between commas, got a list (['a', 'b'])`,
      ':6 bad-csv: expected quotes around a whole field, and doubled inside it, got others',
    ],
    remarks: [],
  });
});

test.each([
  ['nothing', '', 'expected a header line, the file has none'],
  ['one column', 'filename\n1.jpg\n', 'expected columns for the image and its labels, the header has only "filename"'],
  ['a name twice', 'filename,a,a\n1.jpg,1,0\n', 'the header names the column "a" more than once'],
  [
    'neither names nor flags',
    'filename,width,height\n1.jpg,30,40\n',
    'expected a column "labels", or a column of 0 and 1 for each class, the header has "filename", "width", "height"',
  ],
])('a header with %s is refused as a whole', async (_, text, message) => {
  const error = await appErrorOf(() => read(text));

  expect([error.code, error.message.replace(/^.*:1: /, '')]).toEqual(['bad-argument', message]);
});

test('a first line that looks like a record is taken for the header, and that is said', async () => {
  expect((await read('1.jpg,a\n2.jpg,b\n')).remarks).toEqual([
    ':1: taken for the header, though it looks like a record',
  ]);
});

test('images are found beside the file, below images/, and by a name without its ending', async () => {
  const folder = tempFolder();
  await writePhoto(join(folder, 'beside.png'), 1);
  await writePhoto(join(folder, 'images/below.png'), 2);
  await writePhoto(join(folder, 'images/7.png'), 3);
  writeFileSync(join(folder, 'labels.csv'), 'filename,labels\nbeside.png,a\nbelow.png,"a,b"\n7,\n8,a\n');
  const project = newProject(undefined, 'image-classification-multilabel');

  const report = await importDataset(project, folder);

  expect(report).toMatchObject({ format: 'csv', read: 4, added: 3, classes: { a: 2, b: 1 }, without_class: 1 });
  expect(report.skipped).toEqual([
    {
      where: `${join(folder, 'labels.csv')}:5`,
      code: 'image-missing',
      reason: expect.stringMatching(/^image "8": there is no \/.*\/8, nor .* nor \d+ other places$/),
    },
  ]);
  expect(labelledImages(project.db).map(({ class_names }) => class_names)).toEqual([['a'], ['a', 'b'], []]);
});

describeWithShared('miml-scenes', ['data/miml-scenes'], () => {
  test('comes in whole and alike in both of its shapes', async () => {
    const imported = async (name: string) => {
      const project = newProject(undefined, 'image-classification-multilabel');
      const report = await importDataset(project, sharedPath('data/miml-scenes', name));
      const labels = labelledImages(project.db).map(({ sha256, class_names }) => [sha256, class_names]);
      return { report, labels };
    };

    const flags = await imported('labels-onehot.csv');
    const names = await imported('labels.csv');

    expect(flags.report).toMatchObject({
      ...{ read: 450, added: 450, skipped: [], repaired: [], warnings: [], without_class: 0 },
      classes: { desert: 88, mountains: 131, sea: 159, sunset: 144, trees: 137 },
    });
    expect(names.labels).toEqual(flags.labels);
    expect(names.report).toMatchObject({ classes: flags.report.classes, warnings: [], repaired: [] });
  });
});

const isImage = (item: { kind: string }): item is ImageItem => item.kind === 'image';

describeWithShared('Kaggle tables of datumaro', ['data/format-assets/datumaro-oep/kaggle_dataset'], () => {
  const folder = (name: string) => sharedPath('data/format-assets/datumaro-oep/kaggle_dataset', name);

  test.each([
    ['image_csv_multi_label/ann.csv', 'any'],
    ['image_csv_multi_label/ann_wo_ext.csv', 'any'],
    ['image_csv/ann.csv', 'one'],
    ['image_csv/ann_wo_ext.csv', 'one'],
  ] as const)('%s is read record by record', async (name, labelling) => {
    const items = [];
    for await (const item of readCsvLabels({ file: folder(name), root: folder('.'), labelling })) {
      items.push(item);
    }

    expect(items.every(isImage)).toBe(true);
    expect(items.filter(isImage).every(({ labels }) => labelling === 'any' || labels.length === 1)).toBe(true);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../../main/data/import.ts';
import { labelledImages } from '../../../../main/store/images.ts';
import type { Task } from '../../../../preload/contract/tasks.ts';
import { writePhoto } from '../../../kit/data-sets.ts';
import { appErrorOf } from '../../../kit/errors.ts';
import { tempFolder } from '../../../kit/folders.ts';
import { newProject } from '../../../kit/projects.ts';

async function imported(files: Readonly<Record<string, string>>, task: Task = 'image-classification') {
  const folder = tempFolder();
  for (const [i, name] of ['n01/one.jpg', 'n02/two three.jpg', 'four.png'].entries()) {
    await writePhoto(join(folder, 'images', name), i + 1);
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const project = newProject(undefined, task);
  const import_ = () => importDataset(project, folder);
  const labels = () =>
    Object.fromEntries(
      labelledImages(project.db).map(({ source_url, class_names, split }) => [
        source_url,
        [...class_names, ...(split === null ? [] : [`in ${split}`])].join(' '),
      ]),
    );
  return { folder, import_, labels };
}

test('lists of numbers come in under the names of their file, each list a split', async () => {
  const { import_, labels } = await imported({
    'synsets.txt': 'tench\ngold fish\n',
    'train.txt': 'n01/one.jpg 0\nn02/two three.jpg 1\n',
    'val.txt': 'four.png 1\r\n\r\n',
  });

  const report = await import_();

  expect(report).toMatchObject({ format: 'list', added: 3, skipped: [] });
  expect(labels()).toEqual({
    'n01/one.jpg': 'tench in train',
    'n02/two three.jpg': 'gold fish in train',
    'four.png': 'gold fish in validation',
  });
});

test('a list of names needs no endings, and an image has as many classes as the task allows', async () => {
  const { import_, labels } = await imported(
    { 'list.txt': 'one dog\nfour cat dog' },
    'image-classification-multilabel',
  );

  const report = await import_();

  expect(report).toMatchObject({ format: 'list', added: 2, skipped: [] });
  expect(labels()).toEqual({ one: 'dog', four: 'cat dog' });
});

test('what is wrong is told by line, and costs no other', async () => {
  const { folder, import_, labels } = await imported({
    'classes.txt': 'tench\n',
    'list.txt': 'one.jpg 0\nfour.png 7\ngone.jpg 0\nn02/two three.jpg 0 0\n',
  });

  const report = await import_();

  expect(labels()).toEqual({ 'one.jpg': 'tench' });
  expect(report.skipped.map(({ where, reason }) => `${where.slice(folder.length + 1)}: ${reason}`)).toEqual([
    'list.txt:2: class 7: the file of names has 1, from 0 on',
    `list.txt:3: image "gone.jpg": none of that name below ${folder}`,
    'list.txt:4: expected an image and one class, got 2 classes in "0 0"',
  ]);
});

test('several lists that are no splits are refused until one is named', async () => {
  const { import_ } = await imported({ 'a.txt': 'one.jpg dog', 'b.txt': 'one.jpg cat' });

  expect((await appErrorOf(import_)).message).toContain('it has 2 (a.txt, b.txt); name the one you mean');
});

test('texts beside folders of classes are no lists', async () => {
  const { import_ } = await imported({ 'readme.txt': 'These photos are free\nto use\n' });

  expect((await import_()).format).toBe('folder');
});

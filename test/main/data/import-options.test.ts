import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { imageCount, splitCounts } from '../../../main/store/images.ts';
import { imports } from '../../../main/store/imports.ts';
import { objectsByImage, writeFolderSet, writeJsonl, writePhoto } from '../../kit/data-sets.ts';
import { tempFolder } from '../../kit/folders.ts';
import { newProject } from '../../kit/projects.ts';

const object = (label: string) => ({ label, topX: 0, topY: 0, bottomX: 0.5, bottomY: 0.5 });

async function twoImages(): Promise<string> {
  const folder = tempFolder();
  for (const n of [1, 2]) await writePhoto(join(folder, `${n}.png`), n);
  return writeJsonl(join(folder, 'x.jsonl'), [
    { image_url: '1.png', label: [object('cat'), object('dog'), object('car')] },
    { image_url: '2.png', label: [object('car')] },
  ]);
}

test('classes are renamed, joined and left out on the way in', async () => {
  const project = newProject(undefined, 'image-object-detection');
  const classes = new Map([
    ['cat', 'animal'],
    ['dog', 'animal'],
    ['car', null],
  ]);

  const report = await importDataset(project, await twoImages(), { renaming: { classes, splits: new Map() } });

  expect(objectsByImage(project)).toEqual({ '1.png': ['animal box 0,0,12,9', 'animal box 0,0,12,9'], '2.png': [] });
  expect(report.objects).toMatchObject({ read: 4, added: 2, dropped: 2, skipped: [] });
  expect(report.object_counts).toEqual({ animal: 2 });
});

test('splits are renamed, and one may be left open', async () => {
  const source = tempFolder();
  for (const [i, split] of ['train', 'val', 'test'].entries()) await writePhoto(join(source, split, 'nut/a.png'), i);
  const project = newProject();
  const splits = new Map([
    ['test', 'validation'],
    ['train', null],
  ] as const);

  await importDataset(project, source, { renaming: { classes: new Map(), splits } });

  expect(splitCounts(project.db)).toEqual({ train: 0, validation: 2, test: 0, unassigned: 1 });
});

test('a dry run reports what an import would do and leaves the project as it was', async () => {
  const source = await twoImages();
  const project = newProject(undefined, 'image-object-detection');

  const dry = await importDataset(project, source, { dryRun: true });
  const left = { images: imageCount(project.db), files: readdirSync(join(project.folder, 'images')) };
  const kept = imports(project.db);
  const real = await importDataset(project, source);

  expect(left).toEqual({ images: 0, files: [] });
  expect(kept).toEqual([]);
  expect(dry).toEqual({ ...real, dry_run: true });
  expect(real).toMatchObject({ added: 2, objects: { added: 4 }, object_counts: { car: 2, cat: 1, dog: 1 } });
});

test('a class that is left out takes its images with it where an image has one class', async () => {
  const source = await writeFolderSet(tempFolder(), { bolt: 1, nut: 2 });

  const report = await importDataset(newProject(), source, {
    renaming: { classes: new Map([['bolt', null]]), splits: new Map() },
  });

  expect(report).toMatchObject({ read: 3, added: 2, skipped: [{ where: join(source, 'bolt/0.png') }] });
  expect(report.classes).toEqual({ nut: 2 });
});

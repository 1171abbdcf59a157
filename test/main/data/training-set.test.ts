import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { loadTrainingSet, objectSamplesOf, samplesOf } from '../../../main/data/training-set.ts';
import { BatchFeed } from '../../../main/images/feed.ts';
import { maskFromPolygon } from '../../../native-models/geometry/rasterise.ts';
import { writeFolderSet } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { encoder, picture, writeBytes } from '../../kit/pictures.ts';
import { newProject } from '../../kit/projects.ts';

const settings = { splitRatio: 0.25, seed: 3 };

test('a project becomes samples that the feed can read', async () => {
  const project = newProject();
  await importDataset(project, await writeFolderSet(tempFolder(), { nut: 4, '10': 4, '2': 4 }));

  const set = loadTrainingSet(project, settings);

  expect(set.classes).toEqual(['10', '2', 'nut']);
  expect([set.train.length, set.validation.length, set.test.length]).toEqual([9, 3, 0]);
  const transform = { kind: 'evaluation', resizeSize: 16, cropSize: 16 } as const;
  const feed = new BatchFeed({ samples: set.train, transform, batchSize: 9, workers: 1 });
  for await (const { indices, count } of feed.batches(Int32Array.from(set.train.keys()), 1)) {
    expect([[...indices], count]).toEqual([[...set.train.keys()], 9]);
  }
  await feed.close();
});

test("an earlier run's images come back with its classes, and what has gone is named", async () => {
  const project = newProject();
  await importDataset(project, await writeFolderSet(tempFolder(), { bolt: 1, nut: 2 }));

  const { samples, missing } = samplesOf(project, ['washer', 'nut'], [3, 1, 77, 2]);

  expect(samples.map(({ id, labels }) => [id, labels])).toEqual([
    [3, [1]],
    [2, [1]],
  ]);
  expect(samples[0]!.path.startsWith(join(project.folder, 'images'))).toBe(true);
  expect(missing).toEqual([1, 77]);
});

test('one class is too few to train on', async () => {
  const project = newProject();
  await importDataset(project, await writeFolderSet(tempFolder(), { nut: 3 }));

  const error = await appErrorOf(() => loadTrainingSet(project, settings));

  expect([error.code, error.message]).toEqual([
    'too-few-images',
    `training needs images of at least 2 classes; ${project.folder} has 1`,
  ]);
});

test('objects of a segmentation project have their outlines, bitmaps along the edges of their pixels, crowds among them', async () => {
  const project = newProject(undefined, 'image-instance-segmentation');
  const folder = tempFolder();
  const size = { width: 12, height: 10 };
  writeBytes(
    folder,
    'a.png',
    await encoder(picture(size.width, size.height, () => [90, 90, 90]))
      .png()
      .toBuffer(),
  );
  const bitmap = maskFromPolygon([{ outline: [1, 1, 9, 1, 9, 8, 1, 8], holes: [[3, 3, 6, 3, 6, 6, 3, 6]] }], size);
  const rle = { size: [size.height, size.width], counts: bitmap.counts };
  const facts = { image_id: 1, category_id: 1, area: 1, bbox: [1, 1, 8, 7] };
  const coco = {
    images: [{ id: 1, file_name: 'a.png', ...size }],
    categories: [{ id: 1, name: 'nut' }],
    annotations: [
      { id: 1, iscrowd: 0, segmentation: [[2, 2, 8, 2, 8, 7]], ...facts },
      { id: 2, iscrowd: 1, segmentation: rle, ...facts },
    ],
  };
  writeFileSync(join(folder, 'coco.json'), JSON.stringify(coco));
  await importDataset(project, join(folder, 'coco.json'));

  const [sample] = objectSamplesOf(project, ['nut'], [1]).samples;

  const [outlined, crowd] = sample!.objects;
  expect(outlined).toMatchObject({ label: 0, isCrowd: false, polygon: [{ outline: [2, 2, 8, 2, 8, 7], holes: [] }] });
  expect(crowd!.isCrowd).toBe(true);
  expect(maskFromPolygon(crowd!.polygon!, size)).toEqual(bitmap);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importDataset } from '../../../main/data/import.ts';
import { loadTrainingSet, samplesOf } from '../../../main/data/training-set.ts';
import { BatchFeed } from '../../../main/images/feed.ts';
import { writeFolderSet } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
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

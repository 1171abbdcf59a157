import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readDescription } from '../../../main/bundle/description.ts';
import { type ScoredImage, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { settingsOf } from '../../../main/bundle/settings.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { request, shadesProject } from '../../kit/training.ts';

const folder = suiteFolder();
const bundle = join(folder, 'bundle');
const options = { clock: new FakeClock(), threads: 2 };
let project: WriteProject;

beforeAll(async () => {
  project = await shadesProject(8, join(folder, 'project'));
  await trainNew(project, request({ number_of_epochs: 1 }, 'mobilenetv2'));
  await writeBundle(project, 'r0001', bundle, options);
  return () => project.close();
});

const described = (changes: object) => ({ ...readDescription(bundle), ...changes });

test('a crop of another size is scored by the same weights in a network made for it', async () => {
  const sizes = { valid_resize_size: '56', valid_crop_size: '48' };
  const images = labelledImages(project.db).map((image) => imageFile(project.folder, image));
  const larger = join(folder, 'larger');
  project.db
    .prepare("UPDATE runs SET params_json = json_set(params_json, '$.valid_resize_size', 56, '$.valid_crop_size', 48)")
    .run();
  await writeBundle(project, 'r0001', larger, options);

  const overridden = (await scoreBundle(bundle, images, { threads: 2, settings: { sizes } })) as ScoredImage[];
  const own = (await scoreBundle(larger, images, { threads: 2 })) as ScoredImage[];
  const smaller = (await scoreBundle(bundle, images, { threads: 2 })) as ScoredImage[];

  expect(readDescription(larger).model_settings).toEqual({ valid_resize_size: 56, valid_crop_size: 48 });
  expect(overridden).toEqual(own);
  expect(overridden).not.toEqual(smaller);
});

test('a vision transformer takes crops of whole patches, and a model that nobody knows keeps its own', async () => {
  const model_settings = { valid_resize_size: 256, valid_crop_size: 224 };
  const sizes = (side: string) => ({ sizes: { valid_crop_size: side } });
  const vit = described({ model: 'vits16r224', model_settings });
  const foreign = described({ model: 'resnext', model_settings });

  const uneven = await appErrorOf(() => settingsOf(vit, sizes('200')));
  const unknown = await appErrorOf(() => settingsOf(foreign, sizes('192')));

  expect(settingsOf(vit, sizes('192'))).toMatchObject({ resizeSize: 256, cropSize: 192 });
  expect(uneven.message).toBe('valid_crop_size must be a multiple of 16 for vits16r224; got 200');
  expect(unknown.message).toBe('valid_crop_size must be 224: this version does not know resnext; got 192');
  expect(settingsOf(foreign, sizes('224'))).toMatchObject({ cropSize: 224 });
});

test('one class an image has no threshold', async () => {
  const error = await appErrorOf(() => settingsOf(described({}), { thresholds: ['0.4'] }));

  expect(settingsOf(described({})).thresholds).toBeNull();
  expect(error.message).toBe(
    '--threshold is for models of several classes an image; here the most probable class is predicted',
  );
});

test('a bundle that is not what it says is refused when it is to be made anew', async () => {
  const elsewhere = tempFolder();
  mkdirSync(elsewhere, { recursive: true });
  writeFileSync(join(elsewhere, 'bundle.json'), JSON.stringify(described({ model: 'resnet18' })));
  writeFileSync(join(elsewhere, 'model.onnx'), 'no model');
  const settings = { sizes: { valid_resize_size: '64', valid_crop_size: '64' } };

  const error = await appErrorOf(() => scoreBundle(elsewhere, [], { threads: 1, settings }));

  expect([error.code, error.message]).toEqual([
    'model-invalid',
    `${join(elsewhere, 'model.onnx')} is not an ONNX model`,
  ]);
});

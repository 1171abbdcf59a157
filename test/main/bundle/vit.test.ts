import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readDescription } from '../../../main/bundle/description.ts';
import { type ScoredImage, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { keptModel } from '../../../main/schedule/evaluate-run.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder } from '../../kit/folders.ts';
import { request, shadesProject } from '../../kit/training.ts';

const folder = suiteFolder();
const bundle = join(folder, 'bundle');
const SIZES = { train_crop_size: 48, valid_crop_size: 48, valid_resize_size: 48 };
const OVERRIDE = { sizes: { valid_resize_size: '48', valid_crop_size: '48' } };
let project: WriteProject;

beforeAll(async () => {
  project = await shadesProject(6, join(folder, 'project'));
  await trainNew(project, request({ number_of_epochs: 1 }, 'vits16r224'));
  await writeBundle(project, 'r0001', bundle, { clock: new FakeClock(), threads: 2 });
  return () => project.close();
});

test('a vision transformer is explained by what its class token attends to', async () => {
  const [image] = labelledImages(project.db).map((each) => imageFile(project.folder, each));
  const explained = async (xai_algorithm: string) => {
    const explain = { xai_algorithm, n_steps: 2, attributions: true };
    const [reply] = (await scoreBundle(bundle, [image!], { threads: 2, explain })) as [ScoredImage];
    return reply.explanations![0]!;
  };

  const rollout = await explained('rollout');
  const gains = await explained('gradient_rollout');
  const integrated = await explained('integrated_gradients');
  const error = await appErrorOf(() => explained('gradcam'));

  expect([rollout, gains, integrated].map(({ method }) => method)).toEqual([
    'attention_rollout',
    'gradient_rollout',
    'integrated_gradients',
  ]);
  for (const { attribution } of [rollout, gains, integrated]) {
    expect(attribution).toHaveLength(3 * 32 * 32);
    expect(new Set(attribution).size).toBeGreaterThan(3);
  }
  // 2x2 patches share what the class token does not keep for itself.
  expect(Math.max(...rollout.attribution!)).toBeLessThan(1);
  expect(Math.min(...rollout.attribution!)).toBeGreaterThan(0);
  expect(error.message).toBe(
    'gradcam does not suit vits16r224; what does: xrai, integrated_gradients, attention_rollout, gradient_rollout',
  );
});

test('a vision transformer takes larger pictures by the positions it learned on small ones', async () => {
  const weights = recogniseWeights(keptModel(project, 'r0001').file);
  const images = labelledImages(project.db).map((image) => imageFile(project.folder, image));
  const still = { ...SIZES, number_of_epochs: 1, learning_rate: 0 };
  const own = join(folder, 'own');

  await trainNew(project, { ...request(still, 'vits16r224'), weights });
  await writeBundle(project, 'r0002', own, { clock: new FakeClock(), threads: 2 });
  const native = (await scoreBundle(own, images, { threads: 2 })) as ScoredImage[];
  const overridden = (await scoreBundle(bundle, images, { threads: 2, settings: OVERRIDE })) as ScoredImage[];

  expect(readDescription(own).run.notes).toContain('made to fit from another size: pos_embed');
  overridden.forEach(({ probs }, i) => {
    probs.forEach((value, k) => {
      expect(value).toBeCloseTo(native[i]!.probs[k]!, 5);
    });
  });
  expect(new Set(overridden.map(({ probs }) => probs[0])).size).toBeGreaterThan(1);
});

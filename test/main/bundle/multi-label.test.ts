import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { readDescription } from '../../../main/bundle/description.ts';
import { type ScoredImage, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import type { GivenSettings } from '../../../main/bundle/settings.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { setThresholds } from '../../../main/store/runs.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder } from '../../kit/folders.ts';
import { request, tintsProject } from '../../kit/training.ts';

const folder = suiteFolder();
const bundle = join(folder, 'bundle');
const tuned = [0.25, 0.625];
let project: WriteProject;
let rows: { image: string; probs: number[] }[];

beforeAll(async () => {
  project = await tintsProject(24, join(folder, 'project'));
  await trainNew(project, request({ number_of_epochs: 1, split_ratio: 0.5 }, 'mobilenetv2'));
  const classes = ['blue', 'red'].map((label, i) => ({
    label,
    threshold: tuned[i]!,
    f1: 1,
    positives: 6,
    is_tuned: true,
  }));
  setThresholds(project.db, 'r0001', { epoch: 1, classes });
  await writeBundle(project, 'r0001', bundle, { clock: new FakeClock(), threads: 2 });
  await evaluateRun(project, 'r0001', 'validation', 2);
  const lines = readFileSync(join(runFolder(project, 'r0001'), 'predictions-validation.jsonl'), 'utf8').trim();
  rows = lines.split('\n').map((line) => JSON.parse(line));
  return () => project.close();
});

async function score(settings: GivenSettings = {}): Promise<ScoredImage[]> {
  const images = rows.map(({ image }) => join(project.folder, image));
  return (await scoreBundle(bundle, images, { threads: 2, settings })) as ScoredImage[];
}

const above = (thresholds: readonly number[]) =>
  rows.map(({ probs }) => ['blue', 'red'].filter((_, i) => probs[i]! >= thresholds[i]!));

describe('a multi-label bundle', () => {
  test('says that its logits become probabilities one by one, and from which on a class is predicted', () => {
    expect(readDescription(bundle)).toMatchObject({
      task: 'image-classification-multilabel',
      labels: ['blue', 'red'],
      postprocessing: 'sigmoid',
      thresholds: tuned,
      model_settings: { valid_resize_size: 32, valid_crop_size: 32 },
      run: { thresholds: { epoch: 1, classes: [{ label: 'blue', threshold: 0.25 }, { label: 'red' }] } },
    });
  });

  test('gives the probabilities of the evaluation, all of them, and the labels over their thresholds', async () => {
    const replies = await score();

    replies.forEach(({ probs, labels }, i) => {
      expect(labels).toEqual(['blue', 'red']);
      probs.forEach((value, k) => {
        expect(Math.abs(value - rows[i]!.probs[k]!)).toBeLessThan(1e-5);
      });
    });
    expect(replies.map(({ predicted }) => predicted)).toEqual(above(tuned));
  });

  test('takes other thresholds, for all classes or for one', async () => {
    const all = await score({ thresholds: ['0.5'] });
    const one = await score({ thresholds: ['0', 'red=1'] });

    expect(all.map(({ predicted }) => predicted)).toEqual(above([0.5, 0.5]));
    expect(one.map(({ predicted }) => predicted)).toEqual(rows.map(() => ['blue']));
  });

  test('explains every class over its threshold, or over the one that is given, each by a map of its own', async () => {
    const explained = async (given: object, settings: GivenSettings = {}) => {
      const explain = { xai_algorithm: 'guided_gradcam', attributions: 1, ...given };
      const images = rows.slice(0, 3).map(({ image }) => join(project.folder, image));
      return (await scoreBundle(bundle, images, { threads: 2, settings, explain })) as ScoredImage[];
    };

    const own = await explained({});
    const all = await explained({ confidence_score_threshold_multilabel: 0 });
    const none = await explained({}, { thresholds: ['1'] });

    const labelsOf = ({ explanations }: ScoredImage) => explanations!.map(({ label }) => label);
    expect(own.map(labelsOf)).toEqual(above(tuned).slice(0, 3));
    expect(all.map(labelsOf)).toEqual([1, 2, 3].map(() => ['blue', 'red']));
    expect(none.map(labelsOf)).toEqual([[], [], []]);
    const [blue, red] = all[0]!.explanations!;
    expect(blue!.attribution).not.toEqual(red!.attribution);
    expect([blue!.probability, red!.probability]).toEqual(all[0]!.probs);
  });

  test('checks itself: the golden probabilities of its pixel model are sigmoids of the golden logits', () => {
    mkdirSync(join(bundle, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules', 'onnxruntime-node'), join(bundle, 'node_modules', 'onnxruntime-node'));
    const floats = (name: string) =>
      new Float32Array(new Uint8Array(readFileSync(join(bundle, 'golden', name))).buffer);

    const { stdout, status } = spawnSync(process.execPath, [join(bundle, 'check.mjs')], { encoding: 'utf8' });

    expect([status, stdout]).toEqual([0, expect.stringContaining('ok   model-pixels.onnx')]);
    const logits = floats('output1.f32');
    floats('probabilities.f32').forEach((value, i) => {
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-logits[i]!)), 4);
    });
  });
});

test.each<[string, GivenSettings, string]>([
  ['a threshold over 1', { thresholds: ['1.5'] }, '--threshold must be a number from 0 to 1; got 1.5'],
  ['no threshold', { thresholds: ['red='] }, '--threshold must be a number from 0 to 1; got '],
  ['another label', { thresholds: ['green=0.5'] }, '--threshold must be for one of the labels blue, red; got green'],
  ['another setting', { sizes: { crop: '32' } }, '--set must be one of valid_resize_size, valid_crop_size; got crop'],
  [
    'a size of nothing',
    { sizes: { valid_resize_size: '0' } },
    'valid_resize_size must be a whole number from 1 to 8192; got 0',
  ],
  [
    'a crop that is larger than the resized image',
    { sizes: { valid_resize_size: '20' } },
    'valid_resize_size must be at least valid_crop_size, which is 32: the crop is taken from the resized image; got 20',
  ],
])('scoring with %s is refused before anything runs', async (_, settings, message) => {
  const error = await appErrorOf(() => scoreBundle(bundle, [], { threads: 1, settings }));

  expect([error.code, error.message]).toEqual(['bad-hyperparameter', message]);
});

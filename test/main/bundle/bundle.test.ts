import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { readDescription } from '../../../main/bundle/description.ts';
import { type ScoredExplanation, type ScoredImage, scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { imageFile, labelledImages } from '../../../main/store/images.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { Evaluation } from '../../../preload/contract/evaluation.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { request, shadesProject } from '../../kit/training.ts';

const options = { clock: new FakeClock(), threads: 2 };

const CONVOLUTIONAL = ['gradcam', 'guided_backprop', 'guided_gradcam', 'integrated_gradients', 'xrai'];
const folder = suiteFolder();
const bundle = join(folder, 'bundle');
let project: WriteProject;

beforeAll(async () => {
  project = await shadesProject(15, join(folder, 'project'));
  await trainNew(project, request({ number_of_epochs: 2 }, 'resnet18'));
  await writeBundle(project, 'r0001', bundle, options);
  return () => project.close();
});

describe('a bundle', () => {
  test('gives the scores of the evaluation', async () => {
    const evaluation = await evaluateRun(project, 'r0001', 'validation', 2);
    const rows = readFileSync(join(runFolder(project, 'r0001'), 'predictions-validation.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { image: string; probs: number[] });

    const replies = await scoreBundle(
      bundle,
      rows.map(({ image }) => join(project.folder, image)),
      { threads: 2 },
    );

    const report = readFileSync(join(runFolder(project, 'r0001'), 'evaluation-validation.json'), 'utf8');
    expect(Evaluation.parse(JSON.parse(report))).toMatchObject({ metrics: evaluation.metrics, run: 'r0001' });
    expect(rows.length).toBe(evaluation.images);
    replies.forEach((reply, i) => {
      if ('error' in reply) throw new Error(reply.error.message);
      expect(reply.labels).toEqual(['bright', 'dark']);
      reply.probs.forEach((value, k) => {
        expect(Math.abs(value - rows[i]!.probs[k]!)).toBeLessThan(1e-5);
      });
    });
  });

  test('takes any batch and holds its weights', async () => {
    const session = await ort.InferenceSession.create(join(bundle, 'model.onnx'));

    expect([session.inputNames, session.outputNames]).toEqual([['input1'], ['output1']]);
    for (const count of [1, 3]) {
      const input1 = new ort.Tensor('float32', new Float32Array(count * 3 * 32 * 32), [count, 3, 32, 32]);
      const { output1 } = await session.run({ input1 });
      expect(output1!.dims).toEqual([count, 2]);
    }
  });

  test('says what it is: labels in order, sizes, run, data, digests of every file', () => {
    const description = readDescription(bundle);
    const files = readdirSync(bundle, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());

    expect(JSON.parse(readFileSync(join(bundle, 'labels.json'), 'utf8'))).toEqual(['bright', 'dark']);
    expect(description).toMatchObject({
      task: 'image-classification',
      model: 'resnet18',
      labels: ['bright', 'dark'],
      model_settings: { valid_resize_size: 32, valid_crop_size: 32 },
      thresholds: null,
      run: { id: 'r0001', train_images: 24, validation_images: 6 },
    });
    expect(Object.keys(description.sha256).length).toBe(files.length - 1);
    expect(description.data_fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(description)).not.toContain(project.folder);
  });

  test('says how to install the runtime where it is missing', () => {
    const elsewhere = join(tempFolder(), 'alone');
    cpSync(bundle, elsewhere, { recursive: true });

    const { status, stderr } = spawnSync(process.execPath, [join(elsewhere, 'check.mjs')], { encoding: 'utf8' });

    expect(stderr).toContain('npm install onnxruntime-node');
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
  });

  test('checks itself with nothing but the runtime, and notices a changed byte', () => {
    const elsewhere = join(tempFolder(), 'moved');
    cpSync(bundle, elsewhere, { recursive: true });
    mkdirSync(join(elsewhere, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules', 'onnxruntime-node'), join(elsewhere, 'node_modules', 'onnxruntime-node'));
    const check = () => spawnSync(process.execPath, [join(elsewhere, 'check.mjs')], { encoding: 'utf8' });

    const whole = check();
    const golden = join(elsewhere, 'golden', 'output1.f32');
    const bytes = readFileSync(golden);
    bytes[3]! ^= 0x40;
    writeFileSync(golden, bytes);
    const damaged = check();

    expect(whole.stdout).toContain('ok   model.onnx');
    expect(whole.stdout).toContain('ok   model-pixels.onnx');
    expect(whole.status).toBe(0);
    expect(damaged.status).not.toBe(0);
    expect(damaged.stderr).toContain('golden/output1.f32 is damaged');
  });

  test('is not written over something else', async () => {
    const error = await appErrorOf(() => writeBundle(project, 'r0001', bundle, options));

    expect(error.code).toBe('folder-exists');
    expect(error.message).toContain(bundle);
  });
});

describe('scoring', () => {
  test('reports what cannot be read and scores the rest', async () => {
    const text = join(tempFolder(), 'text.jpg');
    writeFileSync(text, 'not a picture');
    const replies = await scoreBundle(bundle, [text, join(project.folder, 'nowhere.png')], { threads: 2 });

    expect(replies.map((reply) => ('error' in reply ? reply.error.code : null))).toEqual([
      'image-unreadable',
      'image-missing',
    ]);
    expect(replies.map(({ filename }) => filename)).toEqual([text, join(project.folder, 'nowhere.png')]);
  });

  test('explains the most probable class by each method that suits the network', async () => {
    const explained = async (xai_algorithm: string, images: readonly string[]) => {
      const explain = { xai_algorithm, n_steps: 4, attributions: true };
      return (await scoreBundle(bundle, images, { threads: 2, explain })) as ScoredImage[];
    };
    const files = labelledImages(project.db).map((row) => imageFile(project.folder, row));
    // The last map has one pixel here, which speaks for the most probable class or, leaving nothing to show, against it.
    const speaksFor = ({ explanations }: ScoredImage) => explanations![0]!.attribution!.some((value) => value > 0);
    const image = files[(await explained('gradcam', files)).findIndex(speaksFor)]!;

    const replies: ScoredImage[] = [];
    for (const method of CONVOLUTIONAL) replies.push(...(await explained(method, [image])));

    const [{ probs, labels }] = replies as [ScoredImage, ...ScoredImage[]];
    const best = probs.indexOf(Math.max(...probs));
    for (const [i, { explanations }] of replies.entries()) {
      const [{ picture, attribution, ...said }] = explanations as [ScoredExplanation];
      expect(explanations).toHaveLength(1);
      expect(said).toEqual({ label: labels[best], probability: probs[best], method: CONVOLUTIONAL[i] });
      expect(await sharp(picture!).metadata()).toMatchObject({ format: 'png', width: 64, height: 64, channels: 3 });
      expect(attribution).toHaveLength(3 * 32 * 32);
    }
    const planes = (method: string) => replies[CONVOLUTIONAL.indexOf(method)]!.explanations![0]!.attribution!;
    const map = planes('gradcam');
    const product = planes('guided_backprop').map((slope, k) => slope * map[k]!);
    expect(planes('guided_gradcam')).toEqual(product);
    for (const method of CONVOLUTIONAL.slice(1)) expect(new Set(planes(method)).size, method).toBeGreaterThan(3);
  });

  test.each([
    [{ xai_algorithm: 'lime' }, /^xai_algorithm must be one of xrai, integrated_gradients.*, got "lime"$/],
    [
      { xai_algorithm: 'attention-rollout' },
      /^attention_rollout does not suit resnet18; what does: xrai, .*, gradcam$/,
    ],
    [{ n_steps: 1 }, 'n_steps must be a whole number from 2 to 1000, got 1'],
    [{ approximation_method: 'simpson' }, /^approximation_method must be one of riemann_middle, gausslegendre/],
    [{ steps: 10 }, /^"steps" is no parameter of explanations: there are xai_algorithm, visualizations/],
  ])('refuses to explain with %j before anything runs', async (explain, message) => {
    const error = await appErrorOf(() => scoreBundle(bundle, [], { threads: 1, explain }));

    expect([error.code, error.message]).toEqual(['bad-argument', expect.stringMatching(message)]);
  });

  test('a bundle of a model that nobody knows here is scored, and not explained', async () => {
    const elsewhere = changed({ model: 'resnext9000' });
    cpSync(join(bundle, 'model.onnx'), join(elsewhere, 'model.onnx'));
    const image = imageFile(project.folder, labelledImages(project.db)[0]!);

    const [reply] = await scoreBundle(elsewhere, [image], { threads: 1 });
    const error = await appErrorOf(() => scoreBundle(elsewhere, [image], { threads: 1, explain: {} }));

    expect(reply).toMatchObject({ labels: ['bright', 'dark'] });
    expect(error.message).toBe('this version does not know resnext9000, and cannot explain what it decides');
  });

  test.each([
    ['no bundle.json', () => tempFolder(), 'is this a bundle?'],
    [
      'a path that leaves the bundle',
      () => changed({ files: { model: '../../etc/passwd', model_pixels: 'x.onnx' } }),
      'files.model',
    ],
    [
      'a crop of astronomic size',
      () => changed({ model_settings: { valid_resize_size: 1e9, valid_crop_size: 1e9 } }),
      'model_settings.valid_resize_size',
    ],
    ['another format', () => changed({ format: 1 }), 'format'],
  ])('refuses a bundle with %s, naming the field', async (_, make, named) => {
    const error = await appErrorOf(() => scoreBundle(make(), [], { threads: 1 }));

    expect(error.code).toBe('bundle-invalid');
    expect(error.message).toContain(named);
  });

  test('an unknown run, or one without a model, has nothing to export', async () => {
    const unknown = await appErrorOf(() => writeBundle(project, 'r0099', join(tempFolder(), 'b'), options));

    expect(unknown.message).toBe('there is no run "r0099"; the latest run is r0001');
  });
});

/** The bundle's description with other fields, in a folder of its own. */
function changed(fields: Readonly<Record<string, unknown>>): string {
  const elsewhere = tempFolder();
  const description = JSON.parse(readFileSync(join(bundle, 'bundle.json'), 'utf8'));
  writeFileSync(join(elsewhere, 'bundle.json'), JSON.stringify({ ...description, ...fields }));
  return elsewhere;
}

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { readDescription } from '../../../main/bundle/description.ts';
import { scoreBundle } from '../../../main/bundle/score-bundle.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import type { WriteProject } from '../../../main/store/project.ts';
import { Evaluation } from '../../../preload/contract/evaluation.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { request, shadesProject } from '../../kit/training.ts';

const options = { clock: new FakeClock(), threads: 2 };

const folder = suiteFolder();
const bundle = join(folder, 'bundle');
let project: WriteProject;

beforeAll(async () => {
  project = await shadesProject(15, join(folder, 'project'));
  await trainNew(project, request({ number_of_epochs: 2 }, 'mobilenetv2'));
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
      model: 'mobilenetv2',
      labels: ['bright', 'dark'],
      model_settings: { valid_resize_size: 32, valid_crop_size: 32 },
      thresholds: null,
      run: { id: 'r0001', train_images: 24, validation_images: 6 },
    });
    expect(Object.keys(description.sha256).length).toBe(files.length - 1);
    expect(description.data_fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(description)).not.toContain(project.folder);
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

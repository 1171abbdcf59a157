import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { openAnyBundle } from '../../../main/bundle/any-bundle.ts';
import { BatchLines } from '../../../main/bundle/batch-lines.ts';
import { batchScore } from '../../../main/bundle/batch-score.ts';
import { readAnyDescription, readDescription } from '../../../main/bundle/description.ts';
import type { ObjectBundle } from '../../../main/bundle/object-description.ts';
import { type FoundInImage, scoreObjects } from '../../../main/bundle/score-objects.ts';
import { ScoringProcess } from '../../../main/bundle/scoring-process.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { importDataset } from '../../../main/data/import.ts';
import { MOSAIC } from '../../../main/images/objects/mosaic.ts';
import type { Seer } from '../../../main/label/predict.ts';
import { addModel } from '../../../main/models/add-model.ts';
import { openModelSeer } from '../../../main/models/open-model-seer.ts';
import { surveyModel } from '../../../main/models/survey-model.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { openSeer } from '../../../main/schedule/open-seer.ts';
import { readEvaluation } from '../../../main/schedule/read-evaluation.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { serveBundle } from '../../../main/serve-bundle/serve-bundle.ts';
import { imageById } from '../../../main/store/images.ts';
import { createProject, type WriteProject } from '../../../main/store/project.ts';
import { runById } from '../../../main/store/runs.ts';
import type { ObjectScoreJob } from '../../../main/train/protocol.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeJsonl } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { detectorRequest, writeRectangles } from '../../kit/training.ts';

const TIMEOUT_MS = 120_000;
/** So low that a network after one epoch finds something. */
const LEAST_SCORE = 1e-5;
const folder = suiteFolder();
const bundle = join(folder, 'bundle');
let project: WriteProject;
let run: string;

beforeAll(async () => {
  const identity = { clock: new FakeClock(), owner: 'lightbench test', task: 'image-object-detection' } as const;
  project = createProject(join(folder, 'project'), identity);
  const pictures = join(folder, 'pictures');
  await importDataset(project, writeJsonl(join(pictures, 'boxes.jsonl'), await writeRectangles(pictures, 12)));
  run = await trainNew(
    project,
    detectorRequest('yolox_nano', {
      number_of_epochs: 1,
      box_score_thresh: LEAST_SCORE,
      warmup_cosine_lr_warmup_epochs: 0,
    }),
  );
  await writeBundle(project, run, bundle, { clock: new FakeClock(), threads: 2 });
  return () => project.close();
}, TIMEOUT_MS);

/** One after the other, as a client would. */
async function asked(url: string, type: string, body: BodyInit) {
  const reply = await fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body });
  return { status: reply.status, value: (await reply.json()) as never };
}

const described = () => readAnyDescription(bundle) as ObjectBundle;

describe('the report of a run that finds objects', () => {
  test('is written when it ends: what it found, per class, COCO numbers, confusion, mistakes, curves', () => {
    const report = readEvaluation(project, run, 'validation')!;

    expect(report).toMatchObject({ task: 'image-object-detection', images: 2, objects: 2, classes: ['tall', 'wide'] });
    if (!('coco' in report)) throw new Error('a report of classes');
    expect(report.metrics).toHaveProperty('mean_average_precision');
    expect(report.metrics).toHaveProperty('AP50');
    expect(report.per_label_metrics.reduce((sum, { truths }) => sum + truths, 0)).toBe(2);
    expect(report.confusion).toHaveLength(3);
    expect(report.curves).toHaveLength(2);
    expect(report.found).toBeGreaterThan(0);
  });

  test('holds what the run says of images without being told what is on them', { timeout: TIMEOUT_MS }, async () => {
    const images = runById(project.db, run).split.validation.map((id) => imageById(project.db, id)!);
    const seen = await openSeer(project, run, 2).look(images, undefined);
    const lines = readFileSync(join(runFolder(project, run), 'predictions-validation.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const said = lines.map((line) => (JSON.parse(line) as { boxes: { label: string; score: number }[] }).boxes);

    const scores = seen.map((found) => (found.kind === 'objects' ? found.objects.map(({ score }) => score) : []));
    expect(scores.flat().length).toBeGreaterThan(0);
    expect(scores).toEqual(said.map((boxes) => boxes.map(({ score }) => score)));
  });

  test('is the same when the run is evaluated again', { timeout: TIMEOUT_MS }, async () => {
    const before = readEvaluation(project, run, 'validation')!;

    const again = await evaluateRun(project, run, 'validation', 2);

    expect(again.metrics).toEqual(before.metrics);
  });

  test('the run says how strongly its pictures were changed', () => {
    expect(runById(project.db, run).params['augmentation']).toEqual(MOSAIC);
  });
});

describe('a bundle whose model finds objects', () => {
  test('says what its run says, added to a project as a model from elsewhere', { timeout: TIMEOUT_MS }, async () => {
    const images = runById(project.db, run).split.validation.map((id) => imageById(project.db, id)!);
    const source = { path: bundle, decoder: null, labels: null };
    const given = { task: project.info.task, projectClasses: ['tall', 'wide'], threads: 2, signal: undefined };
    const { mapping } = await surveyModel(source, given);
    const { id } = await addModel(project, { source, name: 'bundle', mapping: mapping! }, 1);
    const told = async (seer: Seer) =>
      (await seer.look(images, undefined)).map((found) =>
        found.kind === 'classes'
          ? []
          : found.objects.map(({ class_name, score, xyxy }) => [class_name, score.toFixed(4), xyxy.map(Math.round)]),
      );

    const said = await told(openModelSeer(project, id, 2));
    expect(said.flat().length).toBeGreaterThan(0);
    expect(said).toEqual(await told(openSeer(project, run, 2)));
  });

  test('finds what the evaluation found', { timeout: TIMEOUT_MS }, async () => {
    const rows = readFileSync(join(runFolder(project, run), 'predictions-validation.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { image: string; boxes: FoundInImage['boxes'] });
    const images = rows.map(({ image }) => join(project.folder, image));

    const replies = await scoreObjects(bundle, described(), images, { threads: 2 });

    expect(rows.some(({ boxes }) => boxes.length > 0)).toBe(true);
    replies.forEach((reply, i) => {
      if ('error' in reply) throw new Error(reply.error.message);
      expect(reply.boxes.map(({ label }) => label)).toEqual(rows[i]!.boxes.map(({ label }) => label));
      reply.boxes.forEach(({ box, score }, k) => {
        const expected = rows[i]!.boxes[k]!;
        expect(score).toBeCloseTo(expected.score, 4);
        for (const side of ['topX', 'topY', 'bottomX', 'bottomY'] as const)
          expect(box[side]).toBeCloseTo(expected.box[side], 3);
      });
    });
  });

  const scored = async (settings: Readonly<Record<string, string>>) => {
    const image = join(project.folder, described().golden.image);
    const [reply] = (await scoreObjects(bundle, described(), [image], { threads: 2, settings })) as FoundInImage[];
    return reply!.boxes;
  };
  const jobOf = (set: Readonly<Record<string, string>>) =>
    openAnyBundle(bundle, { set, threshold: [] }, 1).job as ObjectScoreJob;

  test('a higher score threshold leaves out, and the model runs as it was exported', async () => {
    const all = await scored({ box_score_thresh: String(LEAST_SCORE) });
    const limit = String(all[Math.floor(all.length / 2)]!.score);

    expect(await scored({ box_score_thresh: limit })).toEqual(all.filter(({ score }) => score > Number(limit)));
    expect(jobOf({ box_score_thresh: limit }).remade).toBeNull();
  });

  test('for other settings the network is made anew, with the same weights', { timeout: TIMEOUT_MS }, async () => {
    const own = await scored({});

    const lower = await scored({ box_score_thresh: String(LEAST_SCORE / 2) });
    const apart = await scored({ nms_iou_threshold: '0' });
    const larger = await scored({ img_size: '128' });

    expect(jobOf({ box_score_thresh: String(LEAST_SCORE / 2) }).remade).not.toBeNull();
    const most = Math.min(own.length, lower.length);
    expect(lower.slice(0, most).map(({ score }) => score)).toEqual(
      own.slice(0, most).map(({ score }) => expect.closeTo(score, 6)),
    );
    expect(apart.length).toBeGreaterThan(0);
    expect(apart.length).toBeLessThan(own.length);
    expect(jobOf({ img_size: '128' }).viewing.transform.canvas).toEqual({ width: 128, height: 128 });
    expect(larger.every(({ box }) => box.topX >= 0 && box.bottomX <= 1)).toBe(true);
  });

  test.each([
    [{ img_size: '50' }, 'img_size must be a multiple of 32'],
    [{ box_iou_thresh: '2' }, 'box_iou_thresh must be a number from 0 to 1'],
    [{ min_size: '600' }, '--set must be one of box_score_thresh, img_size, box_iou_thresh'],
  ])('%j is refused', async (set, message) => {
    const error = await appErrorOf(() => openAnyBundle(bundle, { set, threshold: [] }, 1));

    expect([error.code, error.message]).toEqual(['bad-hyperparameter', expect.stringContaining(message)]);
  });

  test('an image that cannot be read has its reason', async () => {
    const broken = join(tempFolder(), 'broken.jpg');
    writeFileSync(broken, 'no picture');

    const [reply] = await scoreObjects(bundle, described(), [broken], { threads: 1 });

    expect(reply).toMatchObject({ filename: broken, error: { code: 'image-unreadable' } });
  });

  test('the first file is what the specification says: `input` in, raw `output` out, fixed to one picture', async () => {
    const session = await ort.InferenceSession.create(join(bundle, 'model.onnx'));
    const { canvas, labels } = described();

    expect([session.inputNames, session.outputNames]).toEqual([['input'], ['output']]);
    const input = new ort.Tensor('float32', new Float32Array(3 * canvas.width * canvas.height), [
      ...[1, 3, canvas.height, canvas.width],
    ]);
    const { output } = await session.run({ input });
    expect(output!.dims[2]).toBe(5 + labels.length);
  });

  test('its checker says that it works here, and that it does not where a file is damaged', () => {
    const copy = join(tempFolder(), 'copy');
    cpSync(bundle, copy, { recursive: true });
    mkdirSync(join(copy, 'node_modules'));
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));
    const check = () => spawnSync(process.execPath, [join(copy, 'check.mjs')], { encoding: 'utf8' });

    const whole = check();
    writeFileSync(join(copy, 'golden', 'boxes.bin'), new Uint8Array(4));
    const damaged = check();

    expect(whole.stdout.split('\n').map((line) => line.slice(0, 14))).toEqual(
      expect.arrayContaining(['ok   model.onn', 'ok   model-pix']),
    );
    expect(whole.status).toBe(0);
    expect(damaged.stderr).toContain('golden/boxes.bin is damaged');
    expect(damaged.status).not.toBe(0);
  });

  test('says what it is, and what is not of it is refused by field', async () => {
    expect(described()).toMatchObject({
      task: 'image-object-detection',
      labels: ['tall', 'wide'],
      model_settings: { box_score_thresh: LEAST_SCORE, box_iou_thresh: 0.5 },
      preprocessing: { resize: 'letterbox to img_size', frame: [114, 114, 114] },
    });
    const classes = await appErrorOf(() => readDescription(bundle));
    const copy = tempFolder();
    writeFileSync(join(copy, 'bundle.json'), JSON.stringify({ ...described(), canvas: { width: 1e9, height: 1 } }));
    const large = await appErrorOf(() => readAnyDescription(copy));

    expect(classes.message).toContain('this model finds objects');
    expect(large.message).toContain('field canvas.width');
  });
});

describe('a bundle that finds objects, scored by others', () => {
  const images = () => {
    const lines = readFileSync(join(runFolder(project, run), 'predictions-validation.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return lines.map((line) => join(project.folder, (JSON.parse(line) as { image: string }).image));
  };

  test('into lines: one an image, with its path; what is there is not scored again', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const opened = openAnyBundle(bundle, { set: {}, threshold: [] }, 1);
    const file = join(tempFolder(), 'found.jsonl');
    const broken = join(tempFolder(), 'broken.jpg');
    writeFileSync(broken, 'no picture');
    const options = { processes: 1, timeoutMs: TIMEOUT_MS, retries: 0 };
    const results: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      const lines = new BatchLines(file);
      results.push(await batchScore(opened, [...images(), broken], lines, options));
      lines.close();
    }

    const replies = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(replies.slice(0, 2)).toEqual(await scoreObjects(bundle, described(), images(), { threads: 1 }));
    expect(results).toEqual([
      { scored: 2, failed: 1, skipped: 0 },
      { scored: 0, failed: 1, skipped: 2 },
    ]);
  });

  test('over HTTP in both forms; explanations are refused with the reason', { timeout: TIMEOUT_MS }, async () => {
    const opened = openAnyBundle(bundle, { set: {}, threshold: [] }, 1);
    const scoring = new ScoringProcess(opened.job, { timeoutMs: TIMEOUT_MS });
    const logBug = (error: unknown) => {
      throw error;
    };
    const server = await serveBundle({ bundle: opened, process: scoring, token: null, maxBodyBytes: 1e6, logBug });
    const files = images().map((path) => readFileSync(path));
    const [first, second] = files.map((bytes) => bytes.toString('base64'));
    const v2 = (...data: readonly string[]) =>
      asked(server.scoringUrl, 'application/json', JSON.stringify({ input_data: { columns: ['image'], data } }));
    const explained = JSON.stringify({ image_base64: first, model_explainability: true, xai_parameters: {} });

    const introduction = (await (await fetch(server.url)).json()) as object;
    const one = await asked(server.scoringUrl, 'application/octet-stream', files[0]!);
    const both = await v2(first!, second!);
    const refused = await v2(first!, explained);
    const unread = await asked(server.scoringUrl, 'application/octet-stream', 'no picture');
    await server.close();
    await scoring.close();

    const expected = await scoreObjects(bundle, described(), images(), { threads: 1 });
    const named = expected.map((reply, i) => ({ ...reply, filename: `image_000${i + 1}` }));
    expect(introduction).toMatchObject({
      task: 'image-object-detection',
      labels: ['tall', 'wide'],
      model_settings: { box_score_thresh: LEAST_SCORE },
    });
    expect(one).toEqual({ status: 200, value: named[0] });
    expect(both).toEqual({ status: 200, value: named });
    expect(refused).toMatchObject({ status: 400, value: { error: { code: 'bad-argument' } } });
    expect(JSON.stringify(refused.value)).toContain('this one finds objects');
    expect(unread).toMatchObject({ status: 400, value: { error: { code: 'image-unreadable' } } });
  });

  test('thresholds of classes are refused', async () => {
    const error = await appErrorOf(() => openAnyBundle(bundle, { set: {}, threshold: ['0.5'] }, 1));

    expect(error.message).toContain('takes --set box_score_thresh=P');
  });
});

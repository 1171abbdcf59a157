import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../../../build/source-files.ts';
import { readAnyDescription } from '../../../main/bundle/description.ts';
import type { ObjectBundle } from '../../../main/bundle/object-description.ts';
import { type FoundInImage, scoreObjects } from '../../../main/bundle/score-objects.ts';
import { writeBundle } from '../../../main/bundle/write-bundle.ts';
import { importDataset } from '../../../main/data/import.ts';
import { detectObjects } from '../../../main/schedule/detect-objects.ts';
import { evaluateRun } from '../../../main/schedule/evaluate-run.ts';
import { readEvaluation } from '../../../main/schedule/read-evaluation.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainNew } from '../../../main/schedule/run-training.ts';
import { createProject, type WriteProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { runById } from '../../../main/store/runs.ts';
import { epochCheckpoint } from '../../../main/train/checkpoint.ts';
import { ringsOf } from '../../../native-models/geometry/polygon.ts';
import { FakeClock } from '../../kit/clock.ts';
import { writeJsonl } from '../../kit/data-sets.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder, tempFolder } from '../../kit/folders.ts';
import { detectorRequest, writeOutlines } from '../../kit/training.ts';

const TIMEOUT_MS = 480_000; // processes of its own, where other tests run beside them
/** So low that a network after one epoch finds something. */
const LEAST_SCORE = 1e-4;
const folder = suiteFolder();
const bundle = join(folder, 'bundle');
let project: WriteProject;
let run: string;

beforeAll(async () => {
  const identity = { clock: new FakeClock(), owner: 'lightbench test', task: 'image-instance-segmentation' } as const;
  project = createProject(join(folder, 'project'), identity);
  const pictures = join(folder, 'pictures');
  await importDataset(project, writeJsonl(join(pictures, 'outlines.jsonl'), await writeOutlines(pictures, 12)));
  run = await trainNew(
    project,
    detectorRequest('maskrcnn_mobilenetv2_fpn', {
      number_of_epochs: 1,
      box_score_thresh: LEAST_SCORE,
      box_detections_per_img: 8,
      warmup_cosine_lr_warmup_epochs: 0,
    }),
  );
  await writeBundle(project, run, bundle, { clock: new FakeClock(), threads: 2 });
  return () => project.close();
}, TIMEOUT_MS);

const described = () => readAnyDescription(bundle) as ObjectBundle;
const judgedRows = () =>
  readFileSync(join(runFolder(project, run), 'predictions-validation.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { image: string; boxes: FoundInImage['boxes'] });

describe('a run that finds objects with their masks', () => {
  test('keeps its best epoch by the masks, and says beside it what the boxes are worth', () => {
    const summary = runSummary(project.db, run);

    expect(summary).toMatchObject({ state: 'completed', primary_metric: { name: 'mean_average_precision', epoch: 1 } });
    expect(Object.keys(summary.epochs[0]!.metrics).sort()).toEqual([
      'box_mean_average_precision',
      'mean_average_precision',
      'precision',
      'recall',
    ]);
    expect(existsSync(epochCheckpoint(runFolder(project, run), 1))).toBe(true);
  });

  test('is judged by masks, boxes and boundaries, the same when it is judged again', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const report = readEvaluation(project, run, 'validation')!;
    if (!('coco' in report)) throw new Error('a report of classes');

    const again = await evaluateRun(project, run, 'validation', 2);

    expect(report).toMatchObject({ task: 'image-instance-segmentation', classes: ['tall', 'wide'], objects: 2 });
    expect(report.boxes!.per_label_metrics).toHaveLength(2);
    expect(report.metrics['box_mean_average_precision']).toBe(report.boxes!.metrics['mean_average_precision']);
    expect(report.boundary!.numbers.AP50).toBeLessThanOrEqual(report.coco.numbers.AP50);
    expect(report.found).toBeGreaterThan(0);
    expect(again.metrics).toEqual(report.metrics);
  });
});

test('its model is asked about any image of the project: classes, bitmaps and outlines in pixels, best first', {
  timeout: TIMEOUT_MS,
}, async () => {
  const [id] = runById(project.db, run).split.validation;

  const found = (await detectObjects(project, run, [id!], 2)).get(id!)!;

  const [judged] = judgedRows();
  expect(found.map(({ class_name }) => class_name)).toEqual(judged!.boxes.map(({ label }) => label));
  found.forEach(({ score, shape, polygon }, i) => {
    expect(score).toBeCloseTo(judged!.boxes[i]!.score, 6); // alone in its batch: another order of sums
    if (shape.kind !== 'mask') throw new Error('a model of masks found a box');
    const { width, height } = shape.mask;
    const fractions = ringsOf(polygon ?? []).map((ring) => ring.map((at, k) => at / (k % 2 === 0 ? width : height)));
    expect(fractions.flat().sort()).toEqual(judged!.boxes[i]!.polygon!.flat().sort());
  });
});

describe('a bundle whose model finds masks', () => {
  test('finds what the evaluation found, outlines included', { timeout: TIMEOUT_MS }, async () => {
    const rows = judgedRows();

    const replies = await scoreObjects(
      bundle,
      described(),
      rows.map(({ image }) => join(project.folder, image)),
      { threads: 2 },
    );

    expect(rows.some(({ boxes }) => boxes.some(({ polygon }) => polygon!.length > 0))).toBe(true);
    replies.forEach((reply, i) => {
      if ('error' in reply) throw new Error(reply.error.message);
      const { boxes } = rows[i]!;
      expect(reply.boxes.map(({ label, polygon }) => ({ label, polygon }))).toEqual(
        boxes.map(({ label, polygon }) => ({ label, polygon })),
      );
      reply.boxes.forEach(({ score, polygon }, k) => {
        expect(score).toBeCloseTo(boxes[k]!.score, 4);
        for (const value of polygon!.flat()) expect(value >= 0 && value <= 1).toBe(true);
      });
    });
  });

  test('draws more of a picture at a lower threshold of pixels, and simpler outlines where few corners are wanted', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const image = join(project.folder, described().golden.image);
    const found = async (settings: Record<string, string>) => {
      const [reply] = await scoreObjects(bundle, described(), [image], { threads: 2, settings });
      return (reply as FoundInImage).boxes;
    };

    const [all, none, simple] = [
      await found({ mask_pixel_score_threshold: '0' }),
      await found({ mask_pixel_score_threshold: '1' }),
      await found({ max_number_of_polygon_points: '5' }),
    ];

    expect(all.every(({ polygon }) => polygon!.length > 0)).toBe(true);
    expect(none.every(({ polygon }) => polygon!.length === 0)).toBe(true);
    expect(Math.max(...simple.flatMap(({ polygon }) => polygon!.map((ring) => ring.length)))).toBeLessThanOrEqual(
      2 * 5,
    );
    const wrong = await appErrorOf(() => found({ mask_pixel_score_threshold: '2' }));
    expect(wrong.message).toContain('mask_pixel_score_threshold must be a number from 0 to 1');
  });

  test('the first file says what the specification says: masks of the whole picture, in [0,1], last', async () => {
    const session = await ort.InferenceSession.create(join(bundle, 'model.onnx'));
    const { width, height } = described().canvas;

    expect(session.inputNames).toEqual(['input']);
    expect(session.outputNames).toEqual(['boxes_0', 'labels_0', 'scores_0', 'masks_0']);
    const input = new ort.Tensor('float32', new Float32Array(3 * width * height), [1, 3, height, width]);
    const { masks_0: masks, boxes_0: boxes } = await session.run({ input });
    expect(masks!.dims).toEqual([boxes!.dims[0], 1, height, width]);
    const values = masks!.data as Float32Array;
    expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('its checker says that it works here', () => {
    const copy = join(tempFolder(), 'copy');
    cpSync(bundle, copy, { recursive: true });
    mkdirSync(join(copy, 'node_modules'));
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      symlinkSync(join(ROOT, 'node_modules', name), join(copy, 'node_modules', name));

    const { stdout, stderr } = spawnSync(process.execPath, [join(copy, 'check.mjs')], { encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(stdout.match(/^ok {3}/gm)).toHaveLength(2);
    expect(existsSync(join(bundle, 'golden', 'masks_0.bin.gz'))).toBe(true);
  });
});

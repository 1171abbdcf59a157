import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planRun } from '../../../main/schedule/plan-run.ts';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { type TrainingRequest, trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import type { ReadProject, WriteProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { epochCheckpoint } from '../../../main/train/checkpoint.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { parseSafetensors } from '../../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../../native-models/weights/stored-tensor.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { initialWeightsOf } from '../../kit/model-weights.ts';
import { torchFileOf } from '../../kit/torch-files.ts';
import { detectorRequest, rectanglesProject } from '../../kit/training.ts';

const TIMEOUT_MS = 480_000; // several runs, each with processes of its own, where other tests run beside them

const curveOf = (project: ReadProject, run: string) =>
  runSummary(project.db, run).epochs.map(({ epoch, train_loss, metrics }) => ({ epoch, train_loss, metrics }));

test.each([
  ['yolox_nano', {}],
  ['yolov5', { model_size: 'small' }],
  ['retinanet_resnet50_fpn', {}],
])(
  '%s learns to find objects, and keeps the epoch that finds them best',
  { timeout: TIMEOUT_MS },
  async (model, given) => {
    const project = await rectanglesProject();

    const run = await trainNew(project, detectorRequest(model, { ...given, number_of_epochs: 2 }));

    const summary = runSummary(project.db, run);
    expect(summary).toMatchObject({ state: 'completed', model, primary_metric: { name: 'mean_average_precision' } });
    for (const { train_loss, metrics, per_label_metrics: perLabel } of summary.epochs) {
      expect(train_loss).toBeGreaterThan(0);
      expect(Object.keys(metrics).sort()).toEqual(['mean_average_precision', 'precision', 'recall']);
      expect(perLabel!.map(({ label }) => label)).toEqual(['tall', 'wide']);
      const mean = perLabel!.reduce((sum, { average_precision }) => sum + average_precision!, 0) / 2;
      expect(mean).toBeCloseTo(metrics['mean_average_precision']!, 12);
    }
    const kept = summary.primary_metric.epoch!;
    expect(existsSync(epochCheckpoint(runFolder(project, run), kept))).toBe(true);
  },
);

test('weights of a ResNet begin a detector with it, the rest starts anew, and the run says so', {
  timeout: TIMEOUT_MS,
}, async () => {
  const project = await rectanglesProject(8);
  const file = join(tempFolder(), 'resnet18.pth');
  writeFileSync(file, torchFileOf(initialWeightsOf('resnet18', 10)));
  const request = detectorRequest('fasterrcnn_resnet18_fpn', { number_of_epochs: 1, layers_to_freeze: 2 });

  const run = await trainNew(project, { ...request, weights: recogniseWeights(file) });

  expect(runSummary(project.db, run).notes).toEqual([
    expect.stringMatching(/^the backbone, resnet18, starts from .*resnet18\.pth/),
    'the weights are of the backbone alone; all else begins with random values: backbone.fpn, rpn.head, roi_heads.box_head, roi_heads.box_predictor',
    expect.stringContaining('no use for: fc.weight; fc.bias'),
  ]);
  const kept = parseSafetensors(readFileSync(epochCheckpoint(runFolder(project, run), 1))).tensors;
  const frozen = 'layer1.0.conv1.weight';
  expect(toFloat32(frozen, kept.get(`backbone.body.${frozen}`)!)).toEqual(
    initialWeightsOf('resnet18', 10).get(frozen)!.data,
  );
  const other = planError(project, { ...request, model: 'fasterrcnn_resnet34_fpn', weights: recogniseWeights(file) });
  expect((await other).message).toContain('holds weights of resnet18, not of fasterrcnn_resnet34_fpn');
});

const planError = (project: WriteProject, request: TrainingRequest) => appErrorOf(() => planRun(project, request));

test('a run whose pictures change their size and are seen in tiles, cancelled and resumed, has the curve it would have had', {
  timeout: TIMEOUT_MS,
}, async () => {
  const project = await rectanglesProject(8);
  const request = detectorRequest('yolox_nano', {
    number_of_epochs: 3,
    validation_metric_type: 'coco_voc',
    multi_scale: 1,
    tile_grid_size: '(2, 1)',
  });
  const whole = await trainNew(project, request);
  const stop = new AbortController();
  let broken = '';

  await appErrorOf(() =>
    trainNew(project, request, {
      signal: stop.signal,
      onStarted: (id) => {
        broken = id;
      },
      onEpoch: () => stop.abort(),
    }),
  );
  await trainAgain(project, broken, 2);

  expect(curveOf(project, broken)).toEqual(curveOf(project, whole));
  expect(curveOf(project, whole)[0]!.metrics).toHaveProperty('AP50');
});

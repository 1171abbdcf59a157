import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runFolder } from '../../../main/schedule/run-setting.ts';
import { trainAgain, trainNew } from '../../../main/schedule/run-training.ts';
import type { ReadProject } from '../../../main/store/project.ts';
import { runSummary } from '../../../main/store/run-summaries.ts';
import { epochCheckpoint } from '../../../main/train/checkpoint.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { detectorRequest, rectanglesProject } from '../../kit/training.ts';

const TIMEOUT_MS = 480_000; // several runs, each with processes of its own, where other tests run beside them

const curveOf = (project: ReadProject, run: string) =>
  runSummary(project.db, run).epochs.map(({ epoch, train_loss, metrics }) => ({ epoch, train_loss, metrics }));

test.each([
  ['yolox_nano', {}],
  ['yolov5', { model_size: 'small' }],
  ['fasterrcnn_resnet18_fpn', { layers_to_freeze: 1 }],
])(
  '%s learns to find objects, and keeps the epoch that finds them best',
  { timeout: TIMEOUT_MS },
  async (model, given) => {
    const project = await rectanglesProject();

    const run = await trainNew(project, detectorRequest(model, { ...given, number_of_epochs: 2 }));

    const summary = runSummary(project.db, run);
    expect(summary).toMatchObject({ state: 'completed', model, primary_metric: { name: 'mean_average_precision' } });
    for (const { train_loss, metrics } of summary.epochs) {
      expect(train_loss).toBeGreaterThan(0);
      expect(Object.keys(metrics).sort()).toEqual(['mean_average_precision', 'precision', 'recall']);
    }
    const kept = summary.primary_metric.epoch!;
    expect(existsSync(epochCheckpoint(runFolder(project, run), kept))).toBe(true);
  },
);

test('a run whose pictures change their size, cancelled and resumed, has the curve it would have had', {
  timeout: TIMEOUT_MS,
}, async () => {
  const project = await rectanglesProject(8);
  const request = detectorRequest('yolox_nano', {
    number_of_epochs: 3,
    validation_metric_type: 'coco_voc',
    multi_scale: 1,
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

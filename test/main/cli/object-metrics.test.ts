import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../main/cli/context.ts';
import { metricsCommand } from '../../../main/cli/metrics.ts';
import { Output } from '../../../main/cli/output.ts';
import { systemClock } from '../../../main/clock.ts';
import { COCO_NAMES } from '../../../main/metrics/detection/coco.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { suiteFolder } from '../../kit/folders.ts';

const folder = suiteFolder();
const truth = join(folder, 'truth.json');
const predictions = join(folder, 'predictions.json');
writeFileSync(
  truth,
  JSON.stringify({
    images: [{ id: 1, width: 40, height: 40 }],
    categories: [
      { id: 1, name: 'nut' },
      { id: 2, name: 'bolt' },
    ],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 10, 10], area: 100, iscrowd: 0 },
      { id: 2, image_id: 1, category_id: 2, bbox: [20, 20, 10, 10], area: 100, iscrowd: 0 },
    ],
  }),
);
writeFileSync(
  predictions,
  JSON.stringify([
    { image_id: 1, category_id: 1, bbox: [0, 0, 10, 10], score: 0.9 },
    { image_id: 1, category_id: 2, bbox: [0, 20, 10, 10], score: 0.2 },
  ]),
);
const [half, whole] = [expect.closeTo(0.5, 12), expect.closeTo(1, 12)];
const usual = { truth, predictions, resamples: '5', seed: '0', iouThreshold: '0.5' };

async function told(task: string, options: object = {}, isJson = true): Promise<string> {
  let text = '';
  const streams = { out: (part: string) => (text += part), err: () => {}, isTerminal: false, columns: 80 };
  const context: CliContext = {
    clock: systemClock,
    output: new Output(streams, isJson),
    home: folder,
    library: folder,
    threads: 1,
    signal: new AbortController().signal,
  };
  await metricsCommand(context, { task, ...usual, ...options });
  return text;
}

test('one document holds the twelve numbers at its top, and those of each class under its name', async () => {
  const value = JSON.parse(await told('image-object-detection', { curves: true }));

  expect(Object.keys(value)).toEqual(expect.arrayContaining([...COCO_NAMES, 'per_class', 'confusion', 'mistakes']));
  expect(value).toMatchObject({ AP: half, APl: -1, mean_average_precision: 0.5, precision: 0.5, recall: 0.5 });
  expect(value.per_class.nut).toMatchObject({ AP: whole, AP50: whole, average_precision: 1, truths: 1 });
  expect(value.per_class.bolt).toMatchObject({ AP: 0, average_precision: 0, recall: 0 });
  expect(value.curves.nut).toEqual({ recall: [1], precision: [1], score: [0.9] });
  expect(value.intervals.metrics.AP).toEqual([half, half]);
});

test("a score threshold takes detections from precision and recall, and none from COCO's numbers", async () => {
  const value = JSON.parse(await told('image-object-detection', { scoreThreshold: '0.5' }));

  expect(value).toMatchObject({ AP: half, precision: 1, recall: 0.5, score_threshold: 0.5 });
});

test('boxes stand for masks where there are none, and boundaries are judged where asked for', async () => {
  const value = JSON.parse(await told('image-instance-segmentation', { boundary: true }));

  expect(value).toMatchObject({ AP: half, boundary: { AP: half, per_class: { nut: { AP: whole } } } });
});

test('a person gets tables', async () => {
  const text = await told('image-object-detection', {}, false);

  expect(text).toContain('1 images, 2 objects, 2 found');
  expect(text).toMatch(/true \\ found +nut +bolt +missed/);
  expect(text).toMatch(/background +1 +0\.\d{4}/);
});

test('what cannot be is refused, naming what can', async () => {
  const boundary = await appErrorOf(() => told('image-object-detection', { boundary: true }));
  const threshold = await appErrorOf(() => told('image-object-detection', { iouThreshold: '2' }));
  const task = await appErrorOf(() => told('image-detection'));

  expect(boundary.message).toContain('--task image-instance-segmentation');
  expect(threshold.message).toBe('--iou-threshold takes a number from 0 to 1, got "2"');
  expect(task.message).toContain('image-object-detection');
});

/** Trains on a folder of photographs as a run does, and prints one JSON line: what its last epoch took and waited. */

import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { EpochReport } from '../../main/train/protocol.ts';
import { openRunner } from '../../main/train/step-runner.ts';
import { train } from '../../main/train/train.ts';
import { findModel, IMAGENET_CONVENTION, resolveFor } from '../../native-models/catalog.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    folder: { type: 'string' },
    batch: { type: 'string' },
    side: { type: 'string' },
    threads: { type: 'string' },
    'cache-mb': { type: 'string' },
  },
});
const EPOCHS = 2; // the first decodes everything, warms up, and counts for nothing
const VALIDATION = 8;

const paths = readdirSync(values.folder!).map((file) => join(values.folder!, file));
const samples = paths.map((path, id) => ({ id, path, labels: [id % 2] }));
const side = Number(values.side);
const { values: params, problems } = resolveFor(findModel(values.model!)!, {
  number_of_epochs: EPOCHS,
  training_batch_size: Number(values.batch),
  validation_batch_size: VALIDATION,
  train_crop_size: side,
  valid_crop_size: side,
  valid_resize_size: side,
  learning_rate: 1e-3,
  evaluation_frequency: EPOCHS,
});
if (problems.length > 0) throw new Error(`hyperparameters: ${JSON.stringify(problems)}`);

const runFolder = mkdtempSync(join(tmpdir(), 'lightbench-wait-'));
mkdirSync(join(runFolder, 'checkpoints'));
const reports: EpochReport[] = [];
try {
  await train(
    {
      kind: 'train',
      task: 'image-classification',
      runFolder,
      model: values.model!,
      classes: ['even', 'odd'],
      convention: IMAGENET_CONVENTION,
      device: 'cpu',
      threads: Number(values.threads),
      params,
      primaryMetric: 'accuracy',
      train: samples.slice(VALIDATION),
      validation: samples.slice(0, VALIDATION),
      weightsFile: null,
      resume: false,
    },
    {
      nowMs: () => performance.now(),
      send: (message) => {
        if (message.type === 'epoch') reports.push(message.report);
      },
      checkCancelled: () => {},
      openRunner,
      cpuWarning: () => Promise.resolve(null),
      imageCacheBytes: Number(values['cache-mb']) * 2 ** 20,
    },
  );
} finally {
  rmSync(runFolder, { recursive: true });
}
const { images_per_second, data_wait_seconds } = reports.at(-1)!.row;
const images = Math.ceil((samples.length - VALIDATION) / Number(values.batch)) * Number(values.batch);
process.stdout.write(
  `${JSON.stringify({ images_per_second, wait_seconds: data_wait_seconds, train_seconds: images / images_per_second })}\n`,
);

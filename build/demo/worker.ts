/** A rendering thread: draws its share of the pictures, writes them, and reports the truth of each. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { rngFrom } from '../../native-models/core/rng.ts';
import { AppError } from '../../preload/contract/errors.ts';
import { asFileError } from './file-error.ts';
import { drawLabels, imagePath, type Job, type JobEvent, sceneFor } from './job.ts';
import { between } from './render/draw.ts';
import { renderScene } from './render/scene.ts';
import { toTruth } from './truth.ts';

const job = workerData as Job;
const report = (event: JobEvent): void => parentPort!.postMessage(event);

sharp.concurrency(1); // the threads of this program share out the cores already

try {
  const labels = drawLabels(job.images, job.seed);
  for (let index = job.thread; index < job.images && Atomics.load(job.stop, 0) === 0; index += job.threads) {
    const options = sceneFor(job, labels[index]!);
    const scene = renderScene(rngFrom(job.seed, 'demo', index), options);
    const path = imagePath(index, job.images);
    const quality = Math.round(between(rngFrom(job.seed, 'demo', index, 'jpeg'), 72, 95));
    const { pixels, width, height } = scene;
    const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
    const file = join(job.folder, path);
    await writeFile(file, jpeg).catch((error: unknown) => {
      throw asFileError(error, file);
    });
    report({
      type: 'image',
      truth: toTruth(scene, { index, path, label: options.kind === 'single' ? options.label : null }),
    });
  }
} catch (error) {
  const known = error instanceof AppError;
  const message = error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  report({ type: 'failed', code: known ? error.code : null, message, details: known ? error.details : {} });
}

/** The files of a detector's bundle that the runtime makes: the ONNX models, and golden inputs with their outputs. */

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findDetector } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import type { CountedOutputs } from '../../native-models/onnx/counted.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { detectionProgram } from '../../native-models/training/detection.ts';
import { exportDetectorProgram } from '../../native-models/training/detection-export.ts';
import { writeDurably } from '../durable-file.ts';
import { ObjectViewMaker } from '../images/objects/object-views.ts';
import { normalised, readModelValues, weightsFor } from './export.ts';
import { thresholdsOf, transformsOf } from './object-transforms.ts';
import type { ObjectExportJob } from './protocol.ts';
import { type Feeds, openSession, Tensor } from './runtime.ts';

const PASTED_MASKS = 'masks_0';

/**
 * Writes `model.onnx` (one normalised picture to what the specification's clients read), `model-pixels.onnx` (a picture
 * on its canvas as bytes, with its size there, to detections) and the golden arrays of one picture: raw, little-endian,
 * masks of whole pictures packed by gzip.
 */
export async function exportObjects(job: ObjectExportJob): Promise<void> {
  const card = findDetector(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  const { params, convention } = job;
  const { validation: transform } = transformsOf(params, card, job.pictures);
  const { canvas } = transform;
  const thresholds = thresholdsOf(params, card);
  const detector = card.build({
    classes: job.classes.length,
    params,
    slots: 1,
    stridedPadding: job.convention.stridedPadding,
  });
  const weights = readModelValues(job.checkpoint);
  const write = (name: string, program: Program, counted: CountedOutputs | null) => {
    const { metadata, productVersion: producerVersion } = job;
    const options = { name: job.model, weights: weightsFor(program, weights), counted, metadata, producerVersion };
    const bytes = writeOnnx(program, standardBackend, options);
    writeDurably(join(job.outFolder, name), bytes);
    return bytes;
  };
  const order = job.model.startsWith('retinanet') ? 'scores-labels' : 'labels-scores';
  const { program, counted } = exportDetectorProgram(detector, canvas, thresholds, order);
  const plain = write('model.onnx', program, counted);
  const sizes = { batchSize: 1, ...canvas, normalisation: convention };
  const pixel = write('model-pixels.onnx', detectionProgram(detector, sizes, thresholds), null);

  const view = await new ObjectViewMaker([job.golden], transform, 0).view(0, 0);
  const shape = [1, 3, canvas.height, canvas.width];
  const size = Float32Array.of(view.size.width, view.size.height);
  const input = normalised(view.planes, convention);
  const outputs = await runOnce(plain, job, { input: new Tensor('float32', input, shape) });
  const detections = await runOnce(pixel, job, {
    images: new Tensor('uint8', view.planes, shape),
    image_sizes: new Tensor('float32', size, [1, 2]),
  });
  const golden = { input, images: view.planes, image_sizes: size };
  for (const [name, data] of [...Object.entries(golden), ...outputs, ...detections]) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    // Masks of whole pictures are large and mostly nothing.
    const isPacked = name === PASTED_MASKS;
    writeDurably(
      join(job.outFolder, 'golden', `${name}.bin${isPacked ? '.gz' : ''}`),
      isPacked ? gzipSync(bytes) : bytes,
    );
  }
}

async function runOnce(model: Uint8Array, job: ObjectExportJob, feeds: Feeds) {
  const session = await openSession(model, job);
  const results = await session.run(feeds);
  await session.release();
  return Object.entries(results).map(([name, { data }]) => [name, data as Float32Array | Int32Array] as const);
}

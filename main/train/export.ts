/** The files of a bundle that the runtime makes: the ONNX models, and golden inputs with the outputs they must give. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findClassifier, type InputConvention } from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { exportPixelProgram, exportProgram } from '../../native-models/training.ts';
import { parseSafetensors } from '../../native-models/weights/safetensors.ts';
import { toFloat32 } from '../../native-models/weights/stored-tensor.ts';
import { writeDurably } from '../durable-file.ts';
import { decode } from '../images/decode.ts';
import { resizeForEvaluation } from '../images/evaluation.ts';
import type { ExportJob } from './protocol.ts';
import { openSession, Tensor } from './runtime.ts';
import { activationOf } from './truth.ts';

/** Parameters and statistics of a kept model. Errors: weights-invalid. */
export function readModelValues(checkpoint: string): Map<string, Float32Array> {
  const { tensors } = parseSafetensors(readFileSync(checkpoint));
  return new Map([...tensors].map(([name, tensor]) => [name, toFloat32(name, tensor)] as const));
}

/**
 * Writes `model.onnx` (normalised pixels to logits), `model-pixels.onnx` (RGB bytes to probabilities) and
 * `golden/{input1,output1,probabilities}.f32`, `golden/pixels.u8`: raw little-endian arrays, one row per golden image.
 */
export async function exportBundle(job: ExportJob): Promise<void> {
  const card = findClassifier(job.model);
  assert(card, `model "${job.model}" is not in the catalog`);
  const { cropSize: side, convention } = job;
  const model = card.build(job.classes.length, convention, side);
  const weights = readModelValues(job.checkpoint);
  const write = (name: string, program: Program, input: string) => {
    const { metadata, productVersion: producerVersion } = job;
    const options = {
      name: job.model,
      weights: weightsFor(program, weights),
      batchInputs: [input],
      metadata,
      producerVersion,
    };
    const bytes = writeOnnx(program, standardBackend, options);
    writeDurably(join(job.outFolder, name), bytes);
    return bytes;
  };
  const plain = write('model.onnx', exportProgram(model, side, side), 'input1');
  const pixel = write(
    'model-pixels.onnx',
    exportPixelProgram(model, side, side, convention, activationOf(job.task)),
    'pixels',
  );
  await writeGolden(job, plain, pixel);
}

/** Those that a program reads. */
export function weightsFor(
  program: Program,
  weights: ReadonlyMap<string, Float32Array>,
): ReadonlyMap<string, Float32Array> {
  const names = program.inputs.map(({ source }) => (source.kind === 'input' ? source.name : ''));
  return new Map(names.flatMap((key) => (weights.has(key) ? [[key, weights.get(key)!] as const] : [])));
}

async function writeGolden(job: ExportJob, plain: Uint8Array, pixel: Uint8Array): Promise<void> {
  const { cropSize: side, goldenImages, outFolder } = job;
  const count = goldenImages.length;
  const views = await Promise.all(goldenImages.map(async (path) => resizeForEvaluation(await decode(path), job)));
  const inputs = Float32Array.from(views.flatMap((view) => [...normalised(view, job.convention)]));
  const pixels = Uint8Array.from(views.flatMap((view) => [...interleaved(view)]));
  const outputs = await runOnce(plain, job, 'input1', new Tensor('float32', inputs, [count, 3, side, side]));
  const probabilities = await runOnce(pixel, job, 'pixels', new Tensor('uint8', pixels, [count, side, side, 3]));
  const golden = {
    'input1.f32': inputs,
    'pixels.u8': pixels,
    'output1.f32': outputs,
    'probabilities.f32': probabilities,
  };
  for (const [name, values] of Object.entries(golden)) {
    writeDurably(join(outFolder, 'golden', name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

async function runOnce(model: Uint8Array, job: ExportJob, name: string, input: Tensor): Promise<Float32Array> {
  const session = await openSession(model, job);
  const [output] = Object.values(await session.run({ [name]: input }));
  await session.release();
  return output!.data as Float32Array;
}

/** Shapes: planes [3,H,W] of bytes -> the network's input, of the same shape. */
export function normalised(
  view: Uint8Array,
  { mean, deviation }: Pick<InputConvention, 'mean' | 'deviation'>,
): Float32Array {
  const area = view.length / 3;
  return Float32Array.from(view, (value, i) => {
    const channel = Math.floor(i / area);
    return (value / 255 - mean[channel]!) / deviation[channel]!;
  });
}

/** Shapes: planes [3,H,W] -> pixels [H,W,3]. */
function interleaved(view: Uint8Array): Uint8Array {
  const area = view.length / 3;
  return Uint8Array.from({ length: view.length }, (_, i) => view[(i % 3) * area + Math.floor(i / 3)]!);
}

/** A bundle without a training run: a network with its initial weights, which tell pictures apart all the same. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleDescription, DESCRIPTION_FILE } from '../../main/bundle/description.ts';
import { findClassifier, IMAGENET_CONVENTION } from '../../native-models/catalog.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { exportProgram } from '../../native-models/training.ts';
import { initialWeightsOf } from './model-weights.ts';

export interface MadeBundle {
  readonly labels: readonly string[];
  /** Null: one class an image. */
  readonly thresholds: readonly number[] | null;
  readonly model?: string;
  readonly side?: number;
}

export function makeBundle(
  folder: string,
  { labels, thresholds, model = 'mobilenetv2', side = 32 }: MadeBundle,
): string {
  const { mean, deviation, stridedPadding } = IMAGENET_CONVENTION;
  const weights = new Map([...initialWeightsOf(model, labels.length)].map(([name, { data }]) => [name, data] as const));
  const network = findClassifier(model)!.build(labels.length, IMAGENET_CONVENTION, side);
  const program = exportProgram(network, side, side);
  const description: BundleDescription = {
    format: 2,
    task: thresholds === null ? 'image-classification' : 'image-classification-multilabel',
    model,
    strided_padding: stridedPadding,
    labels: [...labels],
    model_settings: { valid_resize_size: side, valid_crop_size: side },
    preprocessing: {
      colour: 'RGB',
      resize: 'shorter side to valid_resize_size',
      interpolation: 'bilinear, antialiased',
      crop: 'square of valid_crop_size from the middle',
      scale: '1/255',
      mean: [...mean],
      std: [...deviation],
      layout: 'NCHW',
    },
    postprocessing: thresholds === null ? 'softmax' : 'sigmoid',
    thresholds: thresholds === null ? null : [...thresholds],
    files: { model: 'model.onnx', model_pixels: 'model-pixels.onnx' },
    golden: {
      count: 1,
      tolerance: 1e-3,
      input1: 'golden/input1.f32',
      output1: 'golden/output1.f32',
      pixels: 'golden/pixels.u8',
      probabilities: 'golden/probabilities.f32',
      images: [],
    },
    run: {
      project: 'made',
      id: 'r0001',
      epoch: 1,
      params: {},
      metrics: {},
      thresholds: null,
      train_images: 0,
      validation_images: 0,
      weights: null,
      notes: [],
    },
    data_fingerprint: '',
    licences: [],
    made_by: 'test',
    made_at: '2026-01-01T00:00:00.000Z',
    sha256: {},
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'model.onnx'),
    writeOnnx(program, standardBackend, { name: model, weights, batchInputs: ['input1'] }),
  );
  writeFileSync(join(folder, DESCRIPTION_FILE), JSON.stringify(description));
  return folder;
}

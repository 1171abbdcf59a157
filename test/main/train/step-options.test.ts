import { expect, test } from 'vitest';
import type { Device } from '../../../main/devices/device.ts';
import { planOf } from '../../../main/train/plan.ts';
import type { TrainJob } from '../../../main/train/protocol.ts';
import { stepOptions } from '../../../main/train/step-options.ts';
import { findClassifier, IMAGENET_CONVENTION, resolveFor } from '../../../native-models/catalog.ts';
import { appErrorOf } from '../../kit/errors.ts';

const BATCH = 2;
const card = findClassifier('vits16r224')!;

function optionsOn(device: Device, given: Readonly<Record<string, number>> = {}) {
  const job: TrainJob = {
    kind: 'train',
    task: 'image-classification',
    runFolder: '',
    model: card.name,
    classes: ['one', 'other'],
    convention: IMAGENET_CONVENTION,
    device,
    threads: 1,
    params: resolveFor(card, { training_batch_size: BATCH, ...given }).values,
    primaryMetric: 'accuracy',
    train: Array.from({ length: 2 * BATCH }, (_, id) => ({ id, path: `${id}.png`, labels: [0] })),
    validation: [],
    weightsFile: null,
    resume: false,
  };
  return stepOptions(job, card, planOf(job));
}

test('wide layers are computed in parts on the CPU alone: a card wants its products large', () => {
  expect(optionsOn('cpu').elementsAtOnce).toBeGreaterThan(0);
  for (const device of ['cuda:0', 'cuda:1', 'webgpu'] as const) {
    expect(optionsOn(device)).not.toHaveProperty('elementsAtOnce');
  }
});

test('half precision scales the loss on a CUDA card, and is refused by name where it cannot be had', async () => {
  expect(optionsOn('cuda:0', { half_precision: 1 }).lossScaling).toEqual({});
  expect(optionsOn('cuda:0')).not.toHaveProperty('lossScaling');

  const refusals = await Promise.all([
    appErrorOf(() => optionsOn('webgpu', { half_precision: 1 })),
    appErrorOf(() => optionsOn('cuda:0', { half_precision: 1, grad_accumulation_step: 2 })),
  ]);
  expect(refusals.map(({ message }) => message)).toEqual([
    'half_precision needs a CUDA card, this run is on webgpu',
    'half_precision works with grad_accumulation_step 1, this run has come to 2',
  ]);
});

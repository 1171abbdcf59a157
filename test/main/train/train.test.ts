import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { epochCheckpoint } from '../../../main/train/checkpoint.ts';
import type { EpochReport, FromChild, TrainJob } from '../../../main/train/protocol.ts';
import { type OpenRunner, openRunner as openReal } from '../../../main/train/step-runner.ts';
import { train } from '../../../main/train/train.ts';
import { findClassifier, IMAGENET_CONVENTION, resolveFor } from '../../../native-models/catalog.ts';
import { AppError } from '../../../preload/contract/errors.ts';
import { FakeClock } from '../../kit/clock.ts';
import { appErrorOf } from '../../kit/errors.ts';
import { tempFolder } from '../../kit/folders.ts';
import { SMALL, writeShades } from '../../kit/training.ts';

const MODEL = 'mobilenetv2'; // small files, and dropout
const EACH = 8;

async function newJob(given: Readonly<Record<string, unknown>>, pictures: string): Promise<TrainJob> {
  const { values, problems } = resolveFor(findClassifier(MODEL)!, {
    ...SMALL,
    number_of_epochs: 2,
    early_stopping: 0,
    learning_rate: 1e-5, // batch norm over a few 1x1 maps has enormous gradients
    ...given,
  });
  expect(problems).toEqual([]);
  const samples = ['bright', 'dark'].flatMap((name, label) =>
    Array.from({ length: EACH }, (_, i) => ({
      id: label * EACH + i,
      labels: [label],
      path: join(pictures, name, `${i}.png`),
    })),
  );
  const runFolder = tempFolder();
  mkdirSync(join(runFolder, 'checkpoints'));
  return {
    kind: 'train',
    task: 'image-classification',
    runFolder,
    model: MODEL,
    classes: ['bright', 'dark'],
    convention: IMAGENET_CONVENTION,
    device: 'cpu',
    threads: 2,
    params: values,
    primaryMetric: 'accuracy',
    train: samples.filter(({ id }) => id % 4 !== 0),
    validation: samples.filter(({ id }) => id % 4 === 0),
    weightsFile: null,
    resume: false,
  };
}

interface Circumstances {
  /** Whether a step on so many images fits into memory. */
  readonly fits?: (images: number, epoch: number) => boolean;
  /** The run is cancelled in the epoch after this one. */
  readonly stopAfter?: number;
  readonly imageCacheBytes?: number;
  /** What is wrong with this processor. */
  readonly warning?: string | null;
}

/** Trains in this process; returns all that two equal runs have in common. */
async function trained(
  job: TrainJob,
  {
    fits = () => true,
    stopAfter = Number.POSITIVE_INFINITY,
    imageCacheBytes = 1e8,
    warning = null,
  }: Circumstances = {},
) {
  const notes: string[] = [];
  const reports = new Map<number, EpochReport>();
  const send = (message: FromChild) => {
    if (message.type === 'note') notes.push(message.text);
    if (message.type === 'epoch') reports.set(message.report.row.epoch, message.report);
  };
  const checkCancelled = () => {
    if (reports.size >= stopAfter) throw new AppError('cancelled', 'cancelled');
  };
  const openRunner: OpenRunner = async (...given) => {
    const runner = await openReal(...given);
    const step = runner.step.bind(runner);
    runner.step = (feeds, place) => {
      if (fits(feeds['labels']!.dims[0]!, reports.size + 1)) return step(feeds, place);
      throw new Error('Failed to allocate memory for requested buffer of size 822083584');
    };
    return runner;
  };

  const clock = new FakeClock();
  await train(job, {
    nowMs: () => clock.nowMs(),
    send,
    checkCancelled,
    openRunner,
    cpuWarning: async () => warning,
    imageCacheBytes,
  });

  const curve = [...reports.values()].map(({ row: { epoch, train_loss, learning_rate, metrics } }) => ({
    epoch,
    train_loss,
    learning_rate,
    metrics,
  }));
  const best = [...reports.values()].at(-1)!.best!.epoch;
  return { curve, notes, model: readFileSync(epochCheckpoint(job.runFolder, best)) };
}

describe('when memory runs out', () => {
  test('a run goes on with half the batch and twice the accumulation, as if it had been asked for those', async () => {
    const pictures = await writeShades(tempFolder(), EACH);
    const asked = await trained(await newJob({ training_batch_size: 4, grad_accumulation_step: 2 }, pictures));

    const halvedRun = await trained(await newJob({ training_batch_size: 8 }, pictures), {
      fits: (images) => images <= 4,
    });

    expect(halvedRun.notes).toEqual([
      ...asked.notes,
      'memory ran out with training_batch_size 8: goes on with 4, and grad_accumulation_step 2 in place of 1; ' +
        'batch norm sees 4 images at a time',
    ]);
    expect(halvedRun.curve).toEqual(asked.curve);
    expect(halvedRun.model.equals(asked.model)).toBe(true);
  });

  test('norms that see all batches of an update as one keep the curve what it was', async () => {
    const pictures = await writeShades(tempFolder(), EACH);
    const settings = { training_batch_size: 12, synchronize_batch_norm: 1 };
    // A network without dropout, whose random numbers belong to a batch.
    const job = async () => ({ ...(await newJob(settings, pictures)), model: 'resnet18' });
    const roomy = await trained(await job());

    const tight = await trained(await job(), { fits: (images) => images <= 6 });

    expect(tight.notes.at(-1)).toMatch('batch norm still sees all images of an update');
    expect(tight.curve.map(({ train_loss }) => train_loss)).toEqual(
      roomy.curve.map(({ train_loss }) => expect.closeTo(train_loss, 4)),
    );
  });

  test('in a later epoch, what came before is kept, and a resumed run keeps the smaller batch', async () => {
    const pictures = await writeShades(tempFolder(), EACH);
    const fits = (images: number, epoch: number) => epoch === 1 || images <= 3;
    const job = await newJob({ training_batch_size: 6, number_of_epochs: 2 }, pictures);
    const longer = (from: TrainJob): TrainJob => ({ ...from, params: { ...from.params, number_of_epochs: 3 } });

    const first = await trained(job, { fits });
    const onward = await trained({ ...longer(job), resume: true }, { fits: (images) => images <= 3 });

    expect(first.notes.filter((note) => note.startsWith('memory ran out'))).toEqual([
      expect.stringContaining('training_batch_size 6: goes on with 3'),
    ]);
    expect(first.notes).toContain('resumed after epoch 1');
    expect(first.curve.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(onward.curve.slice(0, 2)).toEqual(first.curve);
    expect(onward.notes).toEqual(['resumed after epoch 2']);
  });

  test('for a single image, the run fails with the reason', async () => {
    const job = await newJob({}, await writeShades(tempFolder(), EACH));

    await expect(trained(job, { fits: () => false })).rejects.toThrow('Failed to allocate memory');
  });
});

test('an image cache that is too small changes nothing but the time, and is noted once', async () => {
  const pictures = await writeShades(tempFolder(), EACH);
  const roomy = await trained(await newJob({ training_batch_size: 4 }, pictures));
  const job = await newJob({ training_batch_size: 4 }, pictures);

  const tight = await trained(job, { imageCacheBytes: 0 });

  expect(tight.notes).toEqual([
    ...roomy.notes,
    `0 of ${job.train.length} training images fit in the image cache of 0 MB; the others are decoded again in every ` +
      'epoch (LIGHTBENCH_IMAGE_CACHE_MB sets its size)',
  ]);
  expect(tight.curve).toEqual(roomy.curve);
  expect(tight.model.equals(roomy.model)).toBe(true);
});

test('a processor whose fast operators are wrong is told of aloud, once', async () => {
  const job = await newJob({ number_of_epochs: 1 }, await writeShades(tempFolder(), EACH));
  const warning = 'WARNING: this run computes with plain operators';

  const { notes } = await trained(job, { warning });

  expect(notes.filter((note) => note === warning)).toEqual([warning]);
});

describe('every kind of state', () => {
  test.each([
    [
      'adamw with amsgrad, accumulation and a moving average',
      { optimizer: 'adamw', amsgrad: 1, grad_accumulation_step: 2, weight_average_decay: 0.9 },
    ],
    ['adam in one program, clipped', { optimizer: 'adam', gradient_clip_norm: 0.5 }],
    ['sgd without momentum, with a moving average', { momentum: 0, weight_average_decay: 0.9 }],
  ])('survives the end of the process: %s', async (_, given) => {
    const pictures = await writeShades(tempFolder(), EACH);
    const settings = { training_batch_size: 3, ...given };
    const whole = await trained(await newJob(settings, pictures));
    const job = await newJob(settings, pictures);

    const error = await appErrorOf(() => trained(job, { stopAfter: 1 }));
    const resumed = await trained({ ...job, resume: true });

    expect(error.code).toBe('cancelled');
    expect(resumed.curve).toEqual(whole.curve);
    expect(resumed.model.equals(whole.model)).toBe(true);
  });
});

test('half precision without a CUDA card is refused with what it needs', async () => {
  const job = await newJob({ half_precision: 1 }, await writeShades(tempFolder(), EACH));

  expect(await appErrorOf(() => trained(job))).toMatchObject({
    code: 'bad-hyperparameter',
    message: 'half_precision needs a CUDA card, this run is on cpu',
  });
});

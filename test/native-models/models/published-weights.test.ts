import { existsSync, readFileSync } from 'node:fs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { normalised } from '../../../main/train/export.ts';
import { floatTensor, openSession, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { fromFile } from '../../../main/train/weights-file.ts';
import { KNOWN_WEIGHTS } from '../../../main/weights/catalogue.ts';
import { recogniseWeights } from '../../../main/weights/recognise.ts';
import { IMAGENET_CONVENTION } from '../../../native-models/catalog.ts';
import { MobileNetV2 } from '../../../native-models/models/mobilenetv2.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import { exportProgram, trainingProgram } from '../../../native-models/training.ts';
import { CifarResNet } from '../../kit/cifar-resnet.ts';
import { describeWithShared, sharedPath } from '../../kit/shared.ts';

const CPU = { device: 'cpu', threads: 2 } as const;
const PARITY = 'fixtures/parity.json';
const MOBILENET = 'data/weights/mobilenet_v2_100_in1k_f16.safetensors';
const RESNET20 = 'data/weights/resnet20_cifar10.safetensors';

interface Forward {
  readonly top5: readonly (readonly [string, number, number])[];
  readonly first8: readonly number[];
}

const parity = () => JSON.parse(readFileSync(sharedPath(PARITY), 'utf8'));

/** Pixels of a file as planes, exactly as stored: the recorded numbers were made without colour profiles. */
async function planes(path: string): Promise<Uint8Array> {
  const { data, info } = await sharp(path, { ignoreIcc: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  return Uint8Array.from({ length: 3 * area }, (_, i) => data[(i % area) * 3 + Math.floor(i / area)]!);
}

function weightsOf(model: Module, path: string): ReadonlyMap<string, Float32Array> {
  return fromFile(path, namedParameters(model), { headPrefixes: [] }, 0).values;
}

describeWithShared('mobilenetv2 with published ImageNet weights', [PARITY, MOBILENET], () => {
  const pictures = existsSync(sharedPath(PARITY))
    ? Object.entries(parity().forward as Record<string, Record<string, Forward>>)
    : [];
  const { convention } = KNOWN_WEIGHTS.find(({ name }) => name === 'mobilenet_v2_100_in1k_f16')!;

  test('the file is recognised by its content, with its way of padding', () => {
    expect(recogniseWeights(sharedPath(MOBILENET))).toMatchObject({ model: 'mobilenetv2', convention });
  });

  test.each(pictures)('names %s as torch does', async (name, expected) => {
    const { first8, top5 } = expected['mobilenet_v2_100']!;
    const model = new MobileNetV2({ classes: 1000, stridedPadding: convention.stridedPadding });
    const weights = weightsOf(model, sharedPath(MOBILENET));
    const session = await openSession(exportProgram(model, 224, 224), CPU);
    const pixels = await planes(sharedPath('fixtures', 'parity', `${name}-224.png`));

    const parameters = [...namedParameters(model)].map(
      ([key, { shape }]) => [key, floatTensor(shape, weights.get(key)!)] as const,
    );
    const input1 = new Tensor('float32', normalised(pixels, convention), [1, 3, 224, 224]);
    const { output1 } = await session.run({ input1, ...Object.fromEntries(parameters) });
    const logits = [...(output1!.data as Float32Array)];
    await session.release();

    first8.forEach((value, i) => {
      expect(Math.abs(logits[i]! - value), `logit ${i}`).toBeLessThan(2e-3);
    });
    const ranked = logits.map((_, i) => i).sort((a, b) => logits[b]! - logits[a]!);
    expect(ranked.slice(0, 5)).toEqual(top5.map(([, index]) => index));
  });
});

describeWithShared('resnet20 with published CIFAR-10 weights', [PARITY, RESNET20, 'data/cifar10-mini'], () => {
  test('gradient norms and eight training steps are those of torch', async () => {
    const recorded = parity().train_resnet20_cifar10;
    const sgd = recorded['sgd lr 0.01 momentum 0.9 weight_decay 5e-4'];
    const model = new CifarResNet(3);
    const weights = weightsOf(model, sharedPath(RESNET20));
    const pictures = await Promise.all(
      recorded.files.map((file: string) => planes(sharedPath('data', 'cifar10-mini', file))),
    );
    const batchSize = pictures.length;
    const feeds = {
      images: new Tensor('uint8', Uint8Array.from(Buffer.concat(pictures)), [batchSize, 3, 32, 32]),
      labels: new Tensor('int32', Int32Array.from(recorded.labels), [batchSize]),
    };
    const sizes = { batchSize, height: 32, width: 32, normalisation: IMAGENET_CONVENTION };

    const plain = trainingProgram(model, {
      ...sizes,
      optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 },
    });
    const probe = await Stepper.open(plain, weights, CPU);
    await probe.step({ ...feeds, learning_rate: floatTensor([], Float32Array.of(0)) });
    for (const [name, norm] of Object.entries(recorded.grad_l2_step0 as Record<string, number>)) {
      const gradient = probe.values().get(`velocity:${name}`)!;
      const ours = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
      expect(Math.abs(ours - norm) / norm, name).toBeLessThan(1e-3);
    }
    await probe.release();

    const decayed = trainingProgram(model, {
      ...sizes,
      optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
    });
    const stepper = await Stepper.open(decayed, weights, CPU);
    const losses: number[] = [];
    for (const _ of sgd.train_loss_per_step) {
      losses.push(await stepper.step({ ...feeds, learning_rate: floatTensor([], Float32Array.of(0.01)) }));
    }
    const values = stepper.values();
    losses.forEach((loss, i) => {
      const expected = sgd.train_loss_per_step[i];
      expect(Math.abs(loss - expected), `loss of step ${i}`).toBeLessThan(1e-3 * Math.max(1, expected));
    });
    expectClose(values.get('bn1.running_mean')!, sgd.running_mean_bn1_first4);
    expectClose(values.get('bn1.running_var')!, sgd.running_var_bn1_first4);
    await stepper.release();
  });
});

function expectClose(actual: Float32Array, expected: readonly number[]): void {
  expected.forEach((value, i) => {
    expect(Math.abs(actual[i]! - value) / Math.max(1, Math.abs(value)), `element ${i}`).toBeLessThan(1e-3);
  });
}

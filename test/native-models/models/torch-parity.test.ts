import { describe, expect, test } from 'vitest';
import { floatTensor, openSession, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { MobileNetV2 } from '../../../native-models/models/mobilenetv2.ts';
import { ResNeSt } from '../../../native-models/models/resnest.ts';
import { ResNet } from '../../../native-models/models/resnet.ts';
import { SEResNeXt } from '../../../native-models/models/seresnext.ts';
import { VisionTransformer } from '../../../native-models/models/vit.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import type { SgdOptions } from '../../../native-models/optim/sgd.ts';
import { evaluationProgram, trainingProgram } from '../../../native-models/training.ts';
import { type TrainingCase, type TrainingFixture, trainingFixture } from '../../kit/fixture-training.ts';
import { fixtureDirection, fixtureTensor } from '../../kit/fixture-weights.ts';

const CPU = { device: 'cpu', threads: 2 } as const;

const models = {
  resnet18: () => new ResNet('resnet18', 10),
  resnet50: () => new ResNet('resnet50', 10),
  vit: () => new VisionTransformer({ width: 48, depth: 2, heads: 3, classes: 10, sidePx: 32, patchPx: 8 }),
  mobilenetv2: () => new MobileNetV2({ classes: 10, dropout: 0 }),
  resnest50: () => new ResNeSt('resnest50', 10),
  seresnext: () => new SEResNeXt(10),
} as const;

/** Starting values. */
const weightsOf = ({ tensors }: TrainingFixture) =>
  new Map(
    tensors.map(({ name, shape, scale, offset }) => [name, fixtureTensor(name, shape, scale, offset).data] as const),
  );

/** The input batch and the sizes of one recorded case. */
function setUp({ input, labels }: TrainingCase) {
  const images = fixtureTensor(input.name, input.shape, input.scale, input.offset);
  const [batchSize, , height, width] = input.shape as [number, number, number, number];
  const feeds = {
    images: floatTensor(images.dims, images.data),
    labels: new Tensor('int32', Int32Array.from(labels), [labels.length]),
  };
  return { feeds, sizes: { batchSize, height, width, normalisation: null } };
}

type Weights = ReadonlyMap<string, Float32Array>;

async function steps(
  model: Module,
  weights: Weights,
  recorded: TrainingCase,
  { count, optimizer, lr }: { count: number; optimizer: SgdOptions; lr: number },
) {
  const { feeds, sizes } = setUp(recorded);
  const stepper = await Stepper.open(trainingProgram(model, { ...sizes, optimizer }), weights, CPU);
  const losses: number[] = [];
  for (let i = 0; i < count; i++) {
    losses.push(await stepper.step({ ...feeds, learning_rate: floatTensor([], Float32Array.of(lr)) }));
  }
  const state = new Map([...stepper.values()].map(([name, data]) => [name, data.slice()]));
  await stepper.release();
  return { losses, state };
}

async function logits(model: Module, weights: Weights, recorded: TrainingCase) {
  const { feeds, sizes } = setUp(recorded);
  const program = evaluationProgram(model, sizes);
  const session = await openSession(program, CPU);
  const parameters = [...namedParameters(model)].map(([name, { shape }]) => [
    name,
    floatTensor(shape, weights.get(name)!),
  ]);
  const { logits: result } = await session.run({ images: feeds.images, ...Object.fromEntries(parameters) });
  await session.release();
  return [...(result!.data as Float32Array)];
}

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));
const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const distance = (a: ArrayLike<number>, b: readonly number[]) => norm(b.map((value, i) => value - a[i]!));

/**
 * Relative distance of a float32 result to torch's float64 one. Deep batch-norm nets amplify rounding, so the bar is a
 * multiple of how far torch's own float32 run is from its float64 run on the same case, recorded as `spread`.
 */
const GRADIENT_FLOOR = 1e-2;
const MEDIAN_FLOOR = 5e-3;
/** One activation within rounding of a kink turns single paths on or off: torch itself moves by 6e-3 then. */
const DIRECTION_FLOOR = 2e-2;
/**
 * At a rate that changes the loss tenfold a step, rounding of the first step is amplified in the third. At a small rate
 * what remains is an activation on the other side of a kink.
 */
const stepsFloor = (lr: number) => (lr > 0.01 ? 3e-2 : 5e-4);
const bar = (spread: number, floor: number) => Math.max(floor, 6 * spread);

describe.each(Object.entries(models) as [keyof typeof models, () => Module][])(
  "%s, with torch's numbers",
  (name, make) => {
    const fixture = trainingFixture(name);
    const weights = weightsOf(fixture);

    test('has the same parameters', () => {
      const ours = [...namedParameters(make())].map(([parameter, { shape }]) => ({
        name: parameter,
        shape: [...shape],
      }));
      const theirs = fixture.tensors.map(({ name: parameter, shape }) => ({ name: parameter, shape: [...shape] }));

      expect(ours.toSorted(byName)).toEqual(theirs.toSorted(byName));
    });

    describe.each(
      fixture.cases.map(
        (recorded) => [`${recorded.input.shape}, ${JSON.stringify(recorded.optimizer)}`, recorded] as const,
      ),
    )('on a batch of %s', (_, recorded) => {
      const exact = recorded.float64;
      const { optimizer, spread } = recorded;
      const { momentum, nesterov, weight_decay: weightDecay } = optimizer;
      const sgd = { kind: 'sgd', momentum, nesterov, weightDecay } as const;

      test('evaluation gives the same logits', async () => {
        const expected = exact.eval_logits.flat();

        expect(distance(await logits(make(), weights, recorded), expected) / norm(expected)).toBeLessThan(1e-4);
      });

      test('the first step gives the same loss and gradients', async () => {
        // Without decay and from zero velocity, the velocity after one step is the gradient.
        const { losses, state } = await steps(make(), weights, recorded, {
          count: 1,
          optimizer: { ...sgd, weightDecay: 0 },
          lr: 0,
        });

        expect(Math.abs(losses[0]! - exact.losses[0]!) / exact.losses[0]!).toBeLessThan(bar(spread.losses[0]!, 1e-5));
        const scale = Math.max(...Object.values(exact.gradients).map((gradient) => gradient.norm));
        const sizeOf = (parameter: string) => Math.max(exact.gradients[parameter]!.norm, 1e-2 * scale);
        // How far torch's own float32 run is: where that is much, the network is at fault, not who computes it.
        const theirs = Object.entries(recorded.float32.gradients).map(
          ([parameter, { dot }]) => Math.abs(dot - exact.gradients[parameter]!.dot) / sizeOf(parameter),
        );
        const directionBar = bar(Math.max(...theirs), DIRECTION_FLOOR);
        const errors: number[] = [];
        for (const [parameter, expected] of Object.entries(exact.gradients)) {
          const gradient = state.get(`velocity:${parameter}`)!;
          const direction = fixtureDirection(parameter, [gradient.length]).data;
          const dot = gradient.reduce((sum, value, i) => sum + value * direction[i]!, 0);
          const size = sizeOf(parameter);
          errors.push(Math.abs(dot - expected.dot) / size);
          const lengthError = Math.abs(norm(gradient) - expected.norm) / size;
          expect(lengthError, `${parameter}: norm`).toBeLessThan(bar(spread.gradients, GRADIENT_FLOOR));
          expect(Math.abs(dot - expected.dot) / size, `${parameter}: direction`).toBeLessThan(directionBar);
          expect(distance(gradient, expected.first) / size, `${parameter}: first`).toBeLessThan(directionBar);
        }
        expect(middle(errors), 'median').toBeLessThan(bar(middle(theirs), MEDIAN_FLOOR));
      });

      test.skipIf(recorded.float32.after_three_steps === undefined)(
        'three steps give the same losses, weights and statistics',
        async () => {
          const { losses, state } = await steps(make(), weights, recorded, {
            count: 3,
            optimizer: sgd,
            lr: optimizer.lr,
          });

          for (const i of [0, 1, 2]) {
            const error = Math.abs(losses[i]! - exact.losses[i]!) / exact.losses[i]!;
            expect(error, `loss ${i}`).toBeLessThan(bar(spread.losses[i]!, stepsFloor(optimizer.lr)));
          }
          for (const [parameter, expected] of Object.entries(exact.after_three_steps!)) {
            const value = state.get(parameter)!;
            const allowed = bar(spread.after_three_steps, stepsFloor(optimizer.lr)) * Math.max(1, expected.norm);
            expect(Math.abs(norm(value) - expected.norm), `${parameter}: norm`).toBeLessThan(allowed);
            expect(distance(value, expected.first), `${parameter}: first elements`).toBeLessThan(allowed);
          }
        },
      );
    });
  },
);

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

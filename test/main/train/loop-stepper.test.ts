import { describe, expect, test } from 'vitest';
import { LoopStepper } from '../../../main/train/loop-stepper.ts';
import { type Feeds, floatTensor, Tensor } from '../../../main/train/runtime.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { sizeOf } from '../../../native-models/core/shape.ts';
import { initialValues } from '../../../native-models/nn/init.ts';
import { namedParameters } from '../../../native-models/nn/module.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { type TrainingProgram, trainingProgram } from '../../../native-models/training.ts';
import { TOY, ToyNet } from '../../kit/toy-network.ts';

const CPU = { device: 'cpu', threads: 1 } as const;
const LOOP = { ...CPU, backend: standardBackend };
const PIXELS = { mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.25] } as const;

function toy(frozenPrefixes: readonly string[] = []) {
  const model = new ToyNet();
  const program = trainingProgram(model, {
    ...TOY,
    normalisation: PIXELS,
    optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 },
    frozenPrefixes,
  });
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 3)] as const),
  );
  return { program, values };
}

/** What a run would feed at step number `step`. */
function feedsAt(program: TrainingProgram, step: number): Feeds {
  const rng = rngFrom(5, 'feeds', step);
  const pixels = Uint8Array.from({ length: TOY.batchSize * 3 * TOY.height * TOY.width }, () => rng.uniform() * 256);
  const labels = Int32Array.from({ length: TOY.batchSize }, () => rng.uniform() * 3);
  const noises = program.noises.map(({ name, shape }) => {
    return [
      name,
      floatTensor(
        shape,
        Float32Array.from({ length: sizeOf(shape) }, () => rng.uniform()),
      ),
    ] as const;
  });
  return {
    images: new Tensor('uint8', pixels, [TOY.batchSize, 3, TOY.height, TOY.width]),
    labels: new Tensor('int32', labels, [TOY.batchSize]),
    learning_rate: floatTensor([], Float32Array.of(0.05 / (1 + step))),
    ...Object.fromEntries(noises),
  };
}

async function oneByOne(steps: number, frozen: readonly string[] = []) {
  const { program, values } = toy(frozen);
  const stepper = await Stepper.open(program, values, CPU);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) losses.push(await stepper.step(feedsAt(program, step)));
  const tensors = new Map([...stepper.tensors()].map(([name, { data }]) => [name, Float32Array.from(data)] as const));
  await stepper.release();
  return { losses, tensors };
}

async function inRuns(
  steps: number,
  options: { stepsPerRun?: number; nowMs: () => number },
  frozen: readonly string[] = [],
) {
  const { program, values } = toy(frozen);
  const stepper = await LoopStepper.open(program, values, { ...LOOP, ...options });
  const runs: (readonly number[])[] = [];
  for (let step = 0; step < steps; step++) runs.push(await stepper.step(feedsAt(program, step)));
  runs.push(await stepper.flush());
  const tensors = new Map([...stepper.tensors()].map(([name, { data }]) => [name, Float32Array.from(data)] as const));
  await stepper.release();
  return { losses: runs.flat(), runs: runs.map(({ length }) => length).filter((length) => length > 0), tensors };
}

const still = () => 0;

describe('steps in a loop', () => {
  test.each([1, 3, 7])('give the losses and the state of single steps, %i a run', async (stepsPerRun) => {
    const expected = await oneByOne(7);

    const { losses, tensors } = await inRuns(7, { stepsPerRun, nowMs: still });

    expect(losses).toEqual(expected.losses);
    expect(tensors).toEqual(expected.tensors);
  });

  test('leave frozen parameters as they were, and train the others as single steps do', async () => {
    const frozen = ['stem.', 'bn1.'];
    const expected = await oneByOne(4, frozen);

    const { losses, tensors } = await inRuns(4, { stepsPerRun: 4, nowMs: still }, frozen);

    expect(losses).toEqual(expected.losses);
    expect(tensors).toEqual(expected.tensors);
    expect(tensors.get('stem.weight')).toEqual(toy().values.get('stem.weight'));
  });

  test('grow in number until a run lasts about two seconds, and no further', async () => {
    let now = 0;
    const nowMs = () => {
      now += 250;
      return now;
    };

    const { runs } = await inRuns(80, { nowMs });

    // Every run seems to last 250 ms: 1, then 8 of 31 ms, then 64 of 4 ms; what is left over comes last.
    expect(runs).toEqual([1, 8, 64, 7]);
  });
});

import { describe, expect, test } from 'vitest';
import { LoopStepper } from '../../../main/train/loop-stepper.ts';
import type { StepResult } from '../../../main/train/step-runner.ts';
import { Stepper } from '../../../main/train/stepper.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import type { TrainingOptions } from '../../../native-models/training.ts';
import { feedsAt, toy } from '../../kit/toy-network.ts';

const CPU = { device: 'cpu', threads: 1 } as const;
const LOOP = { ...CPU, backend: standardBackend };
async function oneByOne(steps: number, frozen: readonly string[] = [], more: Partial<TrainingOptions> = {}) {
  const { program, values } = toy(frozen, more);
  const stepper = await Stepper.open(program, values, LOOP);
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
  more: Partial<TrainingOptions> = {},
) {
  const { program, values } = toy(frozen, more);
  const stepper = await LoopStepper.open(program, values, { ...LOOP, ...options });
  const runs: (readonly StepResult[])[] = [];
  for (let step = 0; step < steps; step++) runs.push(await stepper.step(feedsAt(program, step)));
  runs.push(await stepper.flush());
  const tensors = new Map(
    [...(await stepper.tensors())].map(([name, { data }]) => [name, Float32Array.from(data)] as const),
  );
  await stepper.release();
  return {
    losses: runs.flat().map(({ loss }) => loss),
    runs: runs.map(({ length }) => length).filter((length) => length > 0),
    tensors,
  };
}

const still = () => 0;

describe('steps in a loop', () => {
  test.each([1, 3, 7])('give the losses and the state of single steps, %i a run', async (stepsPerRun) => {
    const expected = await oneByOne(7);

    const { losses, tensors } = await inRuns(7, { stepsPerRun, nowMs: still });

    expect(losses).toEqual(expected.losses);
    expect(tensors).toEqual(expected.tensors);
  });

  test('take images of several classes as single steps do', async () => {
    const several = { activation: 'sigmoid', classWeights: [1, 2, 3] } as const;
    const expected = await oneByOne(4, [], several);

    const { losses, tensors } = await inRuns(4, { stepsPerRun: 2, nowMs: still }, [], several);

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

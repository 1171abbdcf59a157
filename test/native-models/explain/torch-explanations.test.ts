import { describe, expect, test } from 'vitest';
import { ProgramSession } from '../../../main/train/program-session.ts';
import type { Program } from '../../../native-models/core/program.ts';
import { rolloutProgram } from '../../../native-models/explain/attention-rollout.ts';
import { gradCamProgram } from '../../../native-models/explain/grad-cam.ts';
import { guidedProgram } from '../../../native-models/explain/guided.ts';
import { integratedGradientsProgram } from '../../../native-models/explain/integrated-gradients.ts';
import { QUADRATURES, quadrature } from '../../../native-models/explain/quadrature.ts';
import { MobileNetV2 } from '../../../native-models/models/mobilenetv2.ts';
import { ResNet } from '../../../native-models/models/resnet.ts';
import { VisionTransformer } from '../../../native-models/models/vit.ts';
import { type Module, namedParameters } from '../../../native-models/nn/module.ts';
import { type AttributionSummary, type ExplanationCase, explanationFixtures } from '../../kit/fixture-explanations.ts';
import type { TensorEntry } from '../../kit/fixture-training.ts';
import { fixtureTensor, fixtureWeights } from '../../kit/fixture-weights.ts';

const CLASSES = 10;
const WEIGHTINGS = ['mean', 'gradient'] as const;

const models: Readonly<Record<string, () => Module>> = {
  resnet18: () => new ResNet('resnet18', CLASSES),
  mobilenetv2: () => new MobileNetV2({ classes: CLASSES }),
  vit: () => new VisionTransformer({ width: 48, depth: 2, heads: 3, classes: CLASSES, sidePx: 32, patchPx: 8 }),
};

const norm = (values: ArrayLike<number>) => Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0));
const made = ({ name, shape, scale, offset }: TensorEntry) =>
  Float32Array.from(fixtureTensor(name, shape, scale, offset).data);

/** Another order of additions may put an activation on the other side of a kink: torch itself moves by `spread`. */
const bar = (spread: number) => Math.max(1e-4, 6 * spread);

/** Runs a program of the case's model with the fixture's weights. */
async function run(model: Module, program: Program, given: Record<string, Float32Array>) {
  const shapes = [...namedParameters(model)].map(([name, { shape }]) => ({ name, shape }));
  const weights = [...fixtureWeights(shapes)].map(([name, { data }]) => [name, Float32Array.from(data)] as const);
  const session = await ProgramSession.open(program, new Map(weights), { device: 'cpu', threads: 1 });
  const results = await session.run(given);
  await session.release();
  return results;
}

function close(actual: ArrayLike<number>, expected: readonly number[], spread: number): void {
  expect(actual.length).toBe(expected.length);
  expect(norm(expected.map((value, i) => value - actual[i]!)) / norm(expected)).toBeLessThan(bar(spread));
}

function closeSummary(
  name: string,
  values: Float32Array,
  shape: readonly number[],
  expected: AttributionSummary,
  spread: number,
): void {
  const direction = fixtureTensor(`direction:${name}`, [...shape]).data;
  const dot = values.reduce((sum, value, i) => sum + value * direction[i]!, 0);
  // What rounding moves by a share of the norm, a dot product with numbers in -1..1 sees in full.
  const allowed = bar(spread) * expected.norm;
  expect(Math.abs(norm(values) - expected.norm)).toBeLessThan(allowed);
  expect(Math.abs(dot - expected.dot)).toBeLessThan(2 * allowed);
  expected.first.forEach((value, i) => {
    expect(Math.abs(values[i]! - value)).toBeLessThan(allowed / 10);
  });
}

function setUp(name: string, recorded: ExplanationCase) {
  const model = models[name]!();
  const [, , height, width] = recorded.input.shape as [number, number, number, number];
  const target = Float32Array.from({ length: CLASSES }, (_, i) => Number(i === recorded.target));
  return { model, size: { height, width }, image: made(recorded.input), target };
}

describe.each(Object.entries(explanationFixtures()))("%s gives torch's", (name, recorded) => {
  const { spread } = recorded;

  test.each(recorded.grad_cam ? [{ expected: recorded.grad_cam }] : [])('Grad-CAM', async ({ expected }) => {
    const { model, size, image, target } = setUp(name, recorded);

    const { logits, map } = await run(model, gradCamProgram(model, size), { image, target });

    close(logits!, recorded.logits, spread['logits']!);
    close(map!, expected.flat(), spread['grad_cam']!);
  });

  test.each(recorded.guided ? [{ expected: recorded.guided }] : [])('guided backpropagation', async ({ expected }) => {
    const { model, size, image, target } = setUp(name, recorded);

    const { gradient } = await run(model, guidedProgram(model, size), { image, target });

    closeSummary('guided', gradient!, [3, size.height, size.width], expected, spread['guided']!);
  });

  test.each(
    WEIGHTINGS.flatMap((weighting) => {
      const expected = recorded[`${weighting}_rollout`];
      return expected ? [{ weighting, expected }] : [];
    }),
  )('attention rollout by $weighting', async ({ weighting, expected }) => {
    const { model, size, image, target } = setUp(name, recorded);

    const { map } = await run(model, rolloutProgram(model, size, weighting), { image, target });

    close(map!, expected.flat(), spread[`${weighting}_rollout`]!);
  });

  test.each(QUADRATURES)('integrated gradients by %s', async (kind) => {
    const { model, size, image, target } = setUp(name, recorded);
    const points = quadrature(kind, recorded.steps);
    const batch = recorded.steps + 2;

    const program = integratedGradientsProgram(model, size, batch);
    const { attribution, scores } = await run(model, program, {
      image,
      target,
      baseline: made(recorded.baseline),
      fractions: Float32Array.of(...points.map(({ fraction }) => fraction), 1, 0),
      weights: Float32Array.of(...points.map(({ weight }) => weight), 0, 0),
    });

    const key = `integrated.${kind}` as const;
    closeSummary(key, attribution!, [3, size.height, size.width], recorded[key], spread[key]!);
    close(scores!.subarray(recorded.steps), recorded['integrated.scores'], spread['integrated.scores']!);
  });
});

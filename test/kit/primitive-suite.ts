/** What every primitive must keep, run over named cases: the gradient is the slope, every backend is the evaluator. */

import { describe, expect, test } from 'vitest';
import { probeBlock } from '../../main/train/backends.ts';
import type { Program } from '../../native-models/core/program.ts';
import { sizeOf } from '../../native-models/core/shape.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
import type { NdArray } from '../../native-models/rules/nd-array.ts';
import { blockedBackend } from '../../native-models/rules/onnx-blocked.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { directionalDerivatives, type GradientCase, gradientProgram, relativeError } from './programs.ts';
import { runOnnx } from './run-onnx.ts';

/** Every backend whose graphs this machine can run. */
const block = await probeBlock();
const BACKENDS = [standardBackend, portableBackend, ...(block === null ? [] : [blockedBackend(block)])];

const SLOPE_TOLERANCE = 1e-6; // of central differences in float64
const RUNTIME_TOLERANCE = 2e-5; // of float32 against float64, relative to the largest element

const MOST_WORK = 2 ** 24; // multiplications of products and convolutions

/** With outputs `y`, `loss`, `g0`, … as `gradientProgram` names them. */
export interface FedProgram {
  readonly program: Program;
  readonly feeds: ReadonlyMap<string, NdArray>;
}

export function describePrimitives(cases: Readonly<Record<string, GradientCase>>): void {
  describe.each(Object.entries(cases))('%s', (name, gradientCase) => {
    testDerivatives(() => gradientProgram(gradientCase, name.length), name.length);
  });
}

/** What is made is made and evaluated once for all tests. */
export function testDerivatives(make: () => FedProgram, seed: number): void {
  let known: (FedProgram & { readonly expected: ReadonlyMap<string, NdArray> }) | null = null;
  const evaluated = () => {
    if (known === null) {
      const { program, feeds } = make();
      known = { program, feeds, expected: interpret(program, feeds) };
    }
    return known;
  };

  test('its gradient is the slope of the function', (context) => {
    const { program, feeds, expected } = evaluated();
    context.skip(
      workOf(program) > MOST_WORK,
      'the evaluator takes its time over it, and smaller ones prove the derivative',
    );

    const { exact, numeric } = directionalDerivatives(program, feeds, seed, expected);

    expect(Math.abs(exact - numeric)).toBeLessThan(SLOPE_TOLERANCE * Math.max(1, Math.abs(exact)));
  });

  test.each(BACKENDS)('$name: the runtime computes what the evaluator says, gradients included', async (backend) => {
    const { program, feeds, expected } = evaluated();

    const actual = await runOnnx(program, backend, feeds);

    for (const [output, value] of expected) {
      if (output === 'loss') continue; // a sum of y, whose terms cancel
      expect(actual.get(output)!.shape, output).toEqual(value.shape);
      expect(relativeError(actual.get(output)!, value), output).toBeLessThan(RUNTIME_TOLERANCE);
    }
  });
}

/** Multiplications of the convolutions and products in a program, gradients included. */
function workOf({ ops }: Program): number {
  const works = ops.map(({ prim, inputs, outputs: [result] }) => {
    const [first, second] = inputs.map(({ shape }) => sizeOf(shape));
    if (prim === 'Conv') return (sizeOf(result!.shape) * second!) / inputs[1]!.shape[0]!;
    if (prim === 'ConvInputGrad') return (first! * second!) / inputs[1]!.shape[0]!;
    if (prim === 'ConvWeightGrad') return (second! * sizeOf(result!.shape)) / result!.shape[0]!;
    return prim === 'MatMul' ? sizeOf(result!.shape) * Math.max(...inputs[0]!.shape.slice(-2)) : 0;
  });
  return works.reduce((sum, work) => sum + work, 0);
}

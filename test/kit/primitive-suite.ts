/** What every primitive must keep, run over named cases: the gradient is the slope, every backend is the evaluator. */

import { describe, expect, test } from 'vitest';
import { probeBlock } from '../../main/train/backends.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
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

export function describePrimitives(cases: Readonly<Record<string, GradientCase>>): void {
  describe.each(Object.entries(cases))('%s', (name, gradientCase) => {
    const seed = name.length;

    test('its gradient is the slope of the function', () => {
      const { program, feeds } = gradientProgram(gradientCase, seed);
      const { exact, numeric } = directionalDerivatives(program, feeds, seed);

      expect(Math.abs(exact - numeric)).toBeLessThan(SLOPE_TOLERANCE * Math.max(1, Math.abs(exact)));
    });

    test.each(BACKENDS)('$name: the runtime computes what the evaluator says, gradients included', async (backend) => {
      const { program, feeds } = gradientProgram(gradientCase, seed);
      const expected = interpret(program, feeds);
      const actual = await runOnnx(program, backend, feeds);

      for (const [output, value] of expected) {
        expect(actual.get(output)!.shape, output).toEqual(value.shape);
        expect(relativeError(actual.get(output)!, value), output).toBeLessThan(RUNTIME_TOLERANCE);
      }
    });
  });
}

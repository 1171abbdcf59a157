/** Runs a program with the reference evaluator, in float64. */

import { assert } from '../core/assert.ts';
import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { sameShape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type EvaluateRule, evaluateRules } from '../rules/evaluate.ts';
import { roundToHalf } from '../rules/half-rounding.ts';
import type { NdArray } from '../rules/nd-array.ts';
import type { HalfPlan } from '../rules/onnx-half.ts';

/**
 * Values of every output, from values of every input by name. With a plan for half precision, what is computed or kept
 * in half is rounded to it.
 */
export function interpret(
  program: Program,
  feeds: ReadonlyMap<string, NdArray>,
  half: HalfPlan | null = null,
): Map<string, NdArray> {
  const values = new Map<Tensor, NdArray>();
  for (const input of program.inputs) {
    assert(input.source.kind === 'input', 'a program input is not a graph input');
    const fed = feeds.get(input.source.name);
    assert(fed && sameShape(fed.shape, input.shape), `interpret: input "${input.source.name}" [${fed?.shape}]`);
    values.set(input, fed);
  }
  const heldBy = (tensor: Tensor): NdArray => {
    if (tensor.source.kind === 'constant') return { shape: tensor.shape, data: tensor.source.data };
    return values.get(tensor)!;
  };
  for (const op of program.ops) {
    const rule = evaluateRules[op.prim] as EvaluateRule<Prim>;
    const isHalf = half?.computed.has(op) ?? false;
    const operand = (tensor: Tensor) =>
      isHalf && tensor.dtype === 'float32' ? toHalf(heldBy(tensor)) : heldBy(tensor);
    const results = rule(op.inputs.map(operand), op.attrs);
    results.forEach((result, i) => {
      const output = op.outputs[i]!;
      assert(
        sameShape(result.shape, output.shape),
        `interpret: ${op.prim} gave [${result.shape}] for [${output.shape}]`,
      );
      values.set(output, half?.kept.has(output) ? toHalf(result) : result);
    });
  }
  return new Map([...program.outputs].map(([name, tensor]) => [name, heldBy(tensor)]));
}

const toHalf = ({ shape, data }: NdArray): NdArray => ({ shape, data: data.map(roundToHalf) });

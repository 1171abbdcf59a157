/** Computes what is already known and drops what does nothing, before the runtime sees the graph. */

import { assert } from '../core/assert.ts';
import { Graph } from '../core/graph.ts';
import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { sameShape, sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { type EvaluateRule, evaluateRules } from '../rules/evaluate.ts';
import { shapeRules } from '../rules/shape.ts';
import { prune } from './prune.ts';

const LARGEST_FOLDED = 4096; // elements; a larger constant costs more in the file than the operation costs to run

/** An equal program on a graph of its own. Inputs keep their order and names. */
export function fold(program: Program): Program {
  const graph = new Graph(shapeRules);
  const images = new Map<Tensor, Tensor>();
  for (const input of program.inputs) {
    assert(input.source.kind === 'input', 'a program input is not a graph input');
    images.set(input, graph.input(input.source.name, input.dtype, input.shape));
  }
  const imageOf = (tensor: Tensor): Tensor => {
    const known = images.get(tensor);
    if (known) return known;
    assert(tensor.source.kind === 'constant', 'fold: operand is neither computed nor constant');
    const { shape, dtype, source } = tensor;
    const copy = shape.length === 0 ? graph.scalar(source.data[0]!, dtype) : graph.constant(source.data, shape, dtype);
    images.set(tensor, copy);
    return copy;
  };
  for (const op of program.ops) {
    const inputs = op.inputs.map(imageOf);
    const outputs =
      constantResult(graph, op, inputs) ?? untouched(op, inputs) ?? graph.apply(op.prim, inputs, op.attrs);
    op.outputs.forEach((output, i) => {
      images.set(output, outputs[i]!);
    });
  }
  const outputs = new Map([...program.outputs].map(([name, tensor]) => [name, imageOf(tensor)]));
  return prune(outputs, graph.inputs);
}

function constantResult(graph: Graph, op: Op, inputs: readonly Tensor[]): Tensor[] | null {
  if (op.outputs.some((output) => sizeOf(output.shape) > LARGEST_FOLDED)) return null;
  const values = inputs.map(({ shape, source }) => (source.kind === 'constant' ? { shape, data: source.data } : null));
  if (values.includes(null)) return null;
  const rule = evaluateRules[op.prim] as EvaluateRule<Prim>;
  const results = rule(
    values.map((value) => value!),
    op.attrs,
  );
  return results.map(({ shape, data }, i) => graph.constant(data, shape, op.outputs[i]!.dtype));
}

/** The operand that passes through unchanged, when the operation does nothing to it. */
function untouched(op: Op, [x, y]: readonly Tensor[]): Tensor[] | null {
  const result = op.outputs[0]!;
  const passes = (kept: Tensor | undefined, other: Tensor | undefined, neutral: number) =>
    kept && other && isUniform(other, neutral) && sameShape(kept.shape, result.shape) ? [kept] : null;
  switch (op.prim) {
    case 'Add':
      return passes(x, y, 0) ?? passes(y, x, 0);
    case 'Mul':
      return passes(x, y, 1) ?? passes(y, x, 1);
    case 'Sub':
      return passes(x, y, 0);
    case 'Div':
      return passes(x, y, 1);
    default:
      return null;
  }
}

function isUniform({ source }: Tensor, value: number): boolean {
  return source.kind === 'constant' && source.data.every((element) => element === value);
}

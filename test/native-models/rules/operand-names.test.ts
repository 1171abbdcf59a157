import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { ModelProto } from '../../../native-models/onnx/schema.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { type GradientCase, gradientProgram, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

interface WrittenGraph {
  readonly node: readonly { readonly opType: string; readonly input: readonly string[] }[];
  readonly initializer: readonly { readonly name: string; readonly dims: readonly unknown[] }[];
}

/** Nodes with a broadcasting operand of rank 0, of those that read `x0`. */
function looseScalars(program: Parameters<typeof writeOnnx>[0]): string[] {
  const { graph } = ModelProto.decode(writeOnnx(program, standardBackend, { name: 'test' })) as unknown as {
    readonly graph: WrittenGraph;
  };
  const scalars = new Set([
    ...graph.initializer.filter(({ dims }) => dims.length === 0).map(({ name }) => name),
    ...program.inputs.flatMap(({ source, shape }) =>
      source.kind === 'input' && shape.length === 0 ? [source.name] : [],
    ),
  ]);
  const arithmetic = graph.node.filter(({ opType }) => ['Add', 'Sub', 'Mul', 'Div'].includes(opType));
  return arithmetic
    .filter(({ input }) => input.includes('x0') && input.some((name) => scalars.has(name)))
    .map(({ opType }) => opType);
}

const SHAPE = [5, 3, 1, 1];
const cases: Readonly<Record<string, GradientCase>> = {
  'a constant': { shapes: [SHAPE], build: ([x]) => x!.mul(3).add(x!.div(2)).sub(1) },
  'an input': { shapes: [SHAPE, []], build: ([x, s]) => x!.mul(s!).add(s!.sub(x!)) },
  'the scale of a sum': { shapes: [SHAPE, SHAPE, []], build: ([x, y, s]: readonly Tensor[]) => x!.scaleAdd(s!, y!) },
};

test.each(Object.entries(cases))(
  'beside a filter of 1x1, %s has sides of its own and the same result',
  async (name, each) => {
    const { program, feeds } = gradientProgram(each, name.length);
    const actual = await runOnnx(program, standardBackend, feeds);

    expect(looseScalars(program)).toEqual([]);
    for (const [output, value] of interpret(program, feeds)) {
      expect(actual.get(output)!.shape, output).toEqual(value.shape);
      expect(relativeError(actual.get(output)!, value), output).toBeLessThan(1e-6);
    }
  },
);

test('beside other tensors a number stays a number', () => {
  const { program } = gradientProgram({ shapes: [[5, 3, 3, 3]], build: ([x]) => x!.mul(3) }, 1);

  expect(looseScalars(program)).toEqual(['Mul']);
});

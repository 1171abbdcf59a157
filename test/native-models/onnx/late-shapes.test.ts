import { expect, test } from 'vitest';
import { probeBlock } from '../../../main/train/backends.ts';
import { openSession } from '../../../main/train/runtime.ts';
import { ModelProto } from '../../../native-models/onnx/schema.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { blockedBackend } from '../../../native-models/rules/onnx-blocked.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { newGraph } from '../../kit/programs.ts';

const block = await probeBlock();

interface File {
  readonly graph: {
    readonly node: readonly {
      readonly opType: string;
      readonly input: readonly string[];
      readonly output: readonly string[];
    }[];
    readonly input: readonly { readonly name: string }[];
    readonly initializer: readonly { readonly name: string }[];
  };
}

/** A convolution whose rows are combined. */
function combinedRows() {
  const graph = newGraph();
  const [x, weight] = [graph.input('x', 'float32', [8, 128, 12, 12]), graph.input('w', 'float32', [128, 128, 3, 3])];
  const y = x.conv(weight, null, { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 });
  return prune(new Map([['y', y.mean([0, 1, 2, 3])]]));
}

test('rows are combined in tensors whose shapes are cut from inputs that have their values', () => {
  const { graph } = ModelProto.decode(
    writeOnnx(combinedRows(), blockedBackend(16), { name: 'test' }),
  ) as unknown as File;

  const given = new Set(graph.initializer.map(({ name }) => name));
  const replaceable = new Set(graph.input.map(({ name }) => name).filter((name) => given.has(name)));
  const cuts = graph.node.filter(
    ({ opType, input }) => opType === 'Split' && input.every((name) => replaceable.has(name)),
  );
  const late = new Set(cuts.flatMap(({ output }) => output));
  const views = new Map(
    graph.node.flatMap(({ opType, input, output }) => (opType === 'Reshape' ? [[output[0]!, input[1]!]] : [])),
  );
  const convolved = graph.node
    .filter(({ opType }) => opType === 'Conv')
    .map(({ input }) => late.has(views.get(input[0]!)!));

  expect(cuts.length).toBe(1);
  expect(convolved.length).toBeGreaterThan(20);
  expect(new Set(convolved)).toEqual(new Set([true]));
});

test.skipIf(block === null)('the runtime asks for none of them, nor is a plain graph given any', async () => {
  const program = combinedRows();
  const bytes = writeOnnx(program, standardBackend, { name: 'test' });
  const { graph } = ModelProto.decode(bytes) as unknown as File;
  const session = await openSession(program, { device: 'cpu', threads: 1, backend: blockedBackend(block!) });
  const names = [...session.inputNames];
  await session.release();

  expect(names).toEqual(['x', 'w']);
  expect(graph.input.map(({ name }) => name)).toEqual(['x', 'w']);
});

import { expect, test } from 'vitest';
import type { Tensor } from '../../../native-models/core/tensor.ts';
import { pulledBack } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { describePrimitives } from '../../kit/primitive-suite.ts';
import { newGraph, relativeError } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

type Inputs = readonly Tensor[];
const take = (
  x: Tensor,
  indices: number[],
  axis: number,
  shape = [indices.length],
  dtype: 'int32' | 'int64' = 'int32',
) => x.gather(x.graph.constant(indices, shape, dtype), axis);

describePrimitives({
  'gather rows, some twice, some never': {
    shapes: [[5, 3]],
    build: ([x]: Inputs) => take(x!, [4, 0, 4, 2, 4], 0),
  },
  'gather along the middle axis by a table': {
    shapes: [[2, 4, 3]],
    build: ([x]: Inputs) => take(x!, [3, 3, 0, 1, 2, 3], 1, [3, 2]),
  },
  'gather along the last axis, 64-bit indices': {
    shapes: [[2, 3, 4]],
    build: ([x]: Inputs) => take(x!, [1, 1], -1, [2], 'int64'),
  },
  'gather one row': { shapes: [[4, 3]], build: ([x]: Inputs) => take(x!, [2], 0, []) },
  'gather from more places than a product is used for': {
    shapes: [[2, 300, 3]],
    build: ([x]: Inputs) => take(x!, [299, 0, 299, 17, 0, 150], 1),
  },
});

test('sums over many indices are right on several threads and in several parts', async () => {
  const [side, inner, count] = [500, 1024, 9000]; // more elements than are added at once
  const graph = newGraph();
  const x = graph.input('x', 'float32', [side, inner]);
  const indices = graph.input('indices', 'int32', [count]);
  const y = x.gather(indices, 0);
  const g = graph.input('g', 'float32', [count, 1]);
  const [dx] = pulledBack(y, g.expand(y.shape), [x]);
  const program = prune(new Map([['dx', dx!]]), []);
  const feeds = new Map([
    ['indices', { shape: [count], data: Float64Array.from({ length: count }, (_, i) => (i * i) % 7) }],
    ['g', { shape: [count, 1], data: Float64Array.from({ length: count }, (_, i) => (i % 5) - 1) }],
  ]);

  const [expected, actual] = [interpret(program, feeds), await runOnnx(program, standardBackend, feeds, 2)];

  expect(relativeError(actual.get('dx')!, expected.get('dx')!)).toBeLessThan(1e-5);
});

test('an index outside is refused by the evaluator', () => {
  const graph = newGraph();
  const program = prune(new Map([['y', take(graph.input('x', 'float32', [2]), [2], 0)]]));
  const feeds = new Map([['x', { shape: [2], data: Float64Array.of(1, 2) }]]);

  expect(() => interpret(program, feeds)).toThrow('gather: index 2 is not within [0,2)');
});

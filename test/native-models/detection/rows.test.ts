import { describe, expect, test } from 'vitest';
import { openSession, Tensor } from '../../../main/train/runtime.ts';
import { dividedBy, rowsAt } from '../../../native-models/detection/rows.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { newGraph } from '../../kit/programs.ts';
import { runOnnx } from '../../kit/run-onnx.ts';

describe('whole numbers are divided exactly', () => {
  test.each([1, 3, 7, 91])('by %i', async (divisor) => {
    const numbers = [0, 1, 2, 3, 89, 90, 91, 92, 16777217, 33554431, 50331647, 99999999].filter(
      (value) => value / divisor < 2 ** 23,
    );
    const graph = newGraph();
    const [quotient, remainder] = dividedBy(graph.input('x', 'int32', [numbers.length]), divisor);
    const program = prune(
      new Map([
        ['quotient', quotient],
        ['remainder', remainder],
      ]),
    );
    const session = await openSession(program, { device: 'cpu', threads: 1 });

    const results = await session.run({ x: new Tensor('int32', Int32Array.from(numbers), [numbers.length]) });

    expect([...(results['quotient']!.data as Int32Array)]).toEqual(numbers.map((value) => Math.floor(value / divisor)));
    expect([...(results['remainder']!.data as Int32Array)]).toEqual(numbers.map((value) => value % divisor));
    await session.release();
  });
});

test('takes rows of each image by its own places', async () => {
  const graph = newGraph();
  const rows = rowsAt(graph.input('table', 'float32', [2, 3, 2]), graph.input('places', 'int32', [2, 2]));
  const program = prune(new Map([['rows', rows]]));
  const feeds = new Map([
    ['table', { shape: [2, 3, 2], data: Float64Array.from({ length: 12 }, (_, i) => i) }],
    ['places', { shape: [2, 2], data: Float64Array.of(2, 0, 1, 1) }],
  ]);

  for (const results of [interpret(program, feeds), await runOnnx(program, standardBackend, feeds)]) {
    expect([...results.get('rows')!.data]).toEqual([4, 5, 0, 1, 8, 9, 8, 9]);
  }
});

import { describe, expect, test } from 'vitest';
import { print } from '../../../native-models/core/printer.ts';
import { fold } from '../../../native-models/passes/fold.ts';
import { gradients } from '../../../native-models/passes/gradients.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import { prune } from '../../../native-models/passes/prune.ts';
import { verify } from '../../../native-models/passes/verify.ts';
import { newGraph } from '../../kit/programs.ts';

describe('gradients', () => {
  test('add up over every use of a tensor', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', []);
    const loss = x.mul(x).add(x.mul(3));
    const program = prune(new Map([['g', gradients(loss, [x])[0]!]]), [x]);

    const result = interpret(program, new Map([['x', { shape: [], data: Float64Array.of(5) }]]));

    expect(result.get('g')!.data).toEqual(Float64Array.of(13));
  });

  test('are zero for what the loss does not depend on', () => {
    const graph = newGraph();
    const [x, y] = [graph.input('x', 'float32', []), graph.input('y', 'float32', [2])];
    const program = prune(new Map([['g', gradients(x.mul(x), [y])[0]!]]), [x, y]);

    const feeds = new Map([
      ['x', { shape: [], data: Float64Array.of(5) }],
      ['y', { shape: [2], data: Float64Array.of(1, 2) }],
    ]);

    expect(interpret(program, feeds).get('g')!.data).toEqual(Float64Array.of(0, 0));
  });

  test('refuse to flow through an index', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', [1, 1, 4, 4]);
    const indices = graph.apply('MaxPool', [x], { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] })[1]!;
    const loss = indices.cast('float32').sum([0, 1, 2, 3]);

    expect(() => gradients(loss, [x])).not.toThrow(); // a cast from an integer stops the gradient
    const statistic = graph.apply('BatchNormTrain', [x, graph.constant([1], [1]), graph.constant([0], [1])], {
      epsilon: 1e-5,
    })[1]!;
    expect(() => gradients(statistic.sum([0]), [x])).toThrow('secondary output');
  });
});

describe('prune', () => {
  test('drops what no output needs', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', [2]);
    x.exp();
    const program = prune(new Map([['y', x.neg()]]));

    expect(print(program)).toBe('input x: float32[2]\n%0: float32[2] = Neg(x)\noutput y = %0\n');
  });
});

describe('fold', () => {
  test('computes constants and drops what does nothing', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', [2]);
    const two = graph.scalar(1, 'float32').add(graph.scalar(1, 'float32'));
    const program = fold(prune(new Map([['y', x.mul(1).add(0).mul(two)]])));
    verify(program);

    expect(print(program)).toBe('input x: float32[2]\n%0: float32[2] = Mul(x, 2)\noutput y = %0\n');
  });

  test('keeps an operation that only looks neutral but broadcasts', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', [1]);
    const ones = graph.constant([1, 1, 1], [3]);
    const program = fold(prune(new Map([['y', x.mul(ones)]])));

    expect(program.ops.map((op) => op.prim)).toEqual(['Mul']);
  });

  test('leaves large constants to the runtime', () => {
    const graph = newGraph();
    const big = graph.scalar(2, 'float32').expand([100, 100]);
    const program = fold(prune(new Map([['y', big]])));

    expect(program.ops.map((op) => op.prim)).toEqual(['Expand']);
  });
});

describe('shape errors', () => {
  test('name the layer, what it needed and what it got', () => {
    const graph = newGraph();
    const x = graph.input('x', 'float32', [8, 32, 56, 56]);
    const weight = graph.input('w', 'float32', [64, 64, 3, 3]);
    const attrs = { strides: [1, 1], pads: [1, 1, 1, 1], dilations: [1, 1], group: 1 } as const;

    expect(() => graph.scope('layer1.0.conv1', () => x.conv(weight, null, attrs))).toThrow(
      '"layer1.0.conv1": conv: weight [64,64,3,3] with 1 groups needs 64 input channels, x [8,32,56,56] has 32',
    );
  });
});

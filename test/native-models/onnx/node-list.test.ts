import { describe, expect, test } from 'vitest';
import { NodeList, withRootsFirst } from '../../../native-models/onnx/node-list.ts';

describe('nodes that need none of the others', () => {
  const list = new NodeList('');
  const one = (type: string, inputs: readonly string[]) => list.add(type, inputs, {}, 1, false)[0]!;
  const slope = one('Relu', [one('Neg', ['x'])]);
  const scaled = one('Mul', ['moment', 'factor']);
  const sum = one('Add', [scaled, slope]);
  const nodes = withRootsFirst(list.needed([sum]));

  test('come first, in their order', () => {
    expect(nodes.map(({ opType }) => opType)).toEqual(['Neg', 'Mul', 'Relu', 'Add']);
  });

  test('leave an order that can be run', () => {
    const known = new Set(['x', 'moment', 'factor']);
    for (const { input, output } of nodes) {
      expect(input.filter((value) => !known.has(value))).toEqual([]);
      for (const value of output) known.add(value);
    }
  });
});

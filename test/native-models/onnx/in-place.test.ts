import { expect, test } from 'vitest';
import { ordered, readersOf } from '../../../native-models/onnx/in-place.ts';
import type { NodeRecord } from '../../../native-models/onnx/node-list.ts';

const node = (opType: string, input: string[], output: string, domain?: string): NodeRecord => ({
  opType,
  input,
  output: [output],
  name: output,
  attribute: [],
  ...(domain === undefined ? {} : { domain }),
});

const SUCCESSION = [{ input: 'w', output: 'next:w' }];

/** Which nodes run in which order, and whether the successor may be written over `w`. */
function outcome(nodes: readonly NodeRecord[]) {
  const result = ordered(nodes, SUCCESSION, 'none');
  return {
    isInPlace: result.inPlace.has('w'),
    nodes: result.nodes.map(({ opType, input }) => `${opType}(${input.join(' ')})`),
  };
}

test('a reader that the successor is made from has run', () => {
  const nodes = [node('Relu', ['w'], 'y'), node('Neg', ['y'], 'g'), node('Exp', ['g'], 'next:w')];

  expect(outcome(nodes).isInPlace).toBe(true);
});

test('a reader that may run later keeps a successor out of its place', () => {
  const nodes = [node('Relu', ['w'], 'y'), node('Neg', ['w'], 'late'), node('Exp', ['y'], 'next:w')];

  expect(outcome(nodes).isInPlace).toBe(false);
});

test('the reader of a view is a reader', () => {
  const nodes = [node('Reshape', ['w', 'shape'], 'view'), node('Neg', ['view'], 'late'), node('Exp', ['g'], 'next:w')];

  expect(outcome(nodes).isInPlace).toBe(false);
});

test('readers are waited for where a rule left room for it', () => {
  const nodes = [
    node('Neg', ['w'], 'one'),
    node('Relu', ['w'], 'two'),
    node('Expand', ['rate', readersOf('w')], 'factor'),
    node('Mul', ['g', 'factor'], 'next:w'),
  ];

  const { isInPlace, nodes: run } = outcome(nodes);

  expect(isInPlace).toBe(true);
  expect(run).toEqual([
    'Neg(w)',
    'Relu(w)',
    'Shape(one)',
    'Shape(two)',
    'Concat(readers:w:0 readers:w:1)',
    'Expand(rate readers:w:all)',
    'Mul(g factor)',
  ]);
});

test('room that nothing need fill waits for nothing', () => {
  const nodes = [node('Expand', ['rate', readersOf('w')], 'factor'), node('Mul', ['w', 'factor'], 'next:w')];

  expect(outcome(nodes)).toEqual({ isInPlace: true, nodes: ['Expand(rate none)', 'Mul(w factor)'] });
});

test('a reader that comes after the room left for it cannot be waited for', () => {
  const nodes = [
    node('Expand', ['rate', readersOf('w')], 'factor'),
    node('Mul', ['g', 'factor'], 'next:w'),
    node('Neg', ['w'], 'late'),
  ];

  expect(outcome(nodes)).toEqual({
    isInPlace: false,
    nodes: ['Expand(rate none)', 'Mul(g factor)', 'Neg(w)'],
  });
});

const NCHWC = 'com.microsoft.nchwc';

test.each([
  ['adds element by element', node('Add', ['g', 'w'], 'next:w'), true],
  ['adds onto what lies in the buffer', node('Conv', ['g', 'f', 'b', 'w'], 'next:w', NCHWC), true],
  ['reads it for every element', node('Conv', ['w', 'f', 'b', 'g'], 'next:w', NCHWC), false],
  ['reads it in another order', node('Transpose', ['w'], 'next:w'), false],
])('a writer that reads what it writes over: %s', (_, writer, isInPlace) => {
  expect(outcome([writer]).isInPlace).toBe(isInPlace);
});

import { expect, test } from 'vitest';
import { OP_CASES } from '../../../build/bench/op-cases.ts';
import { opPrograms } from '../../../build/bench/op-program.ts';
import type { Program } from '../../../native-models/core/program.ts';
import { rngFrom } from '../../../native-models/core/rng.ts';
import { interpret } from '../../../native-models/passes/interpret.ts';
import type { NdArray } from '../../../native-models/rules/nd-array.ts';
import { randomArray } from '../../kit/programs.ts';

const SMALL = {
  name: 'small',
  kind: 'batch_norm_relu',
  shapes: [[2, 3, 4, 5], [3], [3]],
  attrs: {},
} as const;

/** Runs a program on random operands, and on what an earlier program saved. */
function run(program: Program, saved: ReadonlyMap<string, NdArray> = new Map()): Map<string, NdArray> {
  const feeds = program.inputs.map(({ source, shape }) => {
    const name = source.kind === 'input' ? source.name : '';
    return [name, saved.get(name) ?? randomArray(shape, rngFrom(3, name))] as const;
  });
  return interpret(program, new Map(feeds));
}

test('the backward pass alone gives the derivative of the forward pass', () => {
  const { timed, before } = opPrograms({ ...SMALL, wrt: [0, 1, 2] });
  const slopes = run(timed, run(before!));
  const forward = opPrograms({ ...SMALL, wrt: null }).timed;
  const g = randomArray([2, 3, 4, 5], rngFrom(3, 'g')).data;
  const step = 1e-6;

  SMALL.shapes.forEach((shape, operand) => {
    const direction = randomArray(shape, rngFrom(4, operand)).data;
    const lossAt = (sign: number) => {
      const start = randomArray(shape, rngFrom(3, `x${operand}`)).data;
      const moved = { shape, data: start.map((value, i) => value + sign * step * direction[i]!) };
      const { data } = run(forward, new Map([[`x${operand}`, moved]])).get('y0')!;
      return data.reduce((sum, value, i) => sum + value * g[i]!, 0);
    };
    const exact = slopes.get(`d${operand}`)!.data.reduce((sum, value, i) => sum + value * direction[i]!, 0);

    expect((lossAt(1) - lossAt(-1)) / (2 * step)).toBeCloseTo(exact, 5);
  });
});

test('the backward pass alone repeats nothing of the forward pass', () => {
  const { timed } = opPrograms({ ...SMALL, wrt: [0] });

  expect(timed.ops.map(({ prim }) => prim)).toEqual(['ReluGrad', 'BatchNormGrad']);
});

test('both passes together hand out the result and its gradients, from the operands alone', () => {
  const { timed, before } = opPrograms({ ...SMALL, wrt: [0], withForward: true });

  expect(before).toBeNull();
  expect([...timed.outputs.keys()]).toEqual(['y0', 'd0']);
  expect(run(timed).get('y0')).toEqual(run(opPrograms({ ...SMALL, wrt: null }).timed).get('y0'));
});

test('every case can be built, and no two have the same name', () => {
  for (const entry of OP_CASES) opPrograms(entry);

  expect(new Set(OP_CASES.map(({ name }) => name)).size).toBe(OP_CASES.length);
});

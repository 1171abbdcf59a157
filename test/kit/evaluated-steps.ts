/** Training steps run by the reference evaluator in float64, on a state kept by name. */

import { initialValues } from '../../native-models/nn/init.ts';
import type { Module } from '../../native-models/nn/module.ts';
import { namedParameters } from '../../native-models/nn/module.ts';
import { NEXT, plainTensors, startingValue } from '../../native-models/optim/state.ts';
import { interpret } from '../../native-models/passes/interpret.ts';
import type { NdArray } from '../../native-models/rules/nd-array.ts';
import type { TrainingProgram } from '../../native-models/training.ts';

export type EvaluatedState = Map<string, NdArray>;

export const arrayOf = (shape: readonly number[], data: ArrayLike<number>): NdArray => ({
  shape,
  data: Float64Array.from(data),
});
export const scalarOf = (value: number): NdArray => arrayOf([], [value]);

/** Random weights from a fixed seed, and whatever else the programs keep at its start. */
export function startingState(model: Module, programs: readonly TrainingProgram[]): EvaluatedState {
  const values = new Map(
    [...namedParameters(model)].map(([name, { shape, init }]) => [name, initialValues(name, shape, init, 1)] as const),
  );
  const tensors = programs.flatMap(({ state, fixed }) => [...state, ...fixed]);
  return new Map(tensors.map((tensor) => [tensor.name, arrayOf(tensor.shape, startingValue(tensor, values))] as const));
}

/** Runs one program and moves the state on; returns the scalars it hands out. */
export function evaluateStep(
  program: TrainingProgram,
  state: EvaluatedState,
  feeds: Readonly<Record<string, NdArray>>,
): Map<string, number> {
  return new Map([...evaluateStage(program, state, feeds)].map(([name, { data }]) => [name, data[0]!] as const));
}

/** Runs one program and moves the state on; returns whatever else it hands out. */
export function evaluateStage(
  { program, state: changed }: TrainingProgram,
  state: EvaluatedState,
  feeds: Readonly<Record<string, NdArray>>,
): Map<string, NdArray> {
  const results = interpret(program, new Map([...Object.entries(feeds), ...state]));
  for (const { name } of changed) state.set(name, results.get(NEXT + name)!);
  return new Map([...results].filter(([name]) => !name.startsWith(NEXT)));
}

/** The state by the names it has outside the graph. */
export function plainState(programs: readonly TrainingProgram[], state: EvaluatedState): Map<string, Float64Array> {
  const tensors = programs.flatMap(({ state: changed, fixed }) => [...changed, ...fixed]);
  const pieces = tensors.flatMap((tensor) => {
    let offset = 0;
    return plainTensors(tensor).map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      offset += size;
      return [name, state.get(tensor.name)!.data.slice(offset - size, offset)] as const;
    });
  });
  return new Map(pieces);
}

/** A program of a training step together with what its inputs and outputs mean. */

import type { Program } from '../core/program.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Parameter } from '../nn/module.ts';
import { SCALER } from '../optim/loss-scale.ts';
import {
  AVERAGE,
  GRADIENT,
  type NamedShape,
  NEXT,
  prefixOf,
  type StateRole,
  type StateTensor,
} from '../optim/state.ts';
import { fold } from '../passes/fold.ts';
import { prune } from '../passes/prune.ts';
import { verify } from '../passes/verify.ts';

export interface TrainingProgram {
  readonly program: Program;
  /** What changes from step to step. */
  readonly state: readonly StateTensor[];
  /** What is read but does not change, frozen parameters among it. */
  readonly fixed: readonly StateTensor[];
  /** Inputs to be filled with fresh uniform random numbers at every step. */
  readonly noises: readonly NamedShape[];
}

/** A tensor of the model as programs have it: by itself, or as the flat one of several. */
export type Piece = NamedShape & Pick<StateTensor, 'parts'>;

/** Folds and proves the program, and says what each of its inputs is. */
export function finishedProgram(
  outputs: ReadonlyMap<string, Tensor>,
  keepInputs: readonly Tensor[],
  parameters: ReadonlyMap<string, Parameter>,
  pieces: readonly Piece[],
): TrainingProgram {
  const program = fold(prune(outputs, keepInputs));
  verify(program);
  const named = program.inputs.map((input) => ({ name: nameOf(input), shape: input.shape }));
  const tensors = named.flatMap((input) => stateTensor(input, parameters, pieces) ?? []);
  const isHandedOut = ({ name }: NamedShape) => program.outputs.has(NEXT + name);
  return {
    program,
    state: tensors.filter(isHandedOut),
    fixed: tensors.filter((tensor) => !isHandedOut(tensor)),
    noises: named.filter(({ name }) => name.startsWith('noise.')),
  };
}

/** Null for inputs that are fed anew at every step. */
function stateTensor(
  { name, shape }: NamedShape,
  parameters: ReadonlyMap<string, Parameter>,
  pieces: readonly Piece[],
): StateTensor | null {
  const prefix = prefixOf(name);
  const base = name.slice(prefix.length);
  const joined = pieces.find((piece) => piece.name === base)?.parts ?? null;
  if (prefix === SCALER) return { name, shape, role: 'optimizer', parts: null };
  const parameter = parameters.get(joined?.[0]?.name ?? base);
  if (parameter === undefined) return null;
  const parts = joined?.map((part) => ({ name: prefix + part.name, shape: part.shape })) ?? null;
  return { name, shape, role: prefix === '' ? parameter.role : roleOf(prefix), parts };
}

function roleOf(prefix: string): StateRole {
  if (prefix === AVERAGE) return 'average';
  return prefix === GRADIENT ? 'gradient' : 'optimizer';
}

/** The name of a program's input. */
export const nameOf = ({ source }: Tensor): string => (source.kind === 'input' ? source.name : '');

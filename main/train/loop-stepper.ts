/**
 * Runs many training steps in one run of the runtime. Where weights live on a card, they cross to it and back once a
 * run and not once a step; the batches of the coming run gather here until there are enough.
 */

import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import { type DType, type Shape, sizeOf } from '../../native-models/core/shape.ts';
import { type LoopForm, STEPS, writeLoopOnnx } from '../../native-models/onnx/loop.ts';
import {
  type NamedShape,
  NEXT,
  plainValues,
  type StateTensor,
  startingValue,
} from '../../native-models/optim/state.ts';
import { GRADIENT_NORM } from '../../native-models/optim/update.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import type { TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { type Feeds, floatTensor, openSession, type Session, type SessionOptions, Tensor } from './runtime.ts';
import type { StepResult, StepRunner } from './step-runner.ts';

export interface LoopOptions extends SessionOptions {
  readonly backend: Backend;
  /** How many steps a run has; by default as many as last about `RUN_MS`, found out as runs go by. */
  readonly stepsPerRun?: number;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/** Long enough that crossing to the card does not count, short enough that a person who cancels does not wait. */
const RUN_MS = 2000;
/** Rows of a stack are picked by 32-bit arithmetic on the card: a stack has fewer elements than this. */
const LARGEST_STACK = 2 ** 31 - 1;
const LARGEST_STAGED_BYTES = 2 ** 29;

type Stack = Float32Array | Uint8Array | Int32Array;

interface Staged {
  readonly name: string;
  readonly dtype: 'float32' | 'uint8' | 'int32';
  readonly shape: Shape;
  readonly size: number;
  /** Grows with the number of steps a run has. */
  stack: Stack;
}

export class LoopStepper implements StepRunner {
  readonly noises: readonly NamedShape[];
  private readonly session: Session;
  private readonly staged: readonly Staged[];
  private readonly scalars: readonly string[];
  private readonly fixed: readonly [StateTensor, Tensor][];
  /** Read and written by one run: results arrive after the last step has read what it needs. */
  private readonly state: readonly [StateTensor, Tensor][];
  private readonly largestRun: number;
  private readonly given: number | null;
  private readonly nowMs: () => number;
  private stepsPerRun: number;
  private waiting = 0;

  private constructor(
    session: Session,
    programs: TrainingProgram,
    values: ReadonlyMap<string, Float32Array>,
    { stepsPerRun, nowMs }: Pick<LoopOptions, 'stepsPerRun' | 'nowMs'>,
  ) {
    const { program, state, fixed } = programs;
    this.noises = programs.noises;
    this.session = session;
    this.staged = stagedInputs(program, loopForm(programs));
    this.scalars = [...program.outputs.keys()].filter((name) => !name.startsWith(NEXT));
    const filled = (tensor: StateTensor): [StateTensor, Tensor] => {
      return [tensor, floatTensor(tensor.shape, startingValue(tensor, values))];
    };
    this.state = state.map(filled);
    this.fixed = fixed.map(filled);
    this.largestRun = largestRun(this.staged);
    this.given = stepsPerRun ?? null;
    this.nowMs = nowMs;
    this.stepsPerRun = Math.min(stepsPerRun ?? 1, this.largestRun);
  }

  /** `values` holds every parameter; what an optimizer keeps starts at zero where it is missing. */
  static async open(
    program: TrainingProgram,
    values: ReadonlyMap<string, Float32Array>,
    options: LoopOptions,
  ): Promise<LoopStepper> {
    const bytes = writeLoopOnnx(program.program, options.backend, loopForm(program), { name: 'training' });
    const session = await openSession(bytes, options);
    return new LoopStepper(session, program, values, options);
  }

  /**
   * Takes one batch; its buffers may be used again at once. Feeds: images, labels, noises, the update's scalars.
   * Returns what came of the steps that were run, in order: nothing while batches gather.
   */
  async step(feeds: Feeds): Promise<readonly StepResult[]> {
    for (const staged of this.staged) stage(staged, feeds, this.waiting, this.stepsPerRun);
    this.waiting++;
    return this.waiting < this.stepsPerRun ? [] : this.flush();
  }

  async flush(): Promise<readonly StepResult[]> {
    const steps = this.waiting;
    if (steps === 0) return [];
    this.waiting = 0;
    const startMs = this.nowMs();
    const results = await this.run(steps);
    this.adapt((this.nowMs() - startMs) / steps);
    return results;
  }

  /** Everything it takes to go on, by name, in live buffers: the next run overwrites them. */
  async tensors(): Promise<ReadonlyMap<string, FloatTensor>> {
    assert(this.waiting === 0, 'loop: steps are waiting');
    const all = [...this.state, ...this.fixed];
    return new Map(all.flatMap(([tensor, { data }]) => plainValues(tensor, data as Float32Array)));
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  private async run(steps: number): Promise<readonly StepResult[]> {
    const inputs = [...this.state, ...this.fixed].map(([{ name }, tensor]) => [name, tensor] as const);
    const stacks = this.staged.map(
      ({ name, dtype, shape, size, stack }) =>
        [name, new Tensor(dtype, stack.subarray(0, steps * size) as never, [steps, ...shape])] as const,
    );
    const count = new Tensor('int64', BigInt64Array.of(BigInt(steps)), []);
    const results = await this.session.run(
      { [STEPS]: count, ...Object.fromEntries([...inputs, ...stacks]) },
      Object.fromEntries([
        ...this.scalars.map((name) => [name, floatTensor([steps])] as const),
        ...this.state.map(([{ name }, tensor]) => [NEXT + name, tensor] as const),
      ]),
    );
    const losses = results['loss']!.data as Float32Array;
    const norms = results[GRADIENT_NORM]?.data as Float32Array | undefined;
    return Array.from(losses, (loss, i) => ({ loss, gradientNorm: norms?.[i] ?? null }));
  }

  /** The first run also warms up, so its time says little: the number grows step by step towards what it should be. */
  private adapt(stepMs: number): void {
    if (this.given !== null) return;
    const wanted = Math.max(1, Math.round(RUN_MS / Math.max(stepMs, 1e-3)));
    this.stepsPerRun = Math.min(wanted, this.stepsPerRun * 8, this.largestRun);
  }
}

/** How a training program is wrapped. */
export function loopForm({ program, state, fixed }: TrainingProgram): LoopForm {
  const carried = state.map(({ name }) => ({ input: name, output: NEXT + name }));
  assert(
    carried.every(({ output }) => program.outputs.has(output)),
    'loop: a state tensor is not handed out',
  );
  return { carried, shared: fixed.map(({ name }) => name) };
}

function stagedInputs(program: Program, { carried, shared }: LoopForm): Staged[] {
  const kept = new Set([...shared, ...carried.map(({ input }) => input)]);
  return program.inputs.flatMap(({ source, dtype, shape }) => {
    const name = source.kind === 'input' ? source.name : '';
    if (kept.has(name)) return [];
    assert(dtype === 'float32' || dtype === 'uint8' || dtype === 'int32', `loop: ${dtype} "${name}" cannot be fed`);
    const size = sizeOf(shape);
    return [{ name, dtype, shape, size, stack: emptyStack(dtype, size) }];
  });
}

function emptyStack(dtype: Extract<DType, 'float32' | 'uint8' | 'int32'>, size: number): Stack {
  if (dtype === 'float32') return new Float32Array(size);
  return dtype === 'uint8' ? new Uint8Array(size) : new Int32Array(size);
}

function largestRun(staged: readonly Staged[]): number {
  const bytes = staged.reduce((sum, { size, stack }) => sum + size * stack.BYTES_PER_ELEMENT, 0);
  const largest = Math.max(...staged.map(({ size }) => size), 1);
  return Math.max(1, Math.min(Math.floor(LARGEST_STACK / largest), Math.floor(LARGEST_STAGED_BYTES / bytes)));
}

/** Copies a step's input to its row of the stack, which has room for a whole run. */
function stage(staged: Staged, feeds: Feeds, row: number, steps: number): void {
  const tensor = feeds[staged.name];
  assert(tensor, `training: nothing was fed as "${staged.name}"`);
  assert(sizeOf(tensor.dims) === staged.size, `training: "${staged.name}" is [${tensor.dims}], not [${staged.shape}]`);
  if (staged.stack.length < steps * staged.size) {
    const grown = emptyStack(staged.dtype, steps * staged.size);
    grown.set(staged.stack.subarray(0, row * staged.size));
    staged.stack = grown;
  }
  staged.stack.set(tensor.data as Float32Array, row * staged.size);
}

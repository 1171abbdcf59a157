/**
 * Cuts the program that every batch of an update runs into stages: what follows an `AcrossBatches` needs what all batches
 * say before it, so all run the first stage, then all the second. What a later stage reads of an earlier one is kept for
 * each batch, unless a few passes make it again from what is kept: activations are, so that less than half of what a
 * batch computes on the way is in memory for all of them.
 */

import { Graph } from '../core/graph.ts';
import type { Program } from '../core/program.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { elementwiseRules } from '../rules/evaluate-elementwise.ts';
import { shapeRules } from '../rules/shape.ts';

/** What a batch says: an output, under the name of the `AcrossBatches`. */
export const SAID = 'said:';
/** What all say together: an input. */
export const ACROSS = 'across:';
/** What a stage leaves to a later one: an output there, an input here. */
export const KEPT = 'kept:';

export interface Stage {
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Names of what no stage after this one reads. */
  readonly lastReads: readonly string[];
}

/**
 * The stages in the order in which they are run, each a graph of its own.
 * `isOfBatch` tells the inputs that every batch has of its own.
 */
export function stagesOf(program: Program, isOfBatch: (input: string) => boolean): Stage[] {
  const plan = new CutPlan(program, isOfBatch);
  const parts: Part[] = [];
  for (let level = plan.lastLevel; level >= 0; level--) parts.unshift(partAt(plan, level, parts));
  const isReadAfter = (name: string, at: number) => parts.slice(at + 1).some(({ kept }) => kept.has(name));
  return parts.map((part, at) => ({
    outputs: outputsOf(plan, part),
    lastReads: [...part.kept.keys()].filter((name) => !isReadAfter(name, at)),
  }));
}

const LIGHT: ReadonlySet<string> = new Set([...Object.keys(elementwiseRules), 'BatchNormInference', 'MaxPool']);
const MOST_PASSES = 3; // over a map, to make it again: a norm, an activation and a pooling

/** What is known of each value: where it can be had first, whether batches differ in it, how it is made again. */
class CutPlan {
  readonly program: Program;
  readonly lastLevel: number;
  /** Where there is no entry, what holds for constants does. */
  private readonly levels = new Map<Tensor, number>();
  /** Passes it takes to make a value of a batch anew; 0: it is kept. */
  private readonly passes = new Map<Tensor, number>();

  constructor(program: Program, isOfBatch: (input: string) => boolean) {
    this.program = program;
    for (const input of program.inputs) if (isOfBatch(nameOf(input))) this.passes.set(input, 0);
    for (const op of program.ops) this.note(op);
    this.lastLevel = Math.max(0, ...this.levels.values());
  }

  level(tensor: Tensor): number {
    return this.levels.get(tensor) ?? 0;
  }

  /** A later stage is handed the value instead of making it. */
  isKept(tensor: Tensor): boolean {
    return tensor.source.kind === 'op' && this.passes.get(tensor) === 0;
  }

  private note(op: Op): void {
    const level = Math.max(0, ...op.inputs.map((input) => this.level(input)));
    if (op.prim === 'AcrossBatches') {
      this.levels.set(op.outputs[0]!, level + 1);
      return;
    }
    for (const output of op.outputs) this.levels.set(output, level);
    const own = [...new Set(op.inputs)].filter((input) => this.passes.has(input));
    if (own.length === 0) return;
    const passes = own.length === 1 && LIGHT.has(op.prim) ? this.passes.get(own[0]!)! + 1 : 0;
    for (const output of op.outputs) this.passes.set(output, passes > MOST_PASSES ? 0 : passes);
  }
}

interface Part {
  readonly level: number;
  readonly ops: ReadonlySet<Op>;
  /** What it reads of earlier stages, by name. */
  readonly kept: ReadonlyMap<string, Tensor>;
  /** What it hands out, by name. */
  readonly results: ReadonlyMap<string, Tensor>;
}

const keptName = (tensor: Tensor): string => `${KEPT}${tensor.id}`;

/** `later` are the stages behind it. */
function partAt(plan: CutPlan, level: number, later: readonly Part[]): Part {
  const { program } = plan;
  const isHere = ([, tensor]: readonly [string, Tensor]) => plan.level(tensor) === level;
  const said = program.ops.flatMap((op) => {
    return op.prim === 'AcrossBatches' ? [[SAID + acrossName(op), op.inputs[0]!] as const] : [];
  });
  const wanted = later.flatMap(({ kept }) => [...kept]);
  const results = new Map([...program.outputs, ...said, ...wanted].filter(isHere));

  const ops = new Set<Op>();
  const kept = new Map<string, Tensor>();
  const visit = (tensor: Tensor): void => {
    const { source } = tensor;
    if (source.kind !== 'op' || source.op.prim === 'AcrossBatches' || ops.has(source.op)) return;
    if (plan.level(tensor) < level && plan.isKept(tensor)) kept.set(keptName(tensor), tensor);
    else {
      ops.add(source.op);
      source.op.inputs.forEach(visit);
    }
  };
  for (const tensor of results.values()) visit(tensor);
  return { level, ops, kept, results };
}

/** A stage's results on a graph of its own. */
function outputsOf({ program }: CutPlan, { ops, kept, results }: Part): Map<string, Tensor> {
  const graph = new Graph(shapeRules);
  const images = new Map<Tensor, Tensor>();
  const given = (name: string, tensor: Tensor) => images.set(tensor, graph.input(name, tensor.dtype, tensor.shape));
  for (const input of program.inputs) given(nameOf(input), input);
  for (const [name, tensor] of kept) given(name, tensor);
  const imageOf = (tensor: Tensor): Tensor => {
    const { source } = tensor;
    if (source.kind === 'constant' && !images.has(tensor)) {
      images.set(tensor, graph.constant(source.data, tensor.shape, tensor.dtype));
    }
    return images.get(tensor)!;
  };
  for (const op of program.ops) {
    if (op.prim === 'AcrossBatches') given(ACROSS + acrossName(op), op.outputs[0]!);
    else if (ops.has(op)) {
      const outputs = graph.apply(op.prim, op.inputs.map(imageOf), op.attrs);
      op.outputs.forEach((output, i) => {
        if (!images.has(output)) images.set(output, outputs[i]!);
      });
    }
  }
  return new Map([...results].map(([name, tensor]) => [name, imageOf(tensor)] as const));
}

const acrossName = (op: Op): string => (op as Op<'AcrossBatches'>).attrs.name;
const nameOf = ({ source }: Tensor): string => (source.kind === 'input' ? source.name : '');

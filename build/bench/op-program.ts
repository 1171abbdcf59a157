/**
 * One operator as programs of our compiler: the forward pass, both, or the backward pass alone, which takes from outside what
 * the forward pass had left for it.
 */

import { Graph } from '../../native-models/core/graph.ts';
import type { Program } from '../../native-models/core/program.ts';
import { pair, type Tensor } from '../../native-models/core/tensor.ts';
import { sgdStep } from '../../native-models/optim/sgd.ts';
import { fold } from '../../native-models/passes/fold.ts';
import { pulledBack } from '../../native-models/passes/gradients.ts';
import { prune } from '../../native-models/passes/prune.ts';
import { verify } from '../../native-models/passes/verify.ts';
import { shapeRules } from '../../native-models/rules/shape.ts';
import type { OpCase } from './op-cases.ts';

/** The results of an operator; the first is the one that gradients flow back from. */
type Build = (inputs: readonly Tensor[], attrs: OpCase['attrs']) => readonly Tensor[];

const EPSILON = 1e-5;
const batchNorm = (inputs: readonly Tensor[]): Tensor =>
  inputs[0]!.graph.apply('BatchNormTrain', inputs, { epsilon: EPSILON })[0]!;

const BUILDS: Readonly<Record<string, Build>> = {
  conv: ([x, weight], { stride, padding, groups }) => {
    const pads = [padding!, padding!, padding!, padding!] as const;
    return [x!.conv(weight!, null, { strides: pair(stride!), pads, dilations: [1, 1], group: groups! })];
  },
  batch_norm: (inputs) => [batchNorm(inputs)],
  batch_norm_relu: (inputs) => [batchNorm(inputs).relu()],
  batch_norm_relu6: (inputs) => [batchNorm(inputs).clip(0, 6)],
  relu: ([x]) => [x!.relu()],
  relu6: ([x]) => [x!.clip(0, 6)],
  add_relu: ([a, b]) => [a!.add(b!).relu()],
  max_pool: ([x], { kernel, stride, padding }) => [x!.maxPool({ kernel: kernel!, stride: stride!, padding: padding! })],
  relu_max_pool: ([x], { kernel, stride, padding }) => [
    x!.relu().maxPool({ kernel: kernel!, stride: stride!, padding: padding! }),
  ],
  global_average_pool: ([x]) => [x!.mean([2, 3])],
  silu: ([x]) => [x!.silu()],
  hard_swish: ([x]) => [x!.hardSwish()],
  gelu: ([x]) => [x!.gelu()],
  layer_norm: ([x, weight, bias]) => [x!.standardize(EPSILON).mul(weight!).add(bias!)],
  attention: ([query, key, value]) => {
    const scores = query!.mul(1 / Math.sqrt(query!.shape.at(-1)!)).matmul(key!, { transposeB: true });
    return [scores.softmax(-1).matmul(value!)];
  },
  softmax: ([x]) => [x!.softmax(-1)],
  linear: ([x, weight, bias]) => [x!.linear(weight!, bias!)],
  sgd: ([parameter, gradient, velocity]) => {
    const rate = parameter!.graph.scalar(0.01, 'float32');
    const options = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 } as const;
    const step = sgdStep(parameter!, gradient!, velocity!, rate, options);
    return [step.parameter, ...(step.velocity === null ? [] : [step.velocity])];
  },
};

export interface OpPrograms {
  /** What is timed. Inputs: the operands `x0`, `x1`, …, the cotangent `g`, and what the forward pass saved. */
  readonly timed: Program;
  /** Gives the inputs `saved0`, `saved1`, … of `timed` from the operands; null when it has none. */
  readonly before: Program | null;
}

/** Errors: for a kind of operator that is not known here. */
export function opPrograms({ name, kind, shapes, attrs, wrt, withForward = false }: OpCase): OpPrograms {
  const build = BUILDS[kind];
  if (build === undefined) throw new Error(`"${name}": no operator "${kind}"; known are ${Object.keys(BUILDS)}`);
  const graph = new Graph(shapeRules);
  const operands = shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape));
  const results = build(operands, attrs);
  if (wrt === null) return { timed: finished(new Map(results.map((y, i) => [`y${i}`, y]))), before: null };

  const forwardCount = graph.ops.length;
  const [y] = results as [Tensor];
  const slopes = pulledBack(
    y,
    graph.input('g', 'float32', y.shape),
    wrt.map((i) => operands[i]!),
  );
  const gradients = slopes.map((slope, i) => [`d${wrt[i]}`, slope] as const);
  if (withForward) return { timed: finished(new Map([['y0', y], ...gradients])), before: null };
  return cut(prune(new Map(gradients)), forwardCount);
}

/** Divides a program after its first operations: the rest takes their results as inputs. */
function cut(whole: Program, forwardCount: number): OpPrograms {
  const rest = new Graph(shapeRules);
  const images = new Map<Tensor, Tensor>();
  const saved = new Map<string, Tensor>();

  const imageOf = (tensor: Tensor): Tensor => {
    const known = images.get(tensor);
    if (known !== undefined) return known;
    const made = outsideValue(rest, tensor, saved);
    images.set(tensor, made);
    return made;
  };
  for (const op of whole.ops.filter(({ id }) => id >= forwardCount)) {
    const outputs = rest.apply(op.prim, op.inputs.map(imageOf), op.attrs);
    op.outputs.forEach((output, i) => {
      images.set(output, outputs[i]!);
    });
  }
  const timed = finished(new Map([...whole.outputs].map(([name, tensor]) => [name, imageOf(tensor)])));
  return { timed, before: saved.size === 0 ? null : finished(saved) };
}

function outsideValue(graph: Graph, tensor: Tensor, saved: Map<string, Tensor>): Tensor {
  const { source, shape, dtype } = tensor;
  if (source.kind === 'constant') return graph.constant(source.data, shape, dtype);
  if (source.kind === 'input') return graph.input(source.name, dtype, shape);
  const name = `saved${saved.size}`;
  saved.set(name, tensor);
  return graph.input(name, dtype, shape);
}

function finished(outputs: ReadonlyMap<string, Tensor>): Program {
  const program = fold(prune(outputs));
  verify(program);
  return program;
}

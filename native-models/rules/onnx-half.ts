/**
 * Half precision on top of another backend. The program stays float32 throughout: which of its values are kept in half
 * is this backend's business, as a layout would be. Products run in half; what is near them follows; statistics,
 * softmax, losses, indices and everything from the parameters' gradients on run in float32, and so do the parameters.
 * Source: Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740; the lists are those of torch's autocast, with
 * pooling and batch norm computed in float32 between halves.
 */

import type { Prim } from '../core/primitives.ts';
import type { Program } from '../core/program.ts';
import { sizeOf } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import type { Attributes, Backend, Emitter, LoweringRule, Value } from './emitter.ts';
import { ONNX_TYPES } from './onnx-types.ts';

const FLOAT16 = 10; // TensorProto.DataType
const FLOAT32 = ONNX_TYPES.float32;

/**
 * `product`: in half. `follows`: in half where its large operands are. `between`: in float32, what it gives is kept in
 * half where what it takes is. All others are float32.
 */
type Kind = 'product' | 'follows' | 'between';

const KINDS: { readonly [P in Prim]?: Kind } = {
  ...kinds('product', ['Conv', 'ConvInputGrad', 'ConvWeightGrad', 'MatMul']),
  ...kinds('follows', ['Relu', 'ReluGrad', 'Clip', 'ClipGrad', 'Add', 'Sub', 'Mul', 'Neg', 'Where', 'StopGradient']),
  ...kinds('follows', ['Sigmoid', 'Tanh', 'HardSigmoid', 'Silu', 'SiluGrad', 'Max', 'Min']),
  ...kinds('follows', ['Reshape', 'Transpose', 'Expand', 'Slice', 'Pad', 'Concat', 'Split']),
  ...kinds('between', ['BatchNormTrain', 'BatchNormInference', 'BatchNormGrad', 'Standardize', 'StandardizeGrad']),
  ...kinds('between', ['MaxPool', 'MaxPoolGrad', 'AveragePool', 'AveragePoolGrad', 'ReduceMean', 'ReduceSum']),
  // Upsample: the operator takes its factors in float32 alone, and a rule's constants are all of one precision.
  ...kinds('between', ['Gelu', 'Softmax', 'Gather', 'GatherGrad', 'Erf', 'Exp', 'Div', 'Upsample']),
};

function kinds<P extends Prim>(kind: Kind, prims: readonly P[]): { readonly [Q in P]: Kind } {
  return Object.fromEntries(prims.map((prim) => [prim, kind])) as { readonly [Q in P]: Kind };
}

/** Elementwise and movement: what lies between a parameter's gradient and its new value. */
const OF_UPDATES: ReadonlySet<Prim> = new Set<Prim>([
  ...(['Add', 'Sub', 'Mul', 'Div', 'Sqrt', 'Max', 'Min', 'Clip', 'Neg', 'Abs', 'Pow', 'ScaleAdd', 'Where'] as const),
  ...(['Equal', 'Greater', 'Cast', 'ReduceSum', 'Reshape', 'Expand', 'Slice', 'Concat', 'Split'] as const),
]);

export interface HalfPlan {
  /** Values that are kept in half. */
  readonly kept: ReadonlySet<Tensor>;
  /** Operations that compute in half. */
  readonly computed: ReadonlySet<Op>;
}

/** Decides for every value of a program whether it is kept in half. */
export function planHalf(program: Program): HalfPlan {
  const updates = updateOps(program);
  const handedOut = new Set(program.outputs.values());
  const kept = new Set<Tensor>();
  const computed = new Set<Op>();
  for (const op of program.ops) {
    const kind = KINDS[op.prim];
    const isOut = op.outputs.some((output) => handedOut.has(output));
    if (kind === undefined || updates.has(op) || isOut) continue;
    const isHalf = kind === 'product' ? isProductOfFloats(op) : takesHalf(op, kept);
    if (!isHalf) continue;
    if (kind !== 'between') computed.add(op);
    // Later outputs of what computes in float32 are statistics and indices.
    const results = kind === 'between' ? op.outputs.slice(0, 1) : op.outputs;
    for (const output of results) if (output.dtype === 'float32') kept.add(output);
  }
  return { kept, computed };
}

const isProductOfFloats = (op: Op): boolean => op.inputs.every(({ dtype }) => dtype === 'float32');

/** Whether the largest of its operands are all in half: a bias or a scale is brought along. */
function takesHalf(op: Op, kept: ReadonlySet<Tensor>): boolean {
  const floats = op.inputs.filter(({ dtype, source }) => dtype === 'float32' && source.kind !== 'constant');
  const largest = Math.max(0, ...floats.map(({ shape }) => sizeOf(shape)));
  const large = floats.filter(({ shape }) => sizeOf(shape) === largest);
  return large.length > 0 && large.every((tensor) => kept.has(tensor));
}

/** Operations whose results are read by updates alone: from the gradients of the parameters to what is handed out. */
function updateOps(program: Program): ReadonlySet<Op> {
  const readers = new Map<Tensor, Op[]>();
  for (const op of program.ops) {
    for (const input of op.inputs) readers.set(input, [...(readers.get(input) ?? []), op]);
  }
  const found = new Set<Op>();
  for (const op of program.ops.toReversed()) {
    const isRead = (output: Tensor) => (readers.get(output) ?? []).every((reader) => found.has(reader));
    if (OF_UPDATES.has(op.prim) && op.outputs.every(isRead)) found.add(op);
  }
  return found;
}

/** `base` with values in half where the plan of the program says so. */
export function halfBackend(program: Program, base: Backend): Backend {
  const plan = planHalf(program);
  const casts = new WeakMap<Emitter, Casts>();
  const castsOf = (emit: Emitter): Casts => {
    const known = casts.get(emit) ?? new Casts(emit, plan);
    casts.set(emit, known);
    return known;
  };
  const rules = Object.fromEntries(
    Object.entries(base.rules).map(([prim, rule]) => [prim, inHalf(rule as LoweringRule<Prim>, plan, castsOf)]),
  );
  return { ...base, name: `half ${base.name}`, rules: rules as unknown as Backend['rules'] };
}

function inHalf(rule: LoweringRule<Prim>, plan: HalfPlan, castsOf: (emit: Emitter) => Casts): LoweringRule<Prim> {
  return (emit, op) => {
    const casts = castsOf(emit);
    const isHalf = plan.computed.has(op);
    const results = rule(isHalf ? casts.half : casts.full, op);
    return results.map((result, i) => {
      const isNarrowed = !isHalf && plan.kept.has(op.outputs[i]!);
      return isNarrowed && typeof result === 'string' ? emit.one('Cast', [result], { to: FLOAT16 }) : result;
    });
  };
}

/** The emitter as rules see it: operands in the precision they compute in, each converted at most once. */
class Casts {
  readonly half: Emitter;
  readonly full: Emitter;
  private readonly emit: Emitter;
  private readonly plan: HalfPlan;
  private readonly known = new Map<Tensor, string>();

  constructor(emit: Emitter, plan: HalfPlan) {
    this.emit = emit;
    this.plan = plan;
    this.half = this.view(true);
    this.full = this.view(false);
  }

  private view(isHalf: boolean): Emitter {
    const { emit } = this;
    const name = (tensor: Tensor) => this.as(tensor, isHalf);
    const node = (type: string, inputs: readonly string[], attributes: Attributes = {}, outputs = 1) => {
      const isToFloat = isHalf && type === 'Cast' && attributes['to'] === FLOAT32;
      return emit.node(type, inputs, isToFloat ? { ...attributes, to: FLOAT16 } : attributes, outputs);
    };
    return {
      anyBatch: emit.anyBatch,
      name,
      in: name,
      raw: name,
      value: (tensor): Value => ({ layout: 'plain', padding: 0, name: name(tensor) }),
      readers: (tensor) => emit.readers(tensor),
      predecessor: (tensor) => emit.predecessor(tensor),
      afterReaders: (scalar, input) => emit.afterReaders(scalar, input),
      isRead: (tensor) => emit.isRead(tensor),
      node,
      one: (type, inputs, attributes = {}) => node(type, inputs, attributes)[0]!,
      ints: (values) => emit.ints(values),
      lateShape: (sides) => emit.lateShape(sides),
      inParts: (parted) => emit.inParts(parted),
      // The runtime converts a constant once, when the session is made.
      constant: (values, shape, dtype) => {
        const made = emit.constant(values, shape, dtype);
        return isHalf && dtype === 'float32' ? emit.one('Cast', [made], { to: FLOAT16 }) : made;
      },
    };
  }

  private as(tensor: Tensor, isHalf: boolean): string {
    const own = this.emit.name(tensor);
    if (tensor.dtype !== 'float32' || this.plan.kept.has(tensor) === isHalf) return own;
    const known = this.known.get(tensor) ?? this.emit.one('Cast', [own], { to: isHalf ? FLOAT16 : FLOAT32 });
    this.known.set(tensor, known);
    return known;
  }
}

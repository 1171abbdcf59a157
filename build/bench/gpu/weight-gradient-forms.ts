/**
 * Ways of writing the weight gradient of a dense convolution, to be timed against each other on a card: which is
 * fastest depends on the shape. Shapes: x [N,C,H,W], g [N,K,Ho,Wo] -> [K,C,kh,kw].
 */

import type { Op } from '../../../native-models/core/tensor.ts';
import type { Backend, Emitter, LoweringRule } from '../../../native-models/rules/emitter.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';

type Gradient = Op<'ConvWeightGrad'>;
type Four = readonly [number, number, number, number];

interface Geometry {
  readonly x: Four;
  readonly g: Four;
  readonly weight: Four;
  readonly padded: string;
}

function geometryOf(emit: Emitter, { inputs: [x, g], attrs }: Gradient): Geometry {
  const [top, left, bottom, right] = attrs.pads;
  const padded = emit.one('Pad', [emit.name(x!), emit.ints([0, 0, top, left, 0, 0, bottom, right])]);
  return { x: x!.shape as never, g: g!.shape as never, weight: attrs.weightShape as never, padded };
}

/** What each tap of the kernel sees, from the padded input. Shapes: -> [N,C,Ho*Wo]. */
function seenBy(
  emit: Emitter,
  op: Gradient,
  { x: [n, c], g: [, , ho, wo], padded }: Geometry,
  row: number,
  column: number,
) {
  const { strides, dilations } = op.attrs;
  const start = [row * dilations[0], column * dilations[1]];
  const ends = [start[0]! + (ho - 1) * strides[0] + 1, start[1]! + (wo - 1) * strides[1] + 1];
  const slice = [padded, emit.ints(start), emit.ints(ends), emit.ints([2, 3]), emit.ints(strides)];
  return emit.one('Reshape', [emit.one('Slice', slice), emit.ints([n, c, ho * wo])]);
}

/** One batched product for each tap. */
const taps: LoweringRule<'ConvWeightGrad'> = (emit, op) => {
  const geometry = geometryOf(emit, op);
  const [n, k, ho, wo] = geometry.g;
  const [, c, kh, kw] = geometry.weight;
  const g = emit.one('Reshape', [emit.name(op.inputs[1]!), emit.ints([n, k, ho * wo])]);
  const parts = Array.from({ length: kh * kw }, (_, tap) => {
    const seen = seenBy(emit, op, geometry, Math.floor(tap / kw), tap % kw);
    const product = emit.one('MatMul', [g, emit.one('Transpose', [seen], { perm: [0, 2, 1] })]);
    const sum = emit.one('ReduceSum', [product, emit.ints([0])], { keepdims: 0 });
    return emit.one('Reshape', [sum, emit.ints([k, c, 1])]);
  });
  return [emit.one('Reshape', [emit.one('Concat', parts, { axis: 2 }), emit.ints([k, c, kh, kw])])];
};

/** All taps' rows in one matrix, and one large product over batch and map. */
const unfold: LoweringRule<'ConvWeightGrad'> = (emit, op) => {
  const geometry = geometryOf(emit, op);
  const [n, k, ho, wo] = geometry.g;
  const [, c, kh, kw] = geometry.weight;
  const parts = Array.from({ length: kh * kw }, (_, tap) => {
    const seen = seenBy(emit, op, geometry, Math.floor(tap / kw), tap % kw);
    return emit.one('Reshape', [seen, emit.ints([n, c, 1, ho * wo])]);
  });
  const stacked = emit.one('Transpose', [emit.one('Concat', parts, { axis: 2 })], { perm: [1, 2, 0, 3] });
  const columns = emit.one('Reshape', [stacked, emit.ints([c * kh * kw, n * ho * wo])]);
  const first = emit.one('Transpose', [emit.name(op.inputs[1]!)], { perm: [1, 0, 2, 3] });
  const rows = emit.one('Reshape', [first, emit.ints([k, n * ho * wo])]);
  return [emit.one('Reshape', [emit.one('Gemm', [rows, columns], { transB: 1 }), emit.ints([k, c, kh, kw])])];
};

/** A convolution with the axes of batch and channels changed over: the cotangent is the filter. */
const swapped: LoweringRule<'ConvWeightGrad'> = (emit, op) => {
  const { weight } = geometryOf(emit, op);
  const { strides, dilations, pads } = op.attrs;
  const turn = (name: string) => emit.one('Transpose', [name], { perm: [1, 0, 2, 3] });
  const [x, g] = op.inputs.map(emit.name) as [string, string];
  const full = emit.one('Conv', [turn(x), turn(g)], { strides: dilations, dilations: strides, pads });
  const cut = [emit.ints([0, 0]), emit.ints([weight[2], weight[3]]), emit.ints([2, 3])];
  return [turn(emit.one('Slice', [full, ...cut]))];
};

const with_ = (name: string, rule: LoweringRule<'ConvWeightGrad'>): Backend => ({
  ...standardBackend,
  name,
  rules: { ...standardBackend.rules, ConvWeightGrad: rule },
});

/** By name; `standard` is what training uses. */
export const WEIGHT_GRADIENT_FORMS: Readonly<Record<string, Backend>> = {
  standard: standardBackend,
  taps: with_('taps', taps),
  unfold: with_('unfold', unfold),
  swapped: with_('swapped', swapped),
};

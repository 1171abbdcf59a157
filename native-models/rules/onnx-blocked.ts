/**
 * The `blocked` backend: maps lie in blocks of 8 or 16 channels, as the CPU provider's own convolutions want them.
 * Domain com.microsoft.nchwc is internal to the runtime, but its operators take filters that change from step to step,
 * which the runtime's own layout pass does not. Whatever has no blocked form here runs in the standard one.
 */

import type { Prim } from '../core/primitives.ts';
import { sameShape } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { arrange, hasBlockedMaps, isPlaceByPlace } from './blocked-arrange.ts';
import { hasLargeProducts } from './blocked-products.ts';
import type { Backend, Emitter, LoweringRule } from './emitter.ts';
import { type EvaluateRule, evaluateRules } from './evaluate.ts';
import { type Layout, packedShape, workedOnIn } from './layout.ts';
import {
  blockedBatchNormGrad,
  blockedBatchNormInference,
  blockedBatchNormTrain,
  blockedChannelMoments,
} from './onnx-blocked-batch-norm.ts';
import { scaledProduct } from './onnx-blocked-batched.ts';
import { blockedConv, blockedConvInputGrad } from './onnx-blocked-conv.ts';
import { blockedConvWeightGrad } from './onnx-blocked-conv-weight.ts';
import { convertLayout } from './onnx-blocked-convert.ts';
import { activated, blockedAdd, blockedMul, blockedScaleAdd } from './onnx-blocked-fused.ts';
import { quotientGelu } from './onnx-blocked-gelu.ts';
import { headsFromRows, rowsFromHeads } from './onnx-blocked-heads.ts';
import { blockedMatMul, filterParts, filtersFromTurned, joinedFilters, reshapedRows } from './onnx-blocked-linear.ts';
import { blockedClipGrad, steepReluGrad } from './onnx-blocked-masks.ts';
import { blockedConcat, blockedExpand, blockedReduction, blockedSlice } from './onnx-blocked-movement.ts';
import { blockedMaxPool } from './onnx-blocked-pool.ts';
import { blockedMaxPoolGrad, reluGradBehindPool } from './onnx-blocked-pool-grad.ts';
import { blockedAveragePool, blockedAveragePoolGrad, blockedUpsample } from './onnx-blocked-resize.ts';
import { blockedSilu, blockedSiluGrad } from './onnx-blocked-silu.ts';
import { chunkTranspose } from './onnx-blocked-transpose.ts';
import { standardBackend } from './onnx-standard.ts';

/** Runs a rule where its operands lie, when all agree; else leaves it to the plain form. */
function placeByPlace<P extends Prim>(rule: LoweringRule<P>, block: number): LoweringRule<P> {
  return (emit, op) => {
    const layout = sharedLayout(emit, op as unknown as Op);
    const padding = layout === 'plain' ? null : paddingAfter(emit, op as unknown as Op, layout, block);
    if (padding === null) return rule(emit, op);
    const results = rule(seenIn(emit, layout, op.outputs[0]!), op);
    return results.map((result, i) =>
      typeof result === 'string' ? { layout, padding: padding[i]!, name: result } : result,
    );
  };
}

/** The layout in which most of the work is saved: the first operand's that is not plain. */
function sharedLayout(emit: Emitter, op: Op): Layout {
  const { shape } = op.outputs[0]!;
  if (!isPlaceByPlace(op)) return 'plain';
  const all = op.inputs
    .filter((input) => sameShape(input.shape, shape))
    .map((input) => workedOnIn(emit.value(input).layout));
  // Whatever meets rows that lie plainly, such as a shortcut, is mostly read so.
  if (all.includes('rows')) return all.every((layout) => layout === 'rows') ? 'rows' : 'plain';
  if (shape.length !== 4 && shape.length !== 2) return 'plain';
  const layouts = all.filter((layout) => layout !== 'plain');
  return layouts.every((layout) => layout === layouts[0]) ? (layouts[0] ?? 'plain') : 'plain';
}

/** The emitter, with every operand of the result's shape in a layout. */
function seenIn(emit: Emitter, layout: Layout, result: Tensor): Emitter {
  const name = (tensor: Tensor) =>
    sameShape(tensor.shape, result.shape) ? emit.raw(tensor, layout) : emit.name(tensor);
  return Object.assign(Object.create(emit) as Emitter, { name });
}

const PROBES = [0.37, 1.91]; // stand for a scalar that is known only at run time

/** What fills up the blocks of each output; null when that depends on numbers that are not known here. */
function paddingAfter(emit: Emitter, op: Op, layout: Layout, block: number): readonly number[] | null {
  const { shape } = op.outputs[0]!;
  if (sameShape(packedShape(shape, layout, block), shape)) return op.outputs.map(() => 0);
  const rule = evaluateRules[op.prim] as EvaluateRule<Prim>;
  const [first, second] = PROBES.map((probe) => {
    const operands = op.inputs.map((input) => {
      if (sameShape(input.shape, shape)) return paddingOf(emit, input, layout);
      return input.source.kind === 'constant' ? input.source.data[0]! : probe;
    });
    const arrays = operands.map((value) => ({ shape: [], data: Float64Array.of(value) }));
    return rule(arrays, op.attrs).map(({ data }) => data[0]!);
  }) as [number[], number[]];
  return first.every((value, i) => value === second[i] && Number.isFinite(value)) ? first : null;
}

function paddingOf(emit: Emitter, tensor: Tensor, layout: Layout): number {
  const value = emit.value(tensor);
  return value.layout === layout ? value.padding : 0;
}

/** The backend for a runtime whose blocks hold that many channels. */
export function blockedBackend(block: number): Backend {
  const { rules } = standardBackend;
  const wrapped = Object.fromEntries(
    Object.entries(rules).map(([prim, rule]) => [prim, placeByPlace(rule as LoweringRule<Prim>, block)]),
  ) as unknown as typeof rules;
  return {
    name: `blocked${block}`,
    opset: standardBackend.opset,
    layouts: {
      block,
      arrange: (program, agreed) => arrange(program, block, agreed),
      suits: (program) => hasBlockedMaps(program, block) || hasLargeProducts(program, block),
      convert: (emit, name, tensor, from, to) => {
        if (from !== 'turned') return convertLayout(emit, name, tensor, from, to, block);
        const filters = filtersFromTurned(emit, name, tensor, block);
        return to === 'filter' ? filters : convertLayout(emit, filters, tensor, 'filter', to, block);
      },
    },
    rules: {
      ...wrapped,
      Relu: activated(wrapped.Relu, () => ({ activation: 'Relu' }), block),
      Clip: activated(
        wrapped.Clip,
        ({ min, max }) => ({ activation: 'Clip', activation_params: { floats: [min, max] } }),
        block,
      ),
      Gelu: placeByPlace(quotientGelu, block),
      Add: blockedAdd(wrapped.Add, block),
      ReluGrad: reluGradBehindPool(placeByPlace(steepReluGrad, block), block),
      Silu: blockedSilu(wrapped.Silu, block),
      SiluGrad: blockedSiluGrad(wrapped.SiluGrad, block),
      ClipGrad: blockedClipGrad(wrapped.ClipGrad, block),
      ScaleAdd: blockedScaleAdd(wrapped.ScaleAdd, block),
      Conv: blockedConv(rules.Conv, block),
      ConvInputGrad: blockedConvInputGrad(rules.ConvInputGrad, block),
      ConvWeightGrad: blockedConvWeightGrad(rules.ConvWeightGrad, block),
      BatchNormTrain: blockedBatchNormTrain(rules.BatchNormTrain, block),
      ChannelMoments: blockedChannelMoments(rules.ChannelMoments, block),
      BatchNormGrad: blockedBatchNormGrad(rules.BatchNormGrad, block),
      BatchNormInference: blockedBatchNormInference(rules.BatchNormInference, block),
      MaxPool: blockedMaxPool(rules.MaxPool),
      MaxPoolGrad: blockedMaxPoolGrad(rules.MaxPoolGrad, block),
      AveragePool: blockedAveragePool(rules.AveragePool),
      AveragePoolGrad: blockedAveragePoolGrad(rules.AveragePoolGrad, block),
      Upsample: blockedUpsample(rules.Upsample),
      Reshape: rowsFromHeads(reshapedRows(rules.Reshape), block),
      Transpose: headsFromRows(chunkTranspose(rules.Transpose), block),
      MatMul: blockedMatMul(rules.MatMul, block),
      Mul: scaledProduct(blockedMul(wrapped.Mul, block)),
      ReduceSum: blockedReduction(rules.ReduceSum, block),
      ReduceMean: blockedReduction(rules.ReduceMean, block),
      Expand: blockedExpand(rules.Expand, block),
      Concat: joinedFilters(blockedConcat(rules.Concat, block), block),
      Split: filterParts(rules.Split, block),
      Slice: blockedSlice(rules.Slice, block),
    },
  };
}

/**
 * Batch norm in training, with plain operators. BatchNormalization in its inference form serves as "scale and shift
 * each channel in one pass": scale * (x - mean) / sqrt(variance + epsilon) + bias.
 */

import type { Emitter, LoweringRule } from './emitter.ts';

const sumPerChannel = (emit: Emitter, type: 'ReduceSum' | 'ReduceMean', x: string): string =>
  emit.one(type, [emit.one(type, [x, emit.ints([2, 3])], { keepdims: 0 }), emit.ints([0])], { keepdims: 0 });

const perChannel = (emit: Emitter, vector: string): string => emit.one('Reshape', [vector, emit.ints([1, -1, 1, 1])]);

/** The variance is taken about the mean: the one-pass form loses digits where the mean is large. */
function moments(emit: Emitter, x: string): readonly [mean: string, variance: string] {
  const mean = sumPerChannel(emit, 'ReduceMean', x);
  const centred = emit.one('Sub', [x, perChannel(emit, mean)]);
  return [mean, sumPerChannel(emit, 'ReduceMean', emit.one('Mul', [centred, centred]))];
}

export const lowerChannelMoments: LoweringRule<'ChannelMoments'> = (emit, { inputs: [x] }) =>
  moments(emit, emit.name(x!));

export const lowerBatchNormTrain: LoweringRule<'BatchNormTrain'> = (emit, { inputs, attrs: { epsilon } }) => {
  const [x, scale, bias] = inputs.map(emit.name) as [string, string, string];
  const [mean, variance] = moments(emit, x);
  const y = emit.one('BatchNormalization', [x, scale, bias, mean, variance], { epsilon: { float: epsilon } });
  return [y, mean, variance];
};

/** dx = a * g + b * (x - mean) + c, with a, b, c vectors over channels; see the reference evaluator for the formula. */
export const lowerBatchNormGrad: LoweringRule<'BatchNormGrad'> = (emit, { inputs, attrs: { epsilon } }) => {
  const [g, x, scale, mean, variance] = inputs.map(emit.name) as [string, string, string, string, string];
  const [n, channels, h, w] = inputs[1]!.shape as [number, number, number, number];
  const one = emit.constant([1], [1], 'float32');
  const count = emit.constant([n * h * w], [1], 'float32');
  const deviation = emit.one('Sqrt', [emit.one('Add', [variance, emit.constant([epsilon], [1], 'float32')])]);
  const inverse = emit.one('Div', [one, deviation]);

  const centred = emit.one('Sub', [x, perChannel(emit, mean)]);
  const dBias = sumPerChannel(emit, 'ReduceSum', g);
  const dScale = emit.one('Mul', [sumPerChannel(emit, 'ReduceSum', emit.one('Mul', [g, centred])), inverse]);

  const a = emit.one('Mul', [scale, inverse]);
  const b = emit.one('Neg', [emit.one('Div', [emit.one('Mul', [emit.one('Mul', [a, inverse]), dScale]), count])]);
  const c = emit.one('Neg', [emit.one('Div', [emit.one('Mul', [a, dBias]), count])]);
  // b * (x - mean) + c in one pass.
  const unit = emit.constant(new Float64Array(channels).fill(1), [channels], 'float32');
  const fromX = emit.one('BatchNormalization', [x, b, c, mean, unit], { epsilon: { float: 0 } });
  const dx = emit.one('Add', [emit.one('Mul', [g, perChannel(emit, a)]), fromX]);
  return [dx, dScale, dBias];
};

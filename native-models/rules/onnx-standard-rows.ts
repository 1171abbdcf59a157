/** Standardisation along the last axis, written out: on the CPU quicker than the runtime's LayerNormalization. */

import type { Emitter, LoweringRule } from './emitter.ts';

const meanOfRows = (emit: Emitter, x: string): string => emit.one('ReduceMean', [x, emit.ints([-1])], { keepdims: 1 });

/** The variance is taken about the mean: the one-pass form loses digits where the mean is large. */
export const lowerStandardize: LoweringRule<'Standardize'> = (emit, { inputs: [input], attrs: { epsilon } }) => {
  const x = emit.name(input!);
  const centred = emit.one('Sub', [x, meanOfRows(emit, x)]);
  const variance = meanOfRows(emit, emit.one('Mul', [centred, centred]));
  const deviation = emit.one('Sqrt', [emit.one('Add', [variance, emit.constant([epsilon], [], 'float32')])]);
  const inverse = emit.one('Div', [emit.constant([1], [], 'float32'), deviation]);
  return [emit.one('Mul', [centred, inverse]), inverse];
};

/** See the reference evaluator for the formula. */
export const lowerStandardizeGrad: LoweringRule<'StandardizeGrad'> = (emit, { inputs }) => {
  const [g, y, inverse] = inputs.map(emit.name) as [string, string, string];
  const along = meanOfRows(emit, emit.one('Mul', [g, y]));
  const centred = emit.one('Sub', [g, meanOfRows(emit, g)]);
  return [emit.one('Mul', [emit.one('Sub', [centred, emit.one('Mul', [y, along])]), inverse])];
};

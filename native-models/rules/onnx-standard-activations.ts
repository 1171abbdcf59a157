/** Activations with plain operators. */

import type { Emitter, LoweringRule } from './emitter.ts';

const scalar = (emit: Emitter, value: number): string => emit.constant([value], [], 'float32');

/**
 * Where the cumulative function is kept for the gradient, HardSigmoid halves and shifts in one pass; the error function
 * stays within its limits. Where it is not, the chain is the one that runtimes recognise and run in one pass.
 */
export const lowerGelu: LoweringRule<'Gelu'> = (emit, { inputs: [input], outputs }) => {
  const x = emit.name(input!);
  const erf = emit.one('Erf', [emit.one('Div', [x, scalar(emit, Math.SQRT2)])]);
  if (!emit.isRead(outputs[1]!)) {
    const doubled = emit.one('Mul', [x, emit.one('Add', [erf, scalar(emit, 1)])]);
    return [emit.one('Mul', [doubled, scalar(emit, 0.5)]), null];
  }
  const cumulative = emit.one('HardSigmoid', [erf], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
  return [emit.one('Mul', [x, cumulative]), cumulative];
};

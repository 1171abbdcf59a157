/** Proves that a program is well formed before it is lowered: a defect here is a bug of a rule or a pass. */

import { assert } from '../core/assert.ts';
import type { Program } from '../core/program.ts';
import { sameShape } from '../core/shape.ts';
import type { Op, Tensor } from '../core/tensor.ts';
import { shapeRules } from '../rules/shape.ts';

/** Every operand is defined before its use, every type is the one its rule gives, every output exists. */
export function verify(program: Program): void {
  const known = new Set<Tensor>(program.inputs);
  const isKnown = (tensor: Tensor) => known.has(tensor) || tensor.source.kind === 'constant';
  for (const op of program.ops) {
    op.inputs.forEach((input, i) => {
      assert(isKnown(input), `verify: operand ${i} of ${op.prim} #${op.id} is used before it is defined`);
    });
    verifyTypes(op);
    for (const output of op.outputs) {
      assert(!known.has(output), `verify: ${op.prim} #${op.id} defines a value twice`);
      known.add(output);
    }
  }
  for (const [name, tensor] of program.outputs) assert(isKnown(tensor), `verify: output "${name}" is not defined`);
}

function verifyTypes(op: Op): void {
  const rule = shapeRules[op.prim] as (typeof shapeRules)['Add'];
  const types = rule(op.inputs, op.attrs);
  assert(types.length === op.outputs.length, `verify: ${op.prim} #${op.id} has ${op.outputs.length} outputs`);
  types.forEach((type, i) => {
    const output = op.outputs[i]!;
    const agrees = type.dtype === output.dtype && sameShape(type.shape, output.shape);
    assert(agrees, `verify: ${op.prim} #${op.id} says ${output.dtype}[${output.shape}], its rule [${type.shape}]`);
  });
}

/** A graph as text, one operation a line, for golden files and for reading. */

import { assert } from './assert.ts';
import type { Program } from './program.ts';
import type { Op, Tensor } from './tensor.ts';

/** `%3: float32[2,8] = Add(%1, 0.5)`; constants are written in place, long ones by their type. */
export function print(program: Program): string {
  const names = new Map<Tensor, string>();
  const lines = program.inputs.map((input) => {
    assert(input.source.kind === 'input', 'a program input is not a graph input');
    names.set(input, input.source.name);
    return `input ${input.source.name}: ${typeOf(input)}`;
  });
  let count = 0;
  for (const op of program.ops) {
    for (const output of op.outputs) names.set(output, `%${count++}`);
    const left = op.outputs.map((output) => `${names.get(output)}: ${typeOf(output)}`).join(', ');
    const right = [...op.inputs.map((input) => nameOf(input, names)), ...attributes(op)].join(', ');
    lines.push(`${left} = ${op.prim}(${right})`);
  }
  for (const [name, tensor] of program.outputs) lines.push(`output ${name} = ${nameOf(tensor, names)}`);
  return `${lines.join('\n')}\n`;
}

const typeOf = (tensor: Tensor) => `${tensor.dtype}[${tensor.shape}]`;

const SHORT_CONSTANT = 4;

function nameOf(tensor: Tensor, names: ReadonlyMap<Tensor, string>): string {
  if (tensor.source.kind !== 'constant') return names.get(tensor) ?? '?';
  const { data } = tensor.source;
  if (tensor.shape.length === 0) return String(data[0]);
  return data.length <= SHORT_CONSTANT ? `[${[...data]}]` : `constant ${typeOf(tensor)}`;
}

function attributes(op: Op): string[] {
  return Object.entries(op.attrs).map(([name, value]) => `${name}=${Array.isArray(value) ? `[${value}]` : value}`);
}

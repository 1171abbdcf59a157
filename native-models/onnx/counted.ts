/**
 * Outputs that have as many rows as another output says. A program has places of a fixed number; a file that hands out only
 * those that are taken cuts the others off in its last nodes.
 */

import { ONNX_TYPES } from '../rules/onnx-types.ts';
import type { GraphRecord, ValueInfo } from './graph-writer.ts';

export interface CountedOutputs {
  /** An output int32 [1], which is not handed out itself. */
  readonly count: string;
  /** Outputs whose first side is cut to it. */
  readonly rows: readonly string[];
}

const ZERO = 'counted_zero';

export function cutToCount(graph: GraphRecord, { count, rows }: CountedOutputs): GraphRecord {
  const whole = (name: string) => (rows.includes(name) ? `${name}_whole` : name);
  const nodes = graph.node.map((node) => ({ ...node, input: node.input.map(whole), output: node.output.map(whole) }));
  const cuts = rows.map((name) => ({
    opType: 'Slice',
    name: `cut_${name}`,
    input: [whole(name), ZERO, count, ZERO], // from the first place, along the first side
    output: [name],
    attribute: [],
  }));
  const zero = { dims: [1], dataType: ONNX_TYPES.int32, name: ZERO, rawData: new Uint8Array(4) };
  const output = graph.output.filter(({ name }) => name !== count);
  return {
    ...graph,
    node: [...nodes, ...cuts],
    initializer: [...graph.initializer, zero],
    output: output.map((info) => (rows.includes(info.name) ? withOpenRows(info) : info)),
  };
}

function withOpenRows({ name, type: { tensorType } }: ValueInfo): ValueInfo {
  const [, ...rest] = tensorType.shape.dim;
  return { name, type: { tensorType: { ...tensorType, shape: { dim: [{ dimParam: 'n' }, ...rest] } } } };
}

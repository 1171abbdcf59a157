/** What chooses among numbers or boxes, with plain operators. */

import type { LoweringRule } from './emitter.ts';
import { ONNX_TYPES } from './onnx-types.ts';

export const lowerTopK: LoweringRule<'TopK'> = (emit, { inputs: [x], outputs, attrs: { k } }) => {
  const [values, places] = emit.node('TopK', [emit.name(x!), emit.ints([k])], { axis: -1, largest: 1, sorted: 1 }, 2);
  const areRead = emit.isRead(outputs[1]!);
  return [values!, areRead ? emit.one('Cast', [places!], { to: ONNX_TYPES.int32 }) : null];
};

/**
 * The operator lists what it keeps, rows of (image, class, box), and how many those are is known only as it runs. They
 * are the places of ones in a table of zeros, so the table's shape is known beforehand.
 */
export const lowerNonMaxSuppression: LoweringRule<'NonMaxSuppression'> = (emit, { inputs, attrs }) => {
  const [boxes, scores] = inputs.map(emit.name) as [string, string];
  const { shape } = inputs[1]!;
  const number = (value: number) => emit.constant([value], [1], 'float32');
  const most = emit.ints([shape[2]!]);
  const operands = [boxes, scores, most, number(attrs.iouThreshold), number(attrs.scoreThreshold)];
  const kept = emit.one('NonMaxSuppression', operands, { center_point_box: 0 });
  const count = emit.one('Shape', [kept], { start: 0, end: 1 });
  const ones = emit.one('Expand', [number(1), count]);
  const zeros = emit.one('Expand', [emit.constant([0], [1, 1, 1], 'float32'), emit.ints(shape)]);
  return [emit.one('ScatterND', [zeros, kept, ones])];
};

/**
 * How exact a product of two matrices is where it is run: near 1e-3 with ten bits of mantissa (TF32), 1e-6 with 23. Prints one
 * JSON row. `--key` asks for all 23 by the runtime's own setting, of which only a card can tell whether it is heard.
 */

import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-node';
import { parseDevice } from '../../../main/devices/device.ts';
import { floatTensor, providerOf } from '../../../main/train/runtime.ts';
import { Graph } from '../../../native-models/core/graph.ts';
import type { Tensor as Value } from '../../../native-models/core/tensor.ts';
import { writeOnnx } from '../../../native-models/onnx/write.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { shapeRules } from '../../../native-models/rules/shape.ts';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    tiny: { type: 'boolean', default: false },
    key: { type: 'boolean', default: false },
  },
});
const SIDE = values.tiny ? 64 : 1024;
const ROWS_APART = 7; // so many rows of the result are looked at

const device = parseDevice(values.device);
const graph = new Graph(shapeRules);
const [a, b] = ['a', 'b'].map((name) => graph.input(name, 'float32', [SIDE, SIDE])) as [Value, Value];
const program = { inputs: [a, b], ops: graph.ops, outputs: new Map([['y', a.matmul(b)]]) };
const session = await ort.InferenceSession.create(writeOnnx(program, standardBackend, { name: 'product' }), {
  executionProviders: [providerOf(device)],
  ...(values.key ? { extra: { ep: { cuda: { use_tf32: '0' } } } } : {}),
});
const left = Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.sin(i * 1.7 + 0.3));
const right = left.toReversed();
const { y } = await session.run({ a: floatTensor([SIDE, SIDE], left), b: floatTensor([SIDE, SIDE], right) });
await session.release();
process.stdout.write(`${JSON.stringify({ side: SIDE, relative: largestError(y!.data as Float32Array) })}\n`);

/** Relative to the largest element. */
function largestError(actual: Float32Array): number {
  let [largest, apart] = [0, 0];
  for (let i = 0; i < SIDE; i += ROWS_APART) {
    for (let j = 0; j < SIDE; j++) {
      let exact = 0;
      for (let m = 0; m < SIDE; m++) exact += left[i * SIDE + m]! * right[m * SIDE + j]!;
      largest = Math.max(largest, Math.abs(exact));
      apart = Math.max(apart, Math.abs(exact - actual[i * SIDE + j]!));
    }
  }
  return apart / largest;
}

import type { Packing } from '../../native-models/onnx/packing.ts';
import { type Feeds, Tensor } from './runtime.ts';

/** Values laid out as a program takes them; those that it does not read are left out. */
export function packedFeeds(inputs: ReadonlyMap<string, Packing>, values: ReadonlyMap<string, Float32Array>): Feeds {
  const fed = [...values].flatMap(([name, data]) => {
    const input = inputs.get(name);
    return input === undefined ? [] : [[name, new Tensor('float32', input.pack(data), input.shape)] as const];
  });
  return Object.fromEntries(fed);
}

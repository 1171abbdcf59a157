/** Runs a program through a backend and the stock runtime on the CPU. */

import * as ort from 'onnxruntime-node';
import type { Program } from '../../native-models/core/program.ts';
import type { DType, Shape } from '../../native-models/core/shape.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import type { NdArray } from '../../native-models/rules/nd-array.ts';

export async function runOnnx(
  program: Program,
  backend: Backend,
  feeds: ReadonlyMap<string, NdArray>,
  threads = 1,
): Promise<Map<string, NdArray>> {
  const bytes = writeOnnx(program, backend, { name: 'test' });
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: threads, logSeverityLevel: 3 });
  const inputs = program.inputs.map(({ source, dtype }) => {
    const name = source.kind === 'input' ? source.name : '';
    return [name, tensorOf(feeds.get(name)!, dtype)] as const;
  });
  const results = await session.run(Object.fromEntries(inputs));
  await session.release();
  return new Map(Object.entries(results).map(([name, tensor]) => [name, arrayOf(tensor)]));
}

function tensorOf({ data, shape }: NdArray, dtype: DType): ort.Tensor {
  switch (dtype) {
    case 'float32':
      return new ort.Tensor(Float32Array.from(data), shape);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(data), shape);
    case 'uint8':
      return new ort.Tensor('uint8', Uint8Array.from(data), shape);
    case 'bool':
      return new ort.Tensor('bool', Uint8Array.from(data), shape);
    case 'int64':
      return new ort.Tensor('int64', BigInt64Array.from([...data].map(BigInt)), shape);
    default:
      return dtype satisfies never;
  }
}

function arrayOf(tensor: ort.Tensor): NdArray {
  const shape: Shape = tensor.dims;
  const data = tensor.data as unknown as ArrayLike<number | bigint>;
  return { shape, data: Float64Array.from({ length: data.length }, (_, i) => Number(data[i])) };
}

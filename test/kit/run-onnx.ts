/** Runs a program through a backend and the stock runtime on the CPU. */

import * as ort from 'onnxruntime-node';
import type { Program } from '../../native-models/core/program.ts';
import type { DType, Shape } from '../../native-models/core/shape.ts';
import { type Packing, packings } from '../../native-models/onnx/packing.ts';
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
  const layouts = packings(program, backend);
  const inputs = program.inputs.map(({ source, dtype }) => {
    const name = source.kind === 'input' ? source.name : '';
    return [name, tensorOf(packed(feeds.get(name)!, layouts.inputs.get(name)!), dtype)] as const;
  });
  const results = await session.run(Object.fromEntries(inputs));
  await session.release();
  return new Map(
    [...program.outputs].map(([name, { shape }]) => {
      const value = arrayOf(results[name]!);
      const plain = layouts.outputs.get(name)!.unpack(Float32Array.from(value.data));
      return [
        name,
        {
          shape: `${value.shape}` === `${layouts.outputs.get(name)!.shape}` ? shape : value.shape,
          data: Float64Array.from(plain),
        },
      ];
    }),
  );
}

function packed({ shape, data }: NdArray, packing: Packing): NdArray {
  if (`${packing.shape}` === `${shape}` && data.length === 0) return { shape, data };
  return { shape: packing.shape, data: Float64Array.from(packing.pack(Float32Array.from(data))) };
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

/**
 * Chooses how programs are written for a device. The blocked layout is internal to the runtime: its block size is asked
 * of the runtime itself, and it is used only where a small program gives the numbers that plain operators give.
 */

import * as ort from 'onnxruntime-node';
import { Graph } from '../../native-models/core/graph.ts';
import type { Program } from '../../native-models/core/program.ts';
import { type Shape, sizeOf } from '../../native-models/core/shape.ts';
import type { Tensor } from '../../native-models/core/tensor.ts';
import { packings } from '../../native-models/onnx/packing.ts';
import { IR_VERSION, ModelProto } from '../../native-models/onnx/schema.ts';
import { written } from '../../native-models/onnx/write.ts';
import { gradients } from '../../native-models/passes/gradients.ts';
import { prune } from '../../native-models/passes/prune.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import { blockedBackend } from '../../native-models/rules/onnx-blocked.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { shapeRules } from '../../native-models/rules/shape.ts';
import type { Device } from '../devices/device.ts';
import { runInto } from './runtime.ts';

const STEP = -0.5; // of the self-test's parameters: far enough to be seen
const TOLERANCE = 1e-3; // of the norm; a wrong layout is off by far more, rounding by far less

let known: Promise<Backend> | null = null;

/** The backend that trains a program fastest on a device. */
export async function backendFor(program: Program, device: Device): Promise<Backend> {
  if (device !== 'cpu') return device === 'webgpu' ? portableBackend : standardBackend;
  const backend = await cpuBackend();
  return backend.layouts?.suits(program) ? backend : standardBackend;
}

/** The fastest backend that is right on this machine's CPU; found out once in a process. */
export function cpuBackend(): Promise<Backend> {
  known ??= findBackend();
  return known;
}

async function findBackend(): Promise<Backend> {
  const block = await probeBlock();
  if (block === null) return standardBackend;
  const backend = blockedBackend(block);
  return (await isTrusted(backend)) ? backend : standardBackend;
}

const QUIET = 4; // a runtime without the layout says so here, and that is no error

/** Channels side by side in one block, or null where the runtime has no such layout. */
export async function probeBlock(): Promise<number | null> {
  const channels = 32;
  const map = (name: string) => ({
    name,
    type: { tensorType: { elemType: 1, shape: { dim: [1, channels, 1, 2].map((dimValue) => ({ dimValue })) } } },
  });
  const node = { opType: 'ReorderInput', domain: 'com.microsoft.nchwc', name: 'reorder', input: ['x'], output: ['y'] };
  const opsetImport = [
    { domain: '', version: standardBackend.opset },
    { domain: 'com.microsoft.nchwc', version: 1 },
  ];
  const graph = { name: 'probe', node: [node], input: [map('x')], output: [map('y')] };
  try {
    const model = ModelProto.encode({ irVersion: IR_VERSION, opsetImport, graph }).finish();
    const session = await ort.InferenceSession.create(model, { logSeverityLevel: QUIET });
    // Every pixel holds its channel's number: the first pixel's channels end where the numbers start again.
    const ramp = Float32Array.from({ length: 2 * channels }, (_, i) => Math.floor(i / 2));
    const { y } = await session.run({ x: new ort.Tensor('float32', ramp, [1, channels, 1, 2]) });
    await session.release();
    const block = (y!.data as Float32Array).indexOf(0, 1);
    return block === 8 || block === 16 ? block : null;
  } catch {
    return null;
  }
}

/** Whether the backend computes what the standard one does, gradients included. */
async function isTrusted(backend: Backend): Promise<boolean> {
  const program = testProgram();
  try {
    const [actual, expected] = [await results(program, backend), await results(program, standardBackend)];
    return [...expected].every(([name, values]) => distance(actual.get(name)!, values) < TOLERANCE);
  } catch {
    return false;
  }
}

const NEXT = 'next:';

/**
 * Every kind of convolution, at both strides, with batch norm and activations between, and a large linear layer; then
 * each parameter moved along its slope, which takes its place.
 */
function testProgram(): Program {
  const graph = new Graph(shapeRules);
  const parameters: Tensor[] = [];
  const parameter = (shape: Shape) => {
    const tensor = graph.input(`p${parameters.length}`, 'float32', shape);
    parameters.push(tensor);
    return tensor;
  };
  const layer = (x: Tensor, outputs: number, kernel: number, stride: number, group = 1) => {
    const pad = (kernel - 1) / 2;
    const weight = parameter([outputs, x.shape[1]! / group, kernel, kernel]);
    const attrs = { strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], group } as const;
    const y = x.conv(weight, null, attrs);
    return graph.apply('BatchNormTrain', [y, parameter([outputs]), parameter([outputs])], { epsilon: 1e-5 })[0]!;
  };
  const images = graph.input('images', 'float32', [16, 3, 16, 16]);
  const stem = layer(images, 16, 3, 2).relu();
  const wide = layer(stem, 48, 1, 1).clip(0, 6);
  const filtered = layer(wide, 48, 3, 1, 48).clip(0, 6);
  const block = layer(filtered, 16, 1, 1).add(stem).relu();
  const deep = layer(block, 32, 3, 2)
    .add(layer(block, 32, 1, 2))
    .relu();
  const last = layer(deep, 40, 3, 1).relu();
  // Sides in whole blocks of either size.
  const product = parameter([272, 256]).linear(parameter([288, 256]), parameter([288]));
  const loss = last
    .mul(last)
    .mean([0, 1, 2, 3])
    .add(product.mul(product).mean([0, 1]));
  const slopes = gradients(loss, parameters);
  const moved = slopes.map((slope, i) => [`${NEXT}p${i}`, slope.scaleAdd(STEP, parameters[i]!)] as const);
  return prune(new Map([['loss', loss], ...slopes.map((slope, i) => [`slope${i}`, slope] as const), ...moved]));
}

/** Run as training steps are: into buffers, with the blocked layout into those of the parameters. */
async function results(program: Program, backend: Backend): Promise<Map<string, Float32Array>> {
  const layouts = packings(program, backend);
  const isNext = (name: string) => backend.layouts !== null && name.startsWith(NEXT);
  const successors = [...program.outputs.keys()].filter(isNext).map((name) => [name, name.slice(NEXT.length)] as const);
  const { bytes, buffers } = written(program, backend, { name: 'self-test', successors: new Map(successors) });
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: QUIET,
  });
  const feeds = new Map(
    program.inputs.map(({ source, shape }) => {
      const name = source.kind === 'input' ? source.name : '';
      const { pack, shape: packed } = layouts.inputs.get(name)!;
      return [name, new ort.Tensor('float32', pack(madeUp(sizeOf(shape))), packed)] as const;
    }),
  );
  const targets = [...buffers].map(([name, { shape, inPlace }]) => {
    const data = inPlace ? feeds.get(name.slice(NEXT.length))!.data : new Float32Array(sizeOf(shape));
    return [name, new ort.Tensor('float32', data as Float32Array, shape)] as const;
  });
  await runInto(session, Object.fromEntries(feeds), Object.fromEntries(targets));
  await session.release();
  return new Map(
    targets.map(([name, { data }]) => [name, layouts.outputs.get(name)!.unpack(data as Float32Array)] as const),
  );
}

/** Numbers in -1..1 without a period that a layout could hide behind. */
const madeUp = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 1.7 + i * i * 0.013));

function distance(actual: Float32Array, expected: Float32Array): number {
  const square = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, value) => sum + value * value, 0));
  return square(actual.map((value, i) => value - expected[i]!)) / (square(expected) + Number.MIN_VALUE);
}

/**
 * Times single operations where they run, without what it costs to bring their operands there: each runs many times in
 * one Loop, and the time of few is taken from the time of many. Prints one JSON row per case.
 */

import { parseArgs } from 'node:util';
import { parseDevice } from '../../../main/devices/device.ts';
import { floatTensor, openSession, Tensor } from '../../../main/train/runtime.ts';
import { Graph } from '../../../native-models/core/graph.ts';
import type { Program } from '../../../native-models/core/program.ts';
import { type Shape, sizeOf } from '../../../native-models/core/shape.ts';
import type { Tensor as Value } from '../../../native-models/core/tensor.ts';
import { STEPS, writeLoopOnnx } from '../../../native-models/onnx/loop.ts';
import type { Backend } from '../../../native-models/rules/emitter.ts';
import { standardBackend } from '../../../native-models/rules/onnx-standard.ts';
import { shapeRules } from '../../../native-models/rules/shape.ts';
import { median } from '../statistics.ts';
import { WEIGHT_GRADIENT_FORMS } from './weight-gradient-forms.ts';

const { values } = parseArgs({
  options: { device: { type: 'string', default: 'cpu' }, tiny: { type: 'boolean', default: false } },
});
const device = parseDevice(values.device);
const [FEW, MANY, ROUNDS] = values.tiny ? [1, 2, 2] : [5, 45, 5];

interface Case {
  readonly group: string;
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly backend: Backend;
  readonly build: (inputs: readonly Value[]) => Value;
}

/** Input channels, output channels, kernel, stride and side of a layer. */
type Layer = readonly [c: number, k: number, kernel: number, stride: number, side: number];
const LAYERS: readonly Layer[] = values.tiny
  ? [
      [4, 8, 3, 1, 8],
      [3, 4, 7, 2, 16],
    ]
  : [
      [3, 64, 7, 2, 224],
      [64, 64, 3, 1, 56],
      [128, 128, 3, 1, 28],
      [256, 256, 3, 1, 14],
      [512, 512, 3, 1, 7],
      [128, 128, 3, 2, 56],
      [256, 64, 1, 1, 56],
      [512, 2048, 1, 1, 7],
    ];
const BATCH = values.tiny ? 2 : 64;

for (const entry of [...weightGradients(), ...reductions(), ...pools()]) {
  const row = await measure(entry).catch((error: Error) => ({ ms: null, error: error.message.split('\n')[0] }));
  process.stdout.write(
    `${JSON.stringify({ group: entry.group, name: entry.name, form: entry.backend.name, ...row })}\n`,
  );
}

function weightGradients(): Case[] {
  return LAYERS.flatMap(([c, k, kernel, stride, side]) => {
    const pad = (kernel - 1) / 2;
    const out = Math.floor((side + 2 * pad - kernel) / stride) + 1;
    const attrs = { strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], group: 1 } as const;
    const weightShape = [k, c, kernel, kernel];
    return Object.values(WEIGHT_GRADIENT_FORMS).map((backend) => ({
      group: 'weight gradient',
      name: `${c} to ${k}, ${kernel}x${kernel}/${stride}, ${side} px`,
      shapes: [
        [BATCH, c, side, side],
        [BATCH, k, out, out],
      ],
      backend,
      build: ([x, g]: readonly Value[]) => x!.graph.apply('ConvWeightGrad', [x!, g!], { ...attrs, weightShape })[0]!,
    }));
  });
}

function reductions(): Case[] {
  const shape = values.tiny ? [2, 8, 8, 8] : [BATCH, 256, 56, 56];
  const split: Backend = { ...standardBackend, name: 'map, then batch' };
  const whole: Backend = {
    ...standardBackend,
    name: 'at once',
    rules: {
      ...standardBackend.rules,
      ReduceSum: (emit, { inputs: [x], attrs }) => [
        emit.one('ReduceSum', [emit.name(x!), emit.ints(attrs.axes)], { keepdims: Number(attrs.keepDims) }),
      ],
    },
  };
  const build = ([x]: readonly Value[]) => x!.sum([0, 2, 3]);
  return [split, whole].map((backend) => ({
    group: 'sum per channel',
    name: `[${shape}]`,
    shapes: [shape],
    backend,
    build,
  }));
}

function pools(): Case[] {
  const shape = values.tiny ? [2, 4, 8, 8] : [BATCH, 64, 112, 112];
  const build = ([x, g]: readonly Value[]) => {
    const [, indices] = x!.graph.apply('MaxPool', [x!], { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
    return x!.graph.apply('MaxPoolGrad', [g!, indices!], { inputShape: shape })[0]!;
  };
  const half = [shape[0]!, shape[1]!, shape[2]! / 2, shape[3]! / 2];
  return [
    { group: 'max pool and its gradient', name: `[${shape}]`, shapes: [shape, half], backend: standardBackend, build },
  ];
}

/** A scalar of the result goes out of every round, so that nothing is left out and nothing large is brought back. */
function programOf({ shapes, build }: Case): Program {
  const graph = new Graph(shapeRules);
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, 'float32', shape));
  const result = build(inputs);
  const total = result.sum(result.shape.map((_, axis) => axis));
  return { inputs, ops: graph.ops, outputs: new Map([['total', total]]) };
}

async function measure(entry: Case): Promise<{ readonly ms: number; readonly total: number }> {
  const program = programOf(entry);
  const shared = entry.shapes.map((_, i) => `x${i}`);
  const bytes = writeLoopOnnx(program, entry.backend, { carried: [], shared }, { name: 'operation' });
  const session = await openSession(bytes, { device, threads: 1 });
  const feeds = Object.fromEntries(
    entry.shapes.map((shape, i) => [`x${i}`, floatTensor(shape, madeUp(sizeOf(shape)))] as const),
  );
  const timed = async (steps: number) => {
    const startMs = performance.now();
    const { total } = await session.run({
      ...feeds,
      [STEPS]: new Tensor('int64', BigInt64Array.of(BigInt(steps)), []),
    });
    return { ms: performance.now() - startMs, total: (total!.data as Float32Array)[0]! };
  };
  const { total } = await timed(FEW);
  const each: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [few, many] = [(await timed(FEW)).ms, (await timed(MANY)).ms];
    each.push((many - few) / (MANY - FEW));
  }
  await session.release();
  return { ms: median(each), total };
}

function madeUp(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + 0.3));
}

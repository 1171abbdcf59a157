/**
 * Chooses how programs are written for a device. The blocked layout is internal to the runtime: its block size is asked
 * of the runtime itself, and it is used only where `self-test.ts` finds the numbers that plain operators give.
 */

import * as ort from 'onnxruntime-node';
import type { Program } from '../../native-models/core/program.ts';
import { IR_VERSION, ModelProto } from '../../native-models/onnx/schema.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import { blockedBackend } from '../../native-models/rules/onnx-blocked.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { WARNING } from '../../preload/contract/run.ts';
import type { Device } from '../devices/device.ts';
import { disagreement, type OpenSession } from './self-test.ts';

export interface CpuChoice {
  readonly backend: Backend;
  /** What a run computes with, and why. */
  readonly words: string;
  /** What a run is told where the runtime's blocked operators are not to be trusted; else null. */
  readonly warning: string | null;
}

let known: Promise<CpuChoice> | null = null;

/** The backend that trains a program fastest on a device. */
export async function backendFor(program: Program, device: Device): Promise<Backend> {
  if (device !== 'cpu') return device === 'webgpu' ? portableBackend : standardBackend;
  const backend = await cpuBackend();
  return backend.layouts?.suits(program) ? backend : standardBackend;
}

/** The fastest backend that is right on this machine's CPU. */
export async function cpuBackend(): Promise<Backend> {
  return (await cpuChoice()).backend;
}

/** Found out once in a process. */
export function cpuChoice(): Promise<CpuChoice> {
  known ??= chooseForCpu();
  return known;
}

/** `open`: opens what the self-test is to find right; by default the runtime as it is. */
export async function chooseForCpu(open?: OpenSession): Promise<CpuChoice> {
  const block = await probeBlock();
  if (block === null) {
    const words = 'plain operators, since the runtime has no blocked maps for this processor';
    return { backend: standardBackend, words, warning: null };
  }
  const backend = blockedBackend(block);
  const difference = await disagreement(backend, open);
  if (difference === null) return { backend, words: `maps in blocks of ${block} channels`, warning: null };
  const words = `plain operators, since the runtime's blocked ones give other numbers on this processor (${difference})`;
  return {
    backend: standardBackend,
    words,
    warning: `${WARNING}this run computes with ${words}; it takes longer for it`,
  };
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

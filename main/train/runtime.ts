/** Sessions of the ONNX runtime, opened alike everywhere. Only child processes load this file. */

import * as ort from 'onnxruntime-node';
import type { Program } from '../../native-models/core/program.ts';
import { type DType, sizeOf } from '../../native-models/core/shape.ts';
import { EMPTY_LIST, writeOnnx } from '../../native-models/onnx/write.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import type { Layout } from '../../native-models/rules/layout.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { cardOf, type Device } from '../devices/device.ts';

export interface SessionOptions {
  readonly device: Device;
  readonly threads: number;
  /** Takes any number of images at a time, whatever number the program was built with. */
  readonly anyBatch?: boolean;
  /** How a program is written; by default as the device wants it. */
  readonly backend?: Backend;
  /** Layouts of inputs that another program shares, by name. */
  readonly agreed?: ReadonlyMap<string, Layout>;
  /** Whether the session keeps memory for its next run; by default it does. */
  readonly keepsMemory?: boolean;
  /** Outputs that stay on the graphics card: WebGPU alone can. */
  readonly outputsOnCard?: readonly string[];
}

const QUIET = 3; // errors only: warnings about unused constants tell a user nothing
const SPIN_US = '50'; // between operators; a thread that sleeps at once loses a tenth of a step, one that spins on takes others' time
const LARGEST_FOLDED_BYTES = 1 << 20; // else zero tensors become constants of hundreds of megabytes

/**
 * A session for a program of our compiler or for the bytes of a model file.
 * Memory patterns are off: they double a training step's peak memory for no measurable gain. A device that lacks an
 * operation refuses the model: nothing is computed on the CPU unsaid. A blocked program has nothing left to optimize,
 * and a session opens twice as fast when the runtime does not try.
 */
export async function openSession(model: Program | Uint8Array, options: SessionOptions): Promise<ort.InferenceSession> {
  const bytes = model instanceof Uint8Array ? model : bytesOf(model, options);
  return ort.InferenceSession.create(bytes, {
    executionProviders: [providerOf(options.device)],
    intraOpNumThreads: options.threads,
    graphOptimizationLevel: options.backend?.layouts ? 'disabled' : 'all',
    enableMemPattern: false,
    enableCpuMemArena: options.keepsMemory ?? true,
    logSeverityLevel: QUIET,
    ...(options.outputsOnCard ? { preferredOutputLocation: onCard(options.outputsOnCard) } : {}),
    extra: {
      session: {
        intra_op: { allow_spinning: '1', spin_duration_us: SPIN_US },
        ...(options.device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' }),
      },
      optimization: { constant_folding_max_output_size_in_bytes: String(LARGEST_FOLDED_BYTES) },
    },
  });
}

/** The runtime's name for a device. It fails when a provider is asked for and cannot be had; it never falls back. */
export function providerOf(device: Device): ort.InferenceSession.ExecutionProviderConfig {
  return device === 'cpu' || device === 'webgpu' ? device : { name: 'cuda', deviceId: cardOf(device) };
}

const onCard = (names: readonly string[]): Record<string, 'gpu-buffer'> =>
  Object.fromEntries(names.map((name) => [name, 'gpu-buffer' as const]));

function bytesOf(
  program: Program,
  { device, anyBatch = false, agreed = new Map(), ...given }: SessionOptions,
): Uint8Array {
  const backend = given.backend ?? (device === 'webgpu' ? portableBackend : standardBackend);
  const batchInputs = anyBatch ? ['images'] : [];
  return writeOnnx(program, backend, { name: 'lightbench', agreed, batchInputs });
}

/** How the binding refuses to hand out a result that is no tensor. */
const REFUSAL = 'Non tensor type';

/**
 * Runs a session whose graph was written with `successors`, every result into the tensor that is given for it.
 * The runtime's binding would hand out a copy of each as well, all at once: a state's worth of memory at the end of every
 * step, and 2 to 4 % of its time. It hands results out in their order and stops at one that is no tensor, so such graphs
 * begin theirs with an empty list; by then everything is written.
 */
export async function runInto(session: ort.InferenceSession, feeds: Feeds, targets: Feeds): Promise<void> {
  try {
    await session.run(feeds, { [EMPTY_LIST]: null, ...targets });
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith(REFUSAL))) throw error;
  }
}

/** A float32 tensor with a buffer of its own, zero or a copy of `values`. */
export function floatTensor(shape: readonly number[], values: Float32Array | null = null): ort.Tensor {
  const data = values === null ? new Float32Array(sizeOf(shape)) : Float32Array.from(values);
  return new ort.Tensor('float32', data, shape);
}

/** A tensor of zeros with a buffer of its own. */
export function newTensor(dtype: DType, shape: readonly number[]): ort.Tensor {
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return floatTensor(shape);
    case 'int32':
      return new ort.Tensor(dtype, new Int32Array(size), shape);
    case 'int64':
      return new ort.Tensor(dtype, new BigInt64Array(size), shape);
    case 'uint8':
    case 'bool':
      return new ort.Tensor(dtype, new Uint8Array(size), shape);
    default:
      return dtype satisfies never;
  }
}

export type Feeds = Record<string, ort.Tensor>;
export const { Tensor } = ort;
export type Tensor = ort.Tensor;
export type Session = ort.InferenceSession;

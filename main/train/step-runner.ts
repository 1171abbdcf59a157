/** How a training run has its steps run, whatever the device: one by one, many at a time, or on a graphics card. */

import { SCALER } from '../../native-models/optim/loss-scale.ts';
import { AVERAGE, type NamedShape, prefixOf } from '../../native-models/optim/state.ts';
import type { Backend } from '../../native-models/rules/emitter.ts';
import { halfBackend } from '../../native-models/rules/onnx-half.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import type { SynchronisedPrograms, TrainingProgram } from '../../native-models/training.ts';
import type { FloatTensor } from '../../native-models/weights/safetensors.ts';
import { familyOf } from '../devices/device.ts';
import { LoopStepper } from './loop-stepper.ts';
import type { Feeds, SessionOptions } from './runtime.ts';
import type { Place, StepPrograms } from './step-parts.ts';
import { Stepper } from './stepper.ts';
import { SynchronisedStepper } from './synchronised-stepper.ts';
import { WebgpuStepper } from './webgpu-stepper.ts';

export interface StepResult {
  readonly loss: number;
  /** Length of the update's gradient before clipping; null where nothing is clipped, or there was no update. */
  readonly gradientNorm: number | null;
}

export interface StepRunner {
  /** Inputs to be filled with fresh uniform random numbers at every batch. */
  readonly noises: readonly NamedShape[];
  /**
   * Takes one batch; the last of its update changes the parameters. Feeds: images, labels, noises, the update's scalars.
   * Returns what came of the batches that were run by now and not told before, in order: none while batches gather.
   */
  step(feeds: Feeds, place: Place): Promise<readonly StepResult[]>;
  /** Runs what has gathered. */
  flush(): Promise<readonly StepResult[]>;
  /** Everything it takes to go on, by name; to be asked for when nothing is gathered, and read before the next step. */
  tensors(): Promise<ReadonlyMap<string, FloatTensor>>;
  release(): Promise<void>;
}

/** What a run may have its runner run. */
export type RunPrograms = StepPrograms | SynchronisedPrograms;

export type OpenRunner = (
  programs: RunPrograms,
  values: ReadonlyMap<string, Float32Array>,
  options: SessionOptions & { readonly nowMs: () => number },
) => Promise<StepRunner>;

/** The runner for a device. Errors: whatever the device says when it cannot be had; nothing is run in its place. */
export const openRunner: OpenRunner = async (programs, values, options) => {
  if ('stages' in programs) return SynchronisedStepper.open(programs, values, options);
  switch (familyOf(options.device)) {
    case 'cpu':
      return singleSteps(await Stepper.open(programs, values, options));
    case 'webgpu':
      return WebgpuStepper.open(programs, values, options);
    case 'cuda':
      // Updates that wait for several batches are two programs; their state crosses to the card at every step.
      return 'program' in programs
        ? LoopStepper.open(programs, values, { ...options, backend: backendOf(programs) })
        : singleSteps(await Stepper.open(programs, values, options));
  }
};

/** A loss is scaled for the sake of half precision alone. */
function backendOf({ program, state }: TrainingProgram): Backend {
  const isHalf = state.some(({ name }) => name.startsWith(SCALER));
  return isHalf ? halfBackend(program, standardBackend) : standardBackend;
}

/** Steps that are run as they come. */
export function singleSteps(stepper: Stepper): StepRunner {
  return {
    noises: stepper.noises,
    step: async (feeds, place) => {
      const loss = await stepper.step(feeds, place);
      return [{ loss, gradientNorm: stepper.gradientNorm() }];
    },
    flush: async () => [],
    tensors: async () => stepper.tensors(),
    release: () => stepper.release(),
  };
}

/** The model to be evaluated and kept: its moving average where there is one. */
export function modelOf(tensors: ReadonlyMap<string, FloatTensor>): Map<string, FloatTensor> {
  const own = [...tensors].filter(([name]) => prefixOf(name) === '');
  return new Map(own.map(([name, tensor]) => [name, tensors.get(AVERAGE + name) ?? tensor] as const));
}

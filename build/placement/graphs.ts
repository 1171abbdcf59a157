/** The graphs of a model whose placement matters: training steps of every kind of optimizer, and evaluation. */

import { loopForm } from '../../main/train/loop-stepper.ts';
import { thresholdsOf } from '../../main/train/object-transforms.ts';
import {
  type ClassifierCard,
  type DetectorCard,
  findModel,
  IMAGENET_CONVENTION,
  resolveFor,
} from '../../native-models/catalog.ts';
import { assert } from '../../native-models/core/assert.ts';
import type { Program } from '../../native-models/core/program.ts';
import { writeLoopOnnx } from '../../native-models/onnx/loop.ts';
import { writeOnnx } from '../../native-models/onnx/write.ts';
import type { OptimizerOptions } from '../../native-models/optim/optimizer.ts';
import { halfBackend } from '../../native-models/rules/onnx-half.ts';
import { portableBackend } from '../../native-models/rules/onnx-portable.ts';
import { standardBackend } from '../../native-models/rules/onnx-standard.ts';
import { detectionProgram, detectorProgram, detectorPrograms } from '../../native-models/training/detection.ts';
import type { StepOptions } from '../../native-models/training/step.ts';
import {
  type AccumulationPrograms,
  accumulationPrograms,
  evaluationProgram,
  type TrainingProgram,
  trainingProgram,
} from '../../native-models/training.ts';

/** Placement does not depend on sizes; this keeps sessions quick to make. */
const SIDE_PX = 64;
const BATCH = 2;
const CLASSES = 10;
/** Boxes a picture has room for. */
const SLOTS = 4;
const SGD: OptimizerOptions = { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4 };
const ADAM: OptimizerOptions = {
  kind: 'adamw',
  beta1: 0.9,
  beta2: 0.999,
  amsgrad: true,
  weightDecay: 1e-4,
};

export interface AuditedGraph {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The programs of one model, whatever it is for. */
interface Audited {
  readonly step: (options: StepOptions) => TrainingProgram;
  readonly accumulated: (options: StepOptions) => AccumulationPrograms;
  readonly evaluation: () => Program;
  /** Steps of this model alone, by name. */
  readonly more: Readonly<Record<string, (options: StepOptions) => TrainingProgram>>;
}

/** Errors: when there is no model of that name. */
export function* auditedGraphs(name: string, provider: 'cuda' | 'webgpu'): Generator<AuditedGraph> {
  const card = findModel(name);
  assert(card, `audit: there is no model "${name}"`);
  const { step, accumulated, evaluation, more } = card.kind === 'classifier' ? classifier(card) : detector(card);
  const backend = provider === 'webgpu' ? portableBackend : standardBackend;
  const common = card.decays ? { decays: card.decays } : {};
  const write = (program: Program) => writeOnnx(program, backend, { name });

  const adam = step({ ...common, optimizer: ADAM, clipNorm: 1, averages: true });
  yield { name: 'step, SGD', bytes: write(step({ ...common, optimizer: SGD }).program) };
  for (const [what, build] of Object.entries(more)) {
    yield { name: `step, SGD, ${what}`, bytes: write(build({ ...common, optimizer: SGD }).program) };
  }
  yield { name: 'step, AdamW, clipped, averaged', bytes: write(adam.program) };
  if (provider === 'cuda') {
    const bytes = writeLoopOnnx(adam.program, backend, loopForm(adam), { name });
    yield { name: 'Loop of steps, AdamW, clipped, averaged', bytes };
    const scaled = step({ ...common, optimizer: SGD, clipNorm: 1, lossScaling: {} });
    const half = halfBackend(scaled.program, standardBackend);
    yield {
      name: 'Loop of steps in half, SGD, clipped',
      bytes: writeLoopOnnx(scaled.program, half, loopForm(scaled), { name }),
    };
  }
  const { gradient, update } = accumulated({ ...common, optimizer: SGD });
  yield { name: 'gradient, accumulated', bytes: write(gradient.program) };
  yield { name: 'update, accumulated', bytes: write(update.program) };
  yield { name: 'evaluation', bytes: write(evaluation()) };
}

function classifier(card: ClassifierCard): Audited {
  const model = card.build(CLASSES, IMAGENET_CONVENTION, SIDE_PX);
  const sizes = { batchSize: BATCH, height: SIDE_PX, width: SIDE_PX, normalisation: IMAGENET_CONVENTION };
  const several = { activation: 'sigmoid', classWeights: Array.from({ length: CLASSES }, (_, i) => 1 + i) } as const;
  return {
    step: (options) => trainingProgram(model, { ...sizes, ...options }),
    accumulated: (options) => accumulationPrograms(model, { ...sizes, ...options }),
    evaluation: () => evaluationProgram(model, sizes),
    more: { 'several classes an image': (options) => trainingProgram(model, { ...sizes, ...several, ...options }) },
  };
}

/** Frozen batch norm, as it starts from weights, and its own. */
function detector(card: DetectorCard): Audited {
  const { values: params } = resolveFor(card, {});
  const setting = { classes: CLASSES, params, slots: SLOTS };
  const [model, anew] = [card.build(setting), card.build({ ...setting, isPretrained: false })];
  const sizes = { batchSize: BATCH, height: SIDE_PX, width: SIDE_PX, normalisation: card.convention };
  return {
    step: (options) => detectorProgram(model, { ...sizes, ...options }),
    accumulated: (options) => detectorPrograms(model, { ...sizes, ...options }),
    evaluation: () => detectionProgram(model, sizes, thresholdsOf(params, card)),
    more: { 'from nothing': (options) => detectorProgram(anew, { ...sizes, ...options }) },
  };
}
